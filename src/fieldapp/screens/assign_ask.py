"""Who takes over: one dialog for a client, for a leave and for a whole caseload; the load of who is picked stands in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from ..records.kinds.assignment import ROLES
from ..widgets.flags import STYLES
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_time import FormDay, Now
from ..widgets.text import plain, styled
from .base import Dialog
from .keys import key

if TYPE_CHECKING:
    from ..store.board_models import StaffLoad


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was answered; days as `YYYY-MM-DD`, "" for none."""

    staff: str
    role: str
    since: str
    until: str


class AskAssigned(Dialog[Assigned | None]):
    """Who, as what, from and until when.

    Args:
        staff: who may be picked.
        told: returns what to say of a person in a role, and whether it is a warning; shown while one picks.
        roles: to choose from; one of them is not asked.
        until: "no" (not asked), "may" or "must" be said.
    """

    CSS_PATH = ["form.tcss", "assign.tcss"]
    AUTO_FOCUS = ""
    HELP = (
        "# Assign\n\nThe key in front of a name picks it. Days are typed as `today`, `mon` or `12/1`. What the person carries "
        "is said at once; more than the program allows is said, never refused. Ctrl+s writes it."
    )
    BINDINGS = [
        key("ctrl+s", "go", "Write it", "Write it.", priority=True),
        key("escape", "back", "Back", "Do nothing."),
    ]

    def __init__(
        self,
        title: str,
        staff: Sequence[StaffLoad],
        told: Callable[[StaffLoad, str], tuple[str, bool]],
        *,
        now: Now,
        tz: str,
        today: str,
        roles: Sequence[str] = tuple(ROLES),
        until: str = "may",
    ) -> None:
        super().__init__()
        self._title, self._staff, self._told = title, staff, told
        self._now, self._tz, self._today = now, tz, today
        self._roles, self._until = tuple(roles), until

    def compose_body(self) -> ComposeResult:
        yield Static(plain(self._title), classes="title")
        yield FormChoice("staff", "Who", [(one.staff, one.name) for one in self._staff])
        if len(self._roles) > 1:
            yield FormChoice("role", "As", [(code, ROLES[code]) for code in self._roles])
        if self._until != "no":
            yield FormDay("until", "Until", now=self._now, tz=self._tz,
                          placeholder="fri, 12/4" if self._until == "must" else "open")  # fmt: skip
        yield FormDay("since", "From", now=self._now, tz=self._tz)
        yield Static("", id="told")

    def on_mount(self) -> None:
        self.query_one("#field-since", FormDay).restore({"since": self._today}, {})
        self.query(FormField).first().land()

    def _value(self, name: str) -> str:
        found = self.query(f"#field-{name}")
        return str(found.first(FormField).values().get(name) or "") if found else ""

    @property
    def _role(self) -> str:
        return self._value("role") if len(self._roles) > 1 else self._roles[0]

    @on(FormField.Changed)
    def _changed(self) -> None:
        picked = next((one for one in self._staff if one.staff == self._value("staff")), None)
        said = Content("")
        if picked is not None:
            words, warns = self._told(picked, self._role)
            said = styled(("! " if warns else "") + words, STYLES["warning" if warns else "note"])
        self.query_one("#told", Static).update(said)

    @on(FormField.Done)
    def _next(self, event: FormField.Done) -> None:
        fields = list(self.query(FormField))
        later = fields[fields.index(event.field) + 1 :]
        if later:
            later[0].land()

    def action_go(self) -> None:
        """Write it."""
        for field in self.query(FormField):
            wrong = field.check() or self._missing(field)
            if wrong:
                field.complain(wrong)
                field.land()
                return
        self.dismiss(Assigned(self._value("staff"), self._role, self._value("since"), self._value("until")))

    def _missing(self, field: FormField) -> str:
        value = self._value(field.field)
        if field.field == "until":
            if not value and self._until == "must":
                return "Say until when: a day such as fri or 12/4."
            if value and self._value("since") and value < self._value("since"):
                return "It ends before it begins: check both days."
            return ""
        return "" if value else {
            "staff": "Choose who.", "role": "Choose as what.", "since": "Say from which day on.",
        }[field.field]  # fmt: skip

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)
