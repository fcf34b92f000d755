"""Shared by the tests of the forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.forms.desk import DANA, Desk
from tests.quiet import share_styles


@pytest.fixture(scope="session", autouse=True)
def styles_are_read_once() -> Iterator[None]:
    """All apps of these tests have the same styles."""
    with pytest.MonkeyPatch.context() as patch:
        share_styles(patch)
        yield


@pytest.fixture(autouse=True)
def still_cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A blinking cursor would make two pictures of the same screen differ."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture
def desk_of(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A maker of laptops of one person; they are closed afterwards."""
    made: list[Desk] = []

    def make(staff: str = DANA) -> Desk:
        made.append(Desk(tmp_path / f"data{len(made)}", staff))
        return made[-1]

    yield make
    for desk in made:
        desk.close()
