"""Write a note: sections of its format, the risk question, goals; beside it what was last known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..clinical.times import day_of
from ..records.defaults import setting
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds.note import RISK_ANSWERS, is_late
from ..records.kinds.risk import RED_FLAGS
from ..records.note_tables import prompts_of, words_in
from ..records.together import TOGETHER, path_of
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_line import PROSE_CHARS, FormLine, FormText
from ..widgets.form_medicines import FormMedicines
from ..widgets.form_span import FormSpan
from ..widgets.text import join, lines, styled
from . import note_rules as rules
from .form_draft import DraftScreen
from .form_head import client_head
from .keys import key
from .note_beside import beside
from .note_blocks import BLOCKS, block_fields
from .note_goals import FormGoals
from .note_progress import FormProgress
from .note_snippets import ask_snippet
from .note_start import LIST, NoteStart, start_note
from .reading_text import span, when
from .reason_ask import Choose
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft, RecordRead

BESIDE = 110
"""From this width on the last note, risk and plan stand beside the editor."""


class NoteScreen(DraftScreen[None]):
    """One note of one contact."""

    CSS_PATH = ["form.tcss", "note.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (BESIDE, "-wide")]
    BINDINGS = [
        key("ctrl+s", "send", "Sign", "Check the note and sign it.", priority=True),
        key("f5", "choose_format", "Format", "Choose another format; what is written stays.", priority=True),
        key(
            "f6",
            "more",
            "More",
            "Interventions, mental status, function, substance use and the other blocks.",
            priority=True,
        ),
        key("f7", "snippet", "Snippet", "Put in a text that you or your agency keep ready.", priority=True),
        key(
            "alt+down,ctrl+down",
            "carry_over(1)",
            "Next heading",
            "Carry this paragraph to the next heading.",
            show=False,
            priority=True,
        ),
        key(
            "alt+up,ctrl+up",
            "carry_over(-1)",
            "Heading before",
            "Carry this paragraph to the heading before.",
            show=False,
            priority=True,
        ),
        key(
            "f8",
            "carry",
            "Last plan",
            "Bring the plan lines of the last note, marked as such.",
            priority=True,
        ),
    ]
    HELP = (
        "# Note\n\nTab goes to the next field, shift+tab back. The risk question wants one key. Ctrl+s shows what "
        "you sign. F5 changes the format: text under a heading of another format stays on screen until you move or sign it. "
        "F7 puts in a text of your agency or of your own, F8 brings the plan lines of the last note. "
        "F6 shows the blocks that are by one key each. Alt+down or ctrl+down carries the paragraph under the cursor to the "
        "next heading, alt+up or ctrl+up to the one before. Nothing is lost when the screen locks: the draft opens at the "
        "same place."
    )

    def __init__(
        self,
        client: str | None = None,
        contact: str | None = None,
        record: str | None = None,
        draft: str | None = None,
    ) -> None:
        super().__init__()
        self._wanted = NoteStart(client, contact, record, draft)
        self._line: ClientLine | None = None
        self._goals: Sequence[str] = ()
        self._first_ms: int | None = None
        """When the note was first signed; None for a new one."""
        self._agreed = rules.NOTHING_AGREED
        self._last: RecordRead | None = None
        self._more = False
        self._head: list[Content | str] = []

    @property
    def client_at_hand(self) -> str | None:
        return self._line.client if self._line is not None else self._wanted.client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="form-head")
        with Horizontal(id="desk"):
            yield VerticalScroll(id="form", can_focus=False)
            with VerticalScroll(id="beside"):
                yield Static("", id="beside-text")

    async def find_draft(self) -> Draft | None:
        opened = await start_note(self, self._wanted)
        if opened is None:
            return None
        self._line, self._goals, self._agreed = opened.line, opened.goals, opened.agreed
        self._last = opened.last
        if opened.instead is not None:
            self.host.open("record", record=opened.instead)
            return None
        return opened.draft

    def fields(self, draft: Draft) -> Sequence[FormField]:
        found: list[FormField] = []
        used = str(draft.values.get("format") or "")
        if not draft.values.get("contact"):
            found.append(
                FormSpan(
                    "service_start", "service_stop", "When", now=self.host.corrected_ms, tz=self.host.me.tz
                )
            )
        beside = self._list_fields() if rules.has_list(draft.values) else []
        for name, label in rules.section_labels(draft.values).items():
            if name == "plan" and beside:
                # Before the plan, which says why: doses are changed while the talk about them is fresh.
                found += beside
                beside = []
            found.append(FormText(f"sections.{name}", label, classes="-stacked"))
        found += [
            *beside,
            *([FormYes("pmp_checked", "PMP checked")] if rules.is_medical(draft.values) else []),
            FormChoice("risk_block.answer", "Risk", RISK_ANSWERS, optional=False, none="answer this"),
            FormChoice("risk_block.level", "Level of risk", rules.RISK_LEVELS),
            FormChoice("risk_block.red_flags", "Red flags", RED_FLAGS, several=True, none="none of them"),
            FormLine("risk_block.detail", "What shows it", placeholder="in short; the story is in the note"),
            FormGoals("goals", "Goals", self._goals),
            FormProgress("progress", "Progress"),
            FormLine("no_goal_reason", "Why no goal", placeholder="only when none was worked on"),
            FormLine("participation", "Took part", placeholder="how the client took part"),
            FormText("late_reason", "Why it is late"),
            *block_fields(draft.values),
            FormChoice("format", "Format", rules.formats(self.host.me.roles, used), optional=False),
        ]
        return found

    def _list_fields(self) -> list[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        return [
            FormMedicines(
                path_of(LIST, "medicines"), "Medication list",
                today=lambda: day_of(now(), tz).isoformat(), new_item=lambda: uuid7(self.host.now_ms()),
            ),
            FormYes(f"{TOGETHER}.{LIST}.verify", "List verified", yes="Yes, all of it", no="Not now"),
        ]  # fmt: skip

    async def shown(self) -> None:
        draft, line = self.draft, self._line
        if draft is None or line is None:
            return
        tz = self.host.me.tz
        what = "Note on" if draft.meaning == "sign" and not draft.answers else "Correct the note on"
        head = client_head(what, line, self.app.size.width)
        service = span(draft.values.get("service_start"), draft.values.get("service_stop"), tz)
        shown: list[Content | str] = [head, f"Service {service}"] if service else [head]
        if draft.prev:
            read = await self.host.ask(self.host.laptop.record, draft.record)
            self._first_ms = min((version.signed_ms for version in read.versions), default=None)
            for note in rules.returns_answered(read, draft.answers):
                shown.append(
                    join(styled(f"↩ Returned by {note.author}: ", "bold $text-error"), note.reason, note.text)
                )
        self._head = shown
        if self.app.size.width >= BESIDE:
            await self._show_beside(line)

    async def _show_beside(self, line: ClientLine) -> None:
        content = await beside(self.host, line, without=self.draft.record if self.draft else "")
        self.query_one("#beside-text", Static).update(content)

    def refit(self) -> None:
        if self.draft is None:
            return
        risk = self.query_one("#field-risk-block-answer", FormChoice).value
        for name in ("risk_block.level", "risk_block.red_flags", "risk_block.detail"):
            self._show(name, risk == "present")
        goals = self.query_one(FormGoals)
        self.query_one(FormProgress).offer(goals.value)
        self._show("progress", bool(goals.value))
        self._show("no_goal_reason", not goals.value or bool(self._text("no_goal_reason")))
        for field in self.form_fields():
            if field.field in BLOCKS:
                field.display = self._more or any(field.values().values())
        self._show_head()
        signed_ms = self._first_ms or self.host.corrected_ms()
        late = is_late(self.gather(), signed_ms, self.host.me.settings)
        self._show("late_reason", late or bool(self._text("late_reason")))

    def _show_head(self) -> None:
        """Show the head, with how long the text is by now."""
        settings = self.host.me.settings
        texts = [field.text for field in self._sections()]
        words, fits = rules.words_hint(
            sum(words_in(text) for text in texts),
            self.query_one("#field-format", FormChoice).value,
            setting(settings, "note_words_min"),
            setting(settings, "note_words_max"),
        )
        *above, last = self._head or [""]
        counted = styled(words, "$text-muted" if fits else "$text-warning")
        self.query_one("#form-head", Static).update(lines(*above, join(last, "  ", counted)))

    def action_more(self) -> None:
        """Show the further blocks and go there, or put those away that hold nothing."""
        if self.draft is None:
            return
        self._more = not self._more
        self.refit()
        first = next((field for field in self.open_fields() if field.field in BLOCKS), None)
        if self._more and first is not None:
            first.land()
            # The field was not laid out when it took the focus, and grows now.
            self.call_after_refresh(first.scroll_visible, animate=False)

    def action_choose_format(self) -> None:
        """Ask for the format."""
        if self.draft is not None and not self._busy:
            self._ask_format()

    @work(group="ask-format")
    async def _ask_format(self) -> None:
        field = self.query_one("#field-format", FormChoice)
        picked = await self.app.push_screen_wait(
            Choose("Format of this note", "What is written stays.", field.box.options)
        )
        if picked is not None and picked != field.value:
            field.restore({"format": picked}, {})
            field.changed()

    def _sections(self) -> list[FormText]:
        return [field for field in self.query(FormText) if field.field.startswith("sections.")]

    def action_snippet(self) -> None:
        """Ask which text, and put it where the cursor is."""
        if self.draft is not None and not self._busy:
            self._ask_snippet()

    @work(group="ask-snippet")
    async def _ask_snippet(self) -> None:
        sections = self._sections()
        at = next((field for field in sections if field.has_focus_within), sections[0] if sections else None)
        with self.saying():
            picked = await ask_snippet(self, self._agreed.snippets)
            if picked is not None and at is not None:
                at.put_in(picked)

    def action_carry(self) -> None:
        """Bring the last note's plan lines into the plan, below what is there."""
        plan = next((field for field in self._sections() if field.field == "sections.plan"), None)
        last = self._last
        if plan is None or self.draft is None or "plan" not in prompts_of(self.draft.values):
            self.say("This format has no plan to carry lines into.")
            return
        signed_ms = last.versions[0].signed_ms if last is not None and last.versions else 0
        brought = rules.carried(last.values, when(signed_ms, self.host.me.tz)) if last is not None else ""
        if not brought:
            self.say("The last note has no plan lines.")
        elif brought not in plan.text:
            plan.add_below(brought)

    def action_carry_over(self, step: int) -> None:
        """Carry the paragraph under the cursor to the next heading or the one before, below what is there."""
        sections = self._sections()
        at = next((number for number, field in enumerate(sections) if field.has_focus_within), None)
        if at is None or self._busy:
            return
        target = at + step
        if not 0 <= target < len(sections):
            self.say(
                "There is no heading further on." if step > 0 else "There is no heading before this one."
            )
            return
        if len(sections[at].text) + len(sections[target].text) > PROSE_CHARS:
            self.say("The other heading has no room for this paragraph.")
            return
        said = sections[at].take_paragraph()
        if said:
            sections[target].add_below(said)
        else:
            self.say("Put the cursor into the paragraph that you want to carry.")

    def _show(self, path: str, shown: bool) -> None:
        field = self.field_at(path)
        if field is not None:
            field.display = shown

    def _text(self, path: str) -> str:
        field = self.field_at(path)
        return field.text if isinstance(field, FormLine | FormText) else ""

    def added(self, values: dict[str, Any]) -> None:
        risk = values.get("risk_block")
        if isinstance(risk, dict) and risk.get("answer") != "present":
            # An answer that was changed back must not leave a level in what is signed.
            values["risk_block"] = {"answer": risk["answer"]} if risk.get("answer") else None
            if values["risk_block"] is None:
                del values["risk_block"]
        if self.draft is not None and values.get("format") != self.draft.values.get("format"):
            # A format has the words that are agreed now; a draft keeps those that it was begun with.
            values["prompts"] = self._agreed.prompts_for(str(values.get("format") or ""))
        values.setdefault("tz", self.host.me.tz)
        today = day_of(self.host.corrected_ms(), self.host.me.tz).isoformat()
        rules.complete_list(values, today)

    def react(self, field: FormField) -> None:
        if isinstance(field, FormChoice) and field.field == "format" and self.draft is not None:
            if field.value != self.draft.values.get("format"):
                self._change_format()

    def _change_format(self) -> None:
        self.run_worker(self._reformat(), group="reformat", exclusive=True)

    async def _reformat(self) -> None:
        with self.saying():
            await self.flush()
            if self.draft is not None:
                await self._bring_list(self.draft)
                await self.show(self.draft)
                self._touched = True

    async def _bring_list(self, draft: Draft) -> None:
        """Put the medication list beside a note that has become a medical visit."""
        if not rules.is_medical(draft.values) or rules.has_list(draft.values) or draft.prev:
            return
        if draft.client and rules.PRESCRIBER in self.host.me.roles:
            part = await self.host.ask(self.host.laptop.list_part, draft.client)
            values = {**draft.values, TOGETHER: {LIST: part}}
            self.draft = await self.host.ask(self.host.laptop.save_draft, draft.id, values, "")

    async def finished(self, record: str) -> None:
        name = self._line.name if self._line is not None else ""
        self.say_below(f"Signed: note on {name}.")
        self.dismiss()

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        title = "Sign this note" if self.draft.meaning == "sign" else "Sign this correction"
        return await confirm_signing(self, self.draft, problems, title)
