"""The fixtures of the forms serve the medical screens too."""

from tests.forms.conftest import desk_of, still_cursors, styles_are_read_once
from tests.laptop.conftest import world
from tests.medical.team import medical_team

__all__ = ["desk_of", "medical_team", "still_cursors", "styles_are_read_once", "world"]
