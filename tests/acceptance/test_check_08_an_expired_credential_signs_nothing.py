"""Check 8: whoever signs with an expired credential is refused with the reason, and loses nothing."""

from __future__ import annotations

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from tests.acceptance.field import Field
from tests.acceptance.notes import WORDS, begun
from tests.sync.sync_world import PASSPHRASE

DAY = "2026-11-23"
"""Noon of the tests, in the program's zone."""


def with_credential(field: Field, expires: str) -> tuple[Laptop, str]:
    """Return the laptop of somebody whose licence ends on a day, and a client."""
    rig = field.agency.laptop(
        "Ana Alvarez", credentials=[{"code": "LICSW", "issued": "2020-01-01", "expires": expires}]
    )
    client = rig.client("Okafor, Ada")
    field.agency.settle()
    return field.laptop(rig), client


def test_check_08_the_reason_is_said_and_the_draft_stays(field: Field) -> None:
    laptop, client = with_credential(field, "2026-11-01")
    draft = begun(laptop, client)
    laptop.reauthenticate(PASSPHRASE)
    with pytest.raises(NotReady, match="LICSW expired on 2026-11-01"):
        laptop.submit(draft.id, overrides={"credential": "it is in the post"})
    assert laptop.draft(draft.id).values["sections"] == {"narrative": WORDS}
    assert laptop.timeline(client, 0, 9, ("note",)) == ()


def test_check_08_on_its_last_day_it_still_signs(field: Field) -> None:
    laptop, client = with_credential(field, DAY)
    draft = begun(laptop, client)
    laptop.reauthenticate(PASSPHRASE)
    laptop.submit(draft.id, overrides={"credential": "the renewal is under way"})
    (row,) = laptop.timeline(client, 0, 9, ("note",))
    assert row.status == "final"
