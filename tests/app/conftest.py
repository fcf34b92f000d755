"""Shared by the tests of the app's shell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.widgets import Input, TextArea

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
