"""Laptops of one person, as the form tests have them."""

from __future__ import annotations

from tests.forms.conftest import desk_of as desk_of
from tests.forms.conftest import still_cursors as still_cursors
from tests.forms.conftest import styles_are_read_once as styles_are_read_once
