"""The dialog in which a person signs: what will be said, by whom, when, and proof that it is they."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from ..records.kind import Problem
from ..records.text import clean
from ..widgets.flags import titled
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_secret import SecretInput
from ..widgets.text import plain, styled
from .base import Dialog
from .keys import key
from .sign_words import Signature, signature_lines, signature_of, text_of

if TYPE_CHECKING:
    from ..store.models import Draft
    from .base import FieldScreen


PIN_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Signed:
    """What was answered before signing."""

    overrides: dict[str, str]
    reason: str


class SignDialog(Dialog[Signed | None]):
    """Shows the final text; dismissed with the answers once the person has proved who they are."""

    CSS_PATH = ["form.tcss", "sign.tcss"]
    AUTO_FOCUS = ""
    HELP = (
        "# Sign\n\nRead what you sign; page up and page down scroll it. Each warning wants a reason. Then your "
        "passphrase or PIN, and enter."
    )
    BINDINGS = [
        key("ctrl+s", "sign", "Sign", "Sign what is shown.", priority=True),
        key("escape", "back", "Back", "Sign nothing; the draft stays."),
        key("pageup,ctrl+up", "scroll(-1)", "Text up", "Scroll the text up.", show=False, priority=True),
        key("pagedown,ctrl+down", "scroll(1)", "Text down", "Scroll the text down.", priority=True),
    ]

    def __init__(
        self,
        title: str | Content,
        said: Content | None,
        signature: Signature | None,
        warnings: Sequence[Problem],
        *,
        secret: bool,
        why: bool = False,
        word: str = "sign",
    ) -> None:
        super().__init__()
        self._title, self._said, self._signature = title, said, signature
        self._warnings, self._secret, self._why, self._word = tuple(warnings), secret, why, word
        self._busy = False
        self.set_class(said is not None, "-text")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what scrolls a text where there is none."""
        return self._said is not None if action == "scroll" else super().check_action(action, parameters)

    def compose_body(self) -> ComposeResult:
        yield Static(self._title if isinstance(self._title, Content) else plain(self._title), classes="title")
        if self._said is not None:
            with VerticalScroll(id="said", can_focus=False):
                yield Static(self._said)
        if self._signature is not None:
            yield Static(signature_lines(self._signature), id="signature")
        with VerticalScroll(id="answers", can_focus=False):
            if self._why:
                yield FormLine("reason", "Why corrected", placeholder="what was wrong, in one line")
            for number, problem in enumerate(self._warnings):
                yield Static(styled(f"! {problem.sentence}", "$text-warning"), classes="warning")
                yield FormLine(f"override{number}", "Reason", placeholder="why it is right as it stands")
        if self._secret:
            yield Static(plain("Passphrase or PIN"), id="secret-label")
            yield SecretInput(id="secret")
        else:
            yield Static(plain(f"enter  {self._word}      escape  back"), classes="muted", id="no-secret")

    def on_mount(self) -> None:
        first = next(iter(self.query(FormLine)), None)
        if first is not None:
            first.land()
        elif self._secret:
            self.query_one(SecretInput).focus()

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        if not self._secret and event.field is self.query(FormLine).last():
            self.action_sign()
        else:
            self.focus_next()

    @on(Input.Submitted, "#secret")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_sign()

    def key_enter(self, event: events.Key) -> None:
        """Sign, where nothing is typed."""
        if self.focused is None:
            # Else the same key goes on to the App, and presses enter on whatever screen has come up by then.
            event.stop()
            self.action_sign()

    def action_sign(self) -> None:
        """Check the answers, then the secret, then hand both back."""
        if self._busy:
            return
        for field in self.query(FormLine):
            if not clean(field.text).strip():
                field.complain("Say why, in a few words.")
                field.land()
                return
            field.complain("")
        if not self._secret:
            self._answer()
            return
        secret = self.query_one(SecretInput)
        if not secret.value:
            secret.focus()
            self.say("Type your passphrase, or the PIN of this session.")
            return
        self._busy = True
        self._prove(secret.take())

    @work(group="prove")
    async def _prove(self, secret: str) -> None:
        try:
            with self.saying():
                if await self._proved(secret):
                    self._answer()
        finally:
            self._busy = False

    async def _proved(self, secret: str) -> bool:
        """Tell whether the secret is right; raises what the laptop says of a wrong passphrase."""
        laptop = self.host.laptop
        # A passphrase has at least 15 characters: so few digits can only be meant as the PIN.
        if not (laptop.has_pin and secret.isascii() and secret.isdigit() and len(secret) <= PIN_DIGITS):
            await self.host.ask(laptop.reauthenticate, secret)
            return True
        left = await self.host.ask(laptop.check_pin, secret)
        if left is None:
            return True
        if left <= 0:
            await self.host.leave_locked()
        else:
            self.say(f"Wrong PIN: {left} more, then the vault closes. The passphrase works too.")
        return False

    def _answer(self) -> None:
        overrides: dict[str, str] = {}
        for number, problem in enumerate(self._warnings):
            text = clean(self.query_one(f"#field-override{number}", FormLine).text).strip()
            known = overrides.get(problem.field)
            overrides[problem.field] = f"{known}; {text}" if known else text
        reason = clean(self.query_one("#field-reason", FormLine).text).strip() if self._why else ""
        self.dismiss(Signed(overrides, reason))

    def action_scroll(self, pages: int) -> None:
        """Scroll the text that is signed."""
        said = self.query_one_optional("#said", VerticalScroll)
        if said is not None:
            said.scroll_relative(y=pages * max(1, said.size.height - 1), animate=False)

    def action_back(self) -> None:
        """Sign nothing."""
        self.dismiss(None)


async def confirm_signing(
    screen: FieldScreen[Any], draft: Draft, problems: Sequence[Problem], title: str, *, reason: str = ""
) -> dict[str, Any] | None:
    """Show what a draft will say and have it signed; returns the arguments of `submit`, or None.

    A `reason` that the form knows already is not asked for.
    """
    host = screen.host
    signature = await signature_of(host, draft)
    secret = await host.ask(lambda: host.laptop.needs_reauth)
    answer = await screen.app.push_screen_wait(
        SignDialog(
            titled(title, draft.name, draft.risk),
            text_of(draft, host.me.tz),
            signature,
            problems,
            secret=secret,
            why=draft.meaning == "amend" and not reason,
        )
    )
    if answer is None:
        return None
    return {"overrides": answer.overrides, "reason": reason or answer.reason}


async def overrides_for(screen: FieldScreen[Any], problems: Sequence[Problem]) -> dict[str, Any] | None:
    """Have each warning of an unsigned record answered; returns the arguments of `submit`, or None."""
    if not problems:
        return {}
    answer = await screen.app.push_screen_wait(
        SignDialog("Before it is saved", None, None, problems, secret=False, word="save")
    )
    return None if answer is None else {"overrides": answer.overrides}
