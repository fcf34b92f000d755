"""Sign a client's level of risk: what raised it, what was weighed, what the level rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.times import day_of
from ..records.kind import Problem
from ..records.kinds.risk import FLAGS_SEEN, HAPPENED, LEVELS, RAISED, RED_FLAGS, WEIGHED, rank
from ..widgets.flags import RISK, STYLES
from ..widgets.form_choice import KEYS, FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormText
from ..widgets.form_time import FormDay
from ..widgets.text import clip, join, lines, styled
from . import risk_rules as rules
from .form_draft import DraftScreen
from .form_head import client_head
from .keys import key
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft, RiskRead


class RiskScreen(DraftScreen[None]):
    """One assessment of one client's risk."""

    CSS_PATH = ["form.tcss", "risk.tcss"]
    BINDINGS = [key("ctrl+s", "send", "Sign", "Check what you say of the risk and sign it.", priority=True)]
    HELP = (
        "# Risk\n\nSignals raise the risk by themselves; only a signature lowers it. Tick the signals that you have "
        "weighed: what is not ticked stays in force, and so does what comes in while you write. A lower level says "
        "what you weighed and what it rests on, and the supervisor sees it."
    )

    def __init__(self, client: str, draft: str | None = None, level: str = "") -> None:
        super().__init__()
        self._client, self._draft_id, self._level = client, draft, level
        self._line: ClientLine | None = None
        self._risk: RiskRead | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with VerticalScroll(id="known", can_focus=False):
            yield Static("", id="now")
        yield VerticalScroll(id="form", can_focus=False)
        yield Static("", id="after")

    async def find_draft(self) -> Draft | None:
        host, laptop = self.host, self.host.laptop
        self._line = await host.ask(laptop.client_line, self._client)
        self._risk = read = await host.ask(laptop.risk, self._client)
        draft = await host.ask(laptop.start, "risk", self._client, None, rules.first_values(self._level))
        if set(draft.prev) != set(read.heads):
            # All that was written since is on this screen: what is signed here follows it.
            values = {name: draft.values.get(name) for name in rules.first_values("")}
            await host.ask(laptop.discard_draft, draft.id)
            draft = await host.ask(laptop.start, "risk", self._client, None, values)
        if self._level and draft.values.get("level") != self._level:
            values = dict(draft.values) | {"level": self._level}
            draft = await host.ask(laptop.save_draft, draft.id, values, draft.focus)
        return draft

    def fields(self, draft: Draft) -> Sequence[FormField]:
        found: list[FormField] = []
        read, now, tz = self._risk, self.host.corrected_ms, self.host.me.tz
        if read is not None and read.signals:
            options = [(signal.entry, rules.signal_short(signal, now(), tz)) for signal in read.signals]
            found.append(
                FormChoice(
                    "considered", "Signals", options, several=True, none="none ticked: all stay in force"
                )
            )
        found += [
            FormChoice("level", "Level now", LEVELS, none="choose"),
            FormChoice("weighed", "Weighed", WEIGHED, several=True, none="what you looked at"),
            FormChoice("happened", "What happened", HAPPENED, several=True, none="nothing of the kind"),
            FormChoice(FLAGS_SEEN, "Red flags", RED_FLAGS, several=True, none="none of them"),
            FormText(
                "reason", "Rests on", placeholder="in a few words: why this level, and not the one above"
            ),
            FormDay("next_review", "Look again by", now=now, tz=tz, placeholder="1, +3, 12/24"),
        ]
        return found

    async def shown(self) -> None:
        read, line = self._risk, self._line
        if read is None or line is None:
            return
        width = self.app.size.width
        self.query_one("#form-head", Static).update(client_head("Risk of", line, width))
        words, tone = RISK.get(read.level, ("· no risk known", "note"))
        tz, now = self.host.me.tz, self.host.corrected_ms()
        since = f" since {rules.when_short(read.since_ms, now, tz)}" if read.since_ms else ""
        shown: list[Content | str] = [join("In force: ", styled(f"{words}{since}", STYLES[tone]))]
        if read.conflict:
            text = "≠ Two people signed side by side. What you sign settles it."
            shown.append(styled(text, "bold $text-error"))
        for one in read.signed[: 2 if read.conflict else 1]:
            who = ", ".join(filter(None, (one.author, one.credential)))
            level = LEVELS[one.level].lower()
            said = f"Signed {rules.when_short(one.at_ms, now, tz)} by {who}: {level}. {one.reason}"
            shown.append(styled(clip(said, width * 2 - 6), "$text-muted"))
        for number, signal in enumerate(read.signals):
            words = clip(rules.signal_words(signal, now, tz), width * 2 - 8)
            shown.append(
                join(styled(f"{KEYS[number]} " if number < len(KEYS) else "  ", "bold $text-primary"), words)
            )
        self.query_one("#now", Static).update(lines(*shown))

    def react(self, field: FormField) -> None:
        if isinstance(field, FormChoice) and field.field == "level":
            day = self.query_one("#field-next-review", FormDay)
            if not day.text.strip() or self._suggested == day.text:
                self._suggest(field.value, day)

    _suggested = ""

    def _suggest(self, level: str, day: FormDay) -> None:
        """Offer the day by which a risk of this level is looked at again; the author may type another."""
        today = day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()
        due = rules.review_day(today, level, self.host.me.settings)
        day.restore({"next_review": due or None}, {})
        self._suggested = day.text

    def refit(self) -> None:
        read = self._risk
        if read is None or self.draft is None:
            return
        values = self.gather()
        left = [signal for signal in read.signals if signal.entry not in (values.get("considered") or ())]
        said = str(values.get("level") or "")
        after = max([said, *(signal.level for signal in left)], key=rank) if said else ""
        shown: list[Content | str] = []
        if after and rank(after) > rank(said):
            some = "1 signal that is" if len(left) == 1 else f"{len(left)} signals that are"
            words = f"After signing: still {LEVELS[after].lower()}, by {some} not ticked."
            shown.append(styled(words, "bold $text-warning"))
        elif after and rank(after) < rank(read.level):
            words = f"After signing: {LEVELS[after].lower()} instead of {LEVELS[read.level].lower()}."
            seen = "" if self.host.me.is_supervisor else " The supervisor is told."
            shown.append(styled(words + seen, "bold"))
        if after in RAISED and self._line is not None and self._line.plan in ("none", "declined"):
            shown.append(styled("There is no active safety plan: p makes one after this.", "$text-warning"))
        self.query_one("#after", Static).update(lines(*shown))
        self.query_one("#after").display = bool(shown)

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, "Sign the risk")

    async def finished(self, record: str) -> None:
        name = self._line.name if self._line is not None else ""
        self.say_below(f"Signed: risk of {name}.")
        self.dismiss()
