"""A draft on screen from its opening to its end: checked and sent, left for later, or thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import work
from textual.binding import BindingType

from ..records.kind import Problem
from ..widgets.form_field import FormField
from .form_filled import FilledScreen
from .keys import key
from .reason_ask import Sure

if TYPE_CHECKING:
    from ..store.models import Draft

ResultT = TypeVar("ResultT")


class DraftScreen(FilledScreen[ResultT], Generic[ResultT]):
    """A form over one draft; a screen adds what happens when it is sent: `confirm` and `finished`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("ctrl+s", "send", "Save", "Check the form and save it.", priority=True),
        key("escape", "leave", "Back", "Leave; the draft stays and opens again where you were."),
        key("f9", "discard", "Discard", "Throw this draft away, after asking."),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        """Have warnings answered and signing confirmed; return the arguments of `submit`, or None."""
        return {}

    async def finished(self, record: str) -> None:
        """Go on after the entry is written."""
        self.dismiss()

    # Sending

    def action_send(self) -> None:
        """Check the form, have it confirmed, write the entry."""
        if not self._busy and self.draft is not None:
            self._send()

    @work(group="send")
    async def _send(self) -> None:
        self._busy = True
        try:
            with self.saying():
                await self._send_checked()
        finally:
            self._busy = False

    async def _send_checked(self) -> None:
        if self.draft is None:
            return
        self.say("")
        for field in self.form_fields():
            wrong = field.check()
            if wrong:
                self.reveal(field)
                field.complain(wrong)
                field.land()
                self.say(wrong)
                return
        await self.flush()
        problems = await self.host.ask(self.host.laptop.problems, self.draft.id)
        if self.show_problems(problems):
            return
        arguments = await self.confirm([problem for problem in problems if not problem.stops])
        if arguments is None:
            return
        await self.flush()
        draft = self.draft
        # From here on an autosave would write to a draft that is closed.
        self._over = True
        try:
            await self.host.ask(self.host.laptop.submit, draft.id, **arguments)
        except BaseException:
            self._over = False
            raise
        self.host.touched(draft.record)
        await self.finished(draft.record)

    def show_problems(self, problems: Sequence[Problem]) -> bool:
        """Show every finding at its field; returns whether one of them stops, and goes there."""
        for field in self.form_fields():
            field.complain("")
        first: FormField | None = None
        for problem in sorted(problems, key=lambda problem: not problem.stops):
            at = self.field_at(problem.field)
            if at is not None and not at.complains:
                at.complain(problem.sentence, warns=not problem.stops)
            if problem.stops and first is None:
                first = at
        stops = [problem for problem in problems if problem.stops]
        if stops:
            self.say(stops[0].sentence)
        if first is not None:
            self.reveal(first)
            first.land()
        return bool(stops)

    def reveal(self, field: FormField) -> None:
        """Make a field visible before the cursor goes there."""

    # Leaving

    def action_leave(self) -> None:
        """Save the draft and go back."""
        self._leave()

    @work(group="leave")
    async def _leave(self) -> None:
        with self.saying():
            if self.draft is not None and self._fresh and not self._touched:
                # Opened and left without a word: no draft to come back to.
                self._over = True
                await self.host.ask(self.host.laptop.discard_draft, self.draft.id)
            else:
                await self.flush()
            self._over = True
            self.dismiss()

    def action_discard(self) -> None:
        """Throw the draft away, after asking."""
        if self.draft is not None:
            self._discard(self.draft)

    @work(group="leave")
    async def _discard(self, draft: Draft) -> None:
        sure = await self.app.push_screen_wait(
            Sure("Throw this draft away?", "What you wrote here is lost. Nothing that was signed is touched.")
        )
        if not sure:
            return
        with self.saying():
            self._over = True
            await self.host.ask(self.host.laptop.discard_draft, draft.id)
            self.host.touched(draft.record)
            self.dismiss()
