"""Choose or join: one form that somebody wrote on two laptops, both versions in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from ..records.kinds import KINDS
from ..records.together import LABELS
from ..store.models import ConflictSide
from ..widgets.text import join, plain, styled
from .base import FieldScreen
from .keys import BACK, key
from .reading_text import parts, said
from .settle import Side

if TYPE_CHECKING:
    from ..store.models import Draft

HERE, THERE = "This laptop", "Your other laptop"


class DraftChoice(FieldScreen[str | None]):
    """Dismissed with `mine`, `other` or `both`; None leaves both."""

    CSS_PATH = ["form.tcss", "settle.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = (
        "# Choose or join\n\nYou wrote on this form on two laptops. 1 goes on with what you wrote here, 2 with what you "
        "wrote there; b joins both: your other words follow these. Until you choose, both are kept."
    )
    BINDINGS = [
        BACK,
        key("1", "take('mine')", "This one", "Go on with what was written on this laptop."),
        key("2", "take('other')", "Other one", "Go on with what was written on the other laptop."),
        key("b", "take('both')", "Join both", "Put both into one form, to be looked over."),
    ]

    def __init__(self, mine: Draft, other: Draft) -> None:
        super().__init__()
        self._sides = (mine, other)

    @property
    def client_at_hand(self) -> str | None:
        return self._sides[0].client

    def compose_body(self) -> ComposeResult:
        mine, tz = self._sides[0], self.host.me.tz
        label = KINDS[mine.kind].label if mine.kind in KINDS else mine.kind
        yield Static(
            join(f"{label} · ", styled(mine.name, "bold"), " · written on two laptops"), id="form-head"
        )
        with Container(id="sides"):
            for number, (draft, where) in enumerate(zip(self._sides, (HERE, THERE), strict=True), 1):
                side = ConflictSide("", where, draft.updated_ms, "", None)
                yield Side(number, side, said(parts(draft.kind, draft.values, tz)), tz)
        yield Static(plain("1 this one      2 the other      b join both      esc decide later"), id="settle-hint",
                     classes="muted")  # fmt: skip

    def action_take(self, choice: str) -> None:
        """Say which."""
        self.dismiss(choice)


async def choose_or_join(screen: FieldScreen[Any], mine: Draft, other: Draft) -> bool:
    """Have one form made of two and say what could not be joined; returns whether it was done."""
    choice = await screen.app.push_screen_wait(DraftChoice(mine, other))
    if choice is None:
        return False
    laptop = screen.host.laptop
    kept = await screen.host.ask(laptop.choose_draft, mine.id, other.id, choice)
    screen.host.touched(mine.record)
    labels = {**(KINDS[mine.kind].labels if mine.kind in KINDS else {}), **LABELS}
    names = ", ".join(labels.get(name, name.replace("_", " ")) for name in kept)
    screen.say(
        f"Joined. As on this laptop, because both do not fit: {names}."
        if names
        else "Done: one draft is left.",
        tone="warning" if names else "done",
    )
    return True


async def draft_to_open(screen: FieldScreen[Any], name: str) -> Draft | None:
    """Return a draft to go on with; one that was written on two laptops is chosen or joined first, None leaves both."""
    host = screen.host
    draft = await host.ask(host.laptop.draft, name)
    beside = await host.ask(host.laptop.drafts_side_by_side)
    pair = next((pair for pair in beside if name in (pair[0].id, pair[1].id)), None)
    if pair is None:
        return draft
    if not await choose_or_join(screen, *pair):
        return None
    return await host.ask(host.laptop.draft, pair[0].id)
