"""Drafts of an episode open in the form that shows what was typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fieldapp.screens.draft_routes import form_of
from fieldapp.store.models import Draft

BASE: dict[str, Any] = {"program": "p", "status": "active", "coverage": {"a": {"payer": "Medicaid"}}}
DRAFT = Draft(
    id="d", record="r", kind="episode", client="c", meaning="save", prev=("h",), base=BASE, values=BASE, focus="",
    revision=1, updated_ms=0, device="x", answers=(), name="", risk="none",
)  # fmt: skip
PAYER = {"coverage": {"a": {"payer": "Premera"}}}


@pytest.mark.parametrize(
    ("changed", "route"),
    [
        (PAYER, "coverage"),
        ({"intensity_tier": "high"}, "episode_form"),
        ({**PAYER, "intensity_tier": "high"}, "episode_form"),
        ({}, "episode_form"),
    ],
)
def test_a_draft_of_payers_alone_opens_with_the_payers(changed: dict[str, Any], route: str) -> None:
    assert form_of(replace(DRAFT, values={**BASE, **changed})) == (route, {"draft": "d"})
