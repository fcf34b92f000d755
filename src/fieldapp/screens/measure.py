"""Fill in a measure: one question at a time, large enough to be turned to the client, one key an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from ..records.instruments.model import Instrument, Item
from ..records.instruments.mood import SELF_HARM
from ..records.kind import Problem
from ..records.kinds.measure import MODES, NOT_DONE, name_of, result_of, result_words
from ..records.kinds.risk import rank
from ..widgets.big_answers import BigAnswers
from ..widgets.form_field import FormField
from ..widgets.text import join, plain, styled
from . import measure_rules as rules
from .form_draft import DraftScreen
from .form_values import read_focus, write_focus
from .keys import key
from .measure_risk import HighRisk, screen_of
from .measure_values import first_values
from .reason_ask import AskReason
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.models import ClientLine, Draft, MeasureOffer

END = "end"
"""Where one is when every question has been asked."""
NEXT_MODE = dict(zip(MODES, [*list(MODES)[1:], next(iter(MODES))], strict=True))


def _answer_keys() -> list[Any]:
    sentence = "Answer with the digit that stands large above the words, or y and n."
    return [
        key(one, f"answer('{one}')", "Answer", sentence, show=False, priority=True)
        for one in (*"0123456789", "y", "n")
    ]


class MeasureScreen(DraftScreen[bool]):
    """One measure of one client.

    Answers whether the crisis record is written next; `within` another measure that one opens it.
    """

    CSS_PATH = ["form.tcss", "measure.tcss"]
    AUTO_FOCUS = ""
    HELP = (
        "# Measure\n\nRead each question aloud as it stands. The digit answers and goes on; backspace goes back, x "
        "says that the client would rather not answer. Every answer is saved; escape leaves, and the measure can be "
        "gone on with. Ctrl+t says whether it is read aloud, read by the client from the screen, or copied from paper."
    )
    BINDINGS = [
        *_answer_keys(),
        key("x", "decline", "Rather not say", "The client prefers not to answer this.", priority=True),
        key("enter", "next", "Next", "Go to the next question, or sign."),
        key("backspace", "previous", "Back one", "Go to the question before."),
        key("ctrl+t", "turn", "Who reads", "Read aloud, turned to the client, or copied from paper."),
        key("ctrl+s", "send", "Sign", "Sign what is answered.", priority=True),
    ]

    def __init__(
        self,
        client: str | None = None,
        instrument: str = "",
        record: str | None = None,
        draft: str | None = None,
        title: str = "",
        asked_for_by: str = "",
        must: bool = False,
        within: bool = False,
    ) -> None:
        super().__init__()
        self._within = within
        self._client, self._code, self._record, self._draft_id = client, instrument, record, draft
        self._title, self._asked_for_by, self._must = title, asked_for_by, must
        self._line: ClientLine | None = None
        self._instrument: Instrument | None = None
        self._values: dict[str, Any] = {}
        self._at = END
        self._screened = False

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    def compose_body(self) -> ComposeResult:
        yield Static("", id="measure-head", markup=False)
        with VerticalScroll(id="form", can_focus=False):
            yield Static("", id="measure-stem", markup=False)
            yield Static("", id="measure-item", markup=False)
            yield BigAnswers()
        yield Static("", id="measure-licence", markup=False)

    # Opening

    async def find_draft(self) -> Draft | None:
        host = self.host
        laptop = host.laptop
        draft = await host.ask(laptop.draft, self._draft_id) if self._draft_id is not None else None
        if draft is None and self._record is not None:
            draft = await host.ask(laptop.start, "measure", self._client, self._record)
        self._client = draft.client if draft is not None else self._client
        code = str(draft.values.get("instrument")) if draft is not None else self._code
        offer = await self._offer(code)
        if offer is None:
            self.say_below("This cannot be asked here: it is not switched on, or its pack is missing.")
            return None
        self._instrument = offer.instrument
        if self._client is not None:
            self._line = await host.ask(laptop.client_line, self._client)
        if draft is None:
            values = first_values(
                offer.instrument, host.me.staff, host.corrected_ms(),
                pack=offer.pack, title=self._title, asked_for_by=self._asked_for_by,
            )  # fmt: skip
            draft = await host.ask(laptop.start, "measure", self._client, None, values)
        return draft

    async def _offer(self, code: str) -> MeasureOffer | None:
        offers = await self.host.ask(self.host.laptop.instruments, self._client)
        return next((offer for offer in offers if offer.instrument.code == code), None)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        return ()

    async def show(self, draft: Draft) -> None:
        self.adopt(draft)
        self._values = dict(draft.values)
        # Also after a lock or a crash: what asked for this screen still waits for it.
        self._must = self._must or bool(draft.values.get("asked_for_by") and draft.meaning == "sign")
        left_at = read_focus(draft.focus).field
        if self._instrument is not None:
            asked = [item.key for item in rules.path(self._instrument, self._values)]
            self._at = (
                left_at if left_at in asked else rules.first_open(self._instrument, self._values) or END
            )
        self._draw()

    def gather(self) -> dict[str, Any]:
        return dict(self._values)

    def _focus_text(self) -> str:
        return write_focus(self._at, "", {})

    # Showing

    def _item(self) -> Item | None:
        return self._instrument.item(self._at) if self._instrument is not None else None

    def _draw(self) -> None:
        known = self._instrument
        if known is None or not self.is_attached:
            return
        items = rules.path(known, self._values)
        item = self._item()
        self._draw_head(known, len(items), next((n for n, i in enumerate(items, 1) if i is item), 0))
        stem, text = self.query_one("#measure-stem", Static), self.query_one("#measure-item", Static)
        answers = self.query_one(BigAnswers)
        if item is not None:
            above = known.stem if item.stem is None else item.stem
            above = str(self._values.get("title") or "") or above
            stem.update(plain(above))
            stem.display = bool(above)
            text.update(plain(item.text))
            answers.show(rules.shown_answers(item, (self._values.get("items") or {}).get(item.key)))
        else:
            stem.update(plain("All questions are asked."))
            stem.display = True
            text.update(plain(f"{name_of(self._values)}: {result_words(self._values) or 'no result yet'}"))
            answers.show(())
        self.query_one("#measure-licence", Static).update(plain(known.licence))
        self.refresh_bindings()

    def _draw_head(self, known: Instrument, count: int, number: int) -> None:
        mode = str(self._values.get("mode") or "")
        # Turned to the client, the screen names nobody.
        turned = mode == "self_screen_turn"
        who = self._line.name if self._line is not None and not turned else ""
        declined = self._at in (self._values.get("declined") or ())
        done = sum(rules.is_answered(self._values, item.key) for item in rules.path(known, self._values))
        bar = "▰" * done + "▱" * (count - done)
        where = f"{number} of {count}" if number else "done"
        parts: list[Content | str] = [
            styled(known.name, "bold"),
            f" · {who}" if who else "",
            f" · {MODES.get(mode, mode)}",
            f" · {where} ",
        ]
        parts.append(styled(bar, "$text-primary"))
        if declined:
            parts.append(styled("  rather not said", "bold $text-warning"))
        self.query_one("#measure-head", Static).update(join(*parts))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what does not apply to this question."""
        if action == "discard" and self._must:
            return False
        if action in ("answer", "decline"):
            return self._item() is not None
        if action == "previous":
            return True if self._before() else None
        return super().check_action(action, parameters)

    # Answering

    def action_answer(self, pressed: str) -> None:
        """Take an answer and go on."""
        item = self._item()
        if item is None or self._instrument is None:
            return
        given = (self._values.get("items") or {}).get(item.key)
        value = rules.pressed(item, pressed, given)
        if value is None:
            self.say("That is none of these answers.", tone="note")
            return
        self._take(value, stay=rules.is_long(item))

    def action_decline(self) -> None:
        """Note that the client prefers not to answer, and go on."""
        self._take(None)

    def _take(self, value: int | None, *, stay: bool = False) -> None:
        if self._instrument is None or self.draft is None:
            return
        self._values = rules.with_answer(self._instrument, self._values, self._at, value)
        self._touched = True
        self.say("")
        if stay:
            self._moved_to(self._at)
        else:
            self.action_next()

    def action_next(self) -> None:
        """Go to the next question; after the last one, sign."""
        if self._instrument is None or self.draft is None:
            return
        if self._at == END:
            self.action_send()
            return
        if not rules.is_answered(self._values, self._at):
            self.say("Answer with a digit, or press x if the client would rather not.", tone="note")
            return
        keys = [item.key for item in rules.path(self._instrument, self._values)]
        later = keys[keys.index(self._at) + 1 :]
        self._moved_to(later[0] if later else END)
        if not later:
            self.action_send()

    def _before(self) -> str:
        if self._instrument is None:
            return ""
        keys = [item.key for item in rules.path(self._instrument, self._values)]
        at = keys.index(self._at) if self._at in keys else len(keys)
        return keys[at - 1] if at else ""

    def action_previous(self) -> None:
        """Go to the question before."""
        if self._before():
            self._moved_to(self._before())

    def _moved_to(self, place: str) -> None:
        self._at = place
        self._draw()
        self.query_one("#form", VerticalScroll).scroll_home(animate=False)
        self.edited()

    def action_turn(self) -> None:
        """Say who reads."""
        if self.draft is not None:
            mode = NEXT_MODE.get(str(self._values.get("mode")), next(iter(MODES)))
            self._values = {**self._values, "mode": mode}
            self._touched = True
            self._draw()
            self.edited()

    # Signing and what follows

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, f"Sign · {name_of(self._values)}")

    async def finished(self, record: str) -> None:
        values, client = dict(self._values), self._client
        result = result_of(values)
        before = result_of(self.draft.base) if self.draft is not None else None
        newly = (
            result is not None and SELF_HARM in result.flags and not (before and SELF_HARM in before.flags)
        )
        said, crisis = f"{name_of(values)} signed: {result_words(values)}", False
        if newly and client is not None:
            entry = (await self.host.ask(self.host.laptop.record, record)).heads[0]
            self.say(f"{said}. Item 9 asks for the suicide screen now.", tone="warning")
            crisis = await self._screen(client, entry)
        elif result is not None and rank(result.risk) >= rank("high"):
            crisis = await self.app.push_screen_wait(
                HighRisk(self.host.me, self.host.crisis_help(), self._line)
            )
        self.say_below(said)
        self.dismiss(crisis)
        if crisis and client is not None and not self._within:
            self.host.open("crisis", client=client)

    async def _screen(self, client: str, entry: str) -> bool:
        """Open the suicide screen, which ends only by being done or by a reason; returns what it answers."""
        self._screened = True
        code = screen_of(await self.host.ask(self.host.laptop.instruments, client))
        screen = MeasureScreen(client, code, asked_for_by=entry, must=True, within=True)
        crisis: bool | None = await self.app.push_screen_wait(screen)
        return bool(crisis)

    def action_leave(self) -> None:
        """Save the draft and go back; a screen that is due is done first, or a reason is given."""
        result = result_of(self._values)
        first = self.draft is not None and self.draft.meaning == "sign" and not self._over
        if self._must and first:
            self._not_now()
        elif (
            first and result is not None and SELF_HARM in result.flags and not self._screened and self._client
        ):
            self._leave_after_screen(self._client)
        else:
            super().action_leave()

    @work(group="leave")
    async def _leave_after_screen(self, client: str) -> None:
        with self.saying():
            await self.flush()
            crisis = await self._screen(client, "")
        if crisis:
            # What is half asked waits below.
            self.host.open("crisis", client=client)
        else:
            super().action_leave()

    @work(group="leave")
    async def _not_now(self) -> None:
        reason = await self.app.push_screen_wait(
            AskReason(
                "Not asking now?",
                "Item 9 calls for the suicide screen. Say why it is not done now; escape goes on asking.",
                list(NOT_DONE.items()),
            )
        )
        if reason is None:
            return
        kept = ("instrument", "version", "language", "administered_by", "at", "asked_for_by")
        before = self._values
        self._values = {name: before[name] for name in kept if name in before} | {
            "reason_not_done": reason.text
        }
        self._touched = True
        await self._send_or(before)

    async def _send_or(self, before: dict[str, Any]) -> None:
        """Have the reason signed; whoever does not sign it is back at the questions."""
        with self.saying():
            await self._send_checked()
        if not self._over and self.is_attached:
            self._values = before
            self._draw()
            self.edited()
