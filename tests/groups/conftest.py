"""The fixtures of the forms serve the groups too."""

from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once
from tests.groups.circle import circle_of

__all__ = ["circle_of", "desk_of", "still_cursors", "styles_are_read_once"]
