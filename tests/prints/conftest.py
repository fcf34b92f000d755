"""Shared by the tests of prints: the laptops, styles and cursors of the form tests."""

from __future__ import annotations

from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once

__all__ = ["desk_of", "still_cursors", "styles_are_read_once"]
