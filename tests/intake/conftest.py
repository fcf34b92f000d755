"""The fixtures of the forms serve the intake too."""

from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once
from tests.laptop.conftest import world

__all__ = ["desk_of", "still_cursors", "styles_are_read_once", "world"]
