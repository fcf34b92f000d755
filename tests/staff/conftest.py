"""The fixtures of the forms serve the staff screens too."""

from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once

__all__ = ["desk_of", "still_cursors", "styles_are_read_once"]
