"""A plan turned to the client: one step at a time, large and plain, nothing of staff on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.plan_spoken import later_words, place_words, prompts_of, steps_of
from ..records.kinds.plan import MEANS_STEP, PlanForm
from ..widgets.text import join, lines, plain, styled
from .base import FieldScreen
from .keys import BACK, key


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the client reads it."""

    place: str
    title: str
    prompt: str
    rows: tuple[tuple[str, str], ...]
    """(words, phone)."""


def turned_steps(form: PlanForm, doc: Mapping[str, Any]) -> list[Step]:
    """Return the steps to be shown; what staff keep to themselves is left out unless the client wants it printed."""
    language = doc.get("language")
    prompts, titles = prompts_of(form.kind, language), steps_of(form.kind, language)
    found = []
    for number, (step, title) in enumerate(titles.items(), 1):
        if step == MEANS_STEP and not doc.get("print_means"):
            continue
        rows = tuple(_row(line) for line in doc.get(step) or ())
        place = place_words(number, len(titles), language)
        found.append(Step(place, title, prompts[step], rows or ((later_words(language), ""),)))
    return found


def _row(line: Any) -> tuple[str, str]:
    if not isinstance(line, Mapping):
        return str(line), ""
    if "name" in line:
        who = ", ".join(str(line[name]) for name in ("name", "relation") if line.get(name))
        return who, str(line.get("phone") or "")
    return str(line.get("text") or ""), ""


class TurnedPlan(FieldScreen[None]):
    """The steps of a signed version, for the client's eyes and in the plan's language."""

    CSS_PATH = "safety_plan_turned.tcss"
    AUTO_FOCUS = "#turned"
    HELP = (
        "# For the client\n\nOne step at a time. Space or the right arrow goes on, the left arrow back, escape ends it. "
        "What only staff see is not in here."
    )
    BINDINGS = [
        BACK,
        key("right,space,enter,pagedown", "turn(1)", "Next", "Go to the next step.", shown_key="space"),
        key("left,backspace,pageup", "turn(-1)", "Before", "Go to the step before.", shown_key="←"),
    ]

    def __init__(self, form: PlanForm, doc: Mapping[str, Any], phones: Sequence[str]) -> None:
        super().__init__()
        self._steps, self._phones = turned_steps(form, doc), tuple(phones)
        self._at = 0

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="turned"):
            yield Static("", id="turned-title")
            yield Static("", id="turned-prompt")
            yield Static("", id="turned-lines")
        yield Static(styled("☎ " + "  ·  ".join(self._phones), "bold"), id="turned-phones")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        step = self._steps[self._at]
        title = lines(styled(step.place, "$text-muted"), "", styled(step.title, "bold $text-primary"))
        self.query_one("#turned-title", Static).update(title)
        self.query_one("#turned-prompt", Static).update(plain(step.prompt))
        shown: list[Content | str] = []
        for words, phone in step.rows:
            called = styled(f"   ☎ {phone}", "bold $text-primary") if phone else ""
            shown += [join("•  ", styled(words, "bold"), called), ""]
        self.query_one("#turned-lines", Static).update(lines(*shown[:-1]))
        self.query_one("#turned", VerticalScroll).scroll_home(animate=False)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim the way before the first step."""
        if action == "turn":
            return True if parameters == (1,) or self._at else None
        return super().check_action(action, parameters)

    def action_turn(self, step: int) -> None:
        """Go to another step; after the last one it is over."""
        if self._at + step >= len(self._steps):
            self.dismiss()
            return
        self._at = max(0, self._at + step)
        self._show()
