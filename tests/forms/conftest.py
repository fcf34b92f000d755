"""Shared by the tests of the forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk import DANA, Desk
from textual.widgets import Input, TextArea


@pytest.fixture(autouse=True)
def still_cursors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A blinking cursor would make two pictures of the same screen differ."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)
    yield


@pytest.fixture
def desk_of(tmp_path: Path) -> Callable[..., Desk]:
    """A maker of laptops of one person."""

    def make(staff: str = DANA) -> Desk:
        return Desk(tmp_path / "data", staff)

    return make
