"""All versions of a plan: open one, or see what changed between it and the one on screen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..widgets.row_list import Row, RowList
from ..widgets.text import fit, join, plain, styled
from .base import Dialog
from .keys import key
from .reading_text import when

if TYPE_CHECKING:
    from ..store.models import PlanVersion

Picked = tuple[Literal["show", "compare"], str]
"""What is wanted of a version, and its entry."""
STATES = {
    "pending": ("co-sign pending", "$text-warning"),
    "returned": ("returned", "$text-error"),
    "error": ("entered in error", "$text-error"),
}


def draw(version: PlanVersion, here: bool, tz: str, width: int) -> Content:
    """Return one version: number, whether it stands, who signed it, when."""
    state = "active" if version.active else "kept"
    if version.doc.get("declined"):
        state = f"declined, {state}"
    words, style = STATES.get(version.status, ("", ""))
    who = ", ".join(filter(None, (version.author, version.credential)))
    mark = "●" if here else " "
    head = f"{mark} {version.number:>2}  {when(version.at_ms, tz)}  "
    rest = join(
        styled(fit(state, 16), "bold" if version.active else "$text-muted"), " ", styled(words, style)
    )
    return join(head, fit(who, max(8, width - len(head) - rest.cell_length - 2)), "  ", rest)


class PlanVersions(Dialog[Picked | None]):
    """The list of versions, newest active first."""

    CSS_PATH = "safety_plan.tcss"
    AUTO_FOCUS = "#versions"
    HELP = (
        "# Versions\n\nEnter shows a version. D shows what changed between it and the one that is on screen (●), "
        "whichever is older. Escape goes back."
    )
    BINDINGS = [
        key("d", "compare", "Changes", "Show what changed between this version and the one on screen."),
        key("escape,v", "back", "Back", "Back to the plan."),
    ]

    def __init__(self, label: str, versions: tuple[PlanVersion, ...], here: str, tz: str) -> None:
        super().__init__()
        self._label, self._versions, self._here, self._tz = label, versions, here, tz

    def compose_body(self) -> ComposeResult:
        yield Static(plain(f"Versions of the {self._label.lower()}"), classes="title")
        yield RowList("There is none.", id="versions")

    def on_mount(self) -> None:
        rows = self.query_one(RowList)
        rows.styles.height = min(len(self._versions), 12)
        rows.show([Row(v.entry, partial(draw, v, v.entry == self._here, self._tz)) for v in self._versions])

    @on(RowList.Chosen)
    def _chosen(self, event: RowList.Chosen) -> None:
        self.dismiss(("show", event.key))

    def action_compare(self) -> None:
        """Compare with the version on screen."""
        picked = self.query_one(RowList).key
        if picked == self._here:
            self.say("This is the version on screen: pick another.", tone="note")
        elif picked:
            self.dismiss(("compare", picked))

    def action_back(self) -> None:
        """Back to the plan."""
        self.dismiss(None)
