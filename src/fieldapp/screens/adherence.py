"""What was taken and what was not: one answer, and a side effect in words that goes to the prescriber."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.widgets import Static

from ..clinical.times import floor_minute
from ..records.envelope import instant
from ..records.kind import Problem
from ..records.kinds.adherence import BARRIERS, NALOXONE, SEVERITIES, TAKEN
from ..widgets.form_about import FormAbout
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber, FormText
from ..widgets.form_time import FormPast
from ..widgets.text import lines, styled
from . import medical_rules as rules
from .form_draft import DraftScreen
from .form_head import client_head
from .keys import key
from .medical_start import begun, client_for, draft_at_hand
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.medical_models import MedicationsRead
    from ..store.models import ClientLine, Draft

KIND = "adherence"


class AdherenceScreen(DraftScreen[None]):
    """One observation of one client."""

    CSS_PATH = ["form.tcss", "medical.tcss"]
    BINDINGS = [key("ctrl+s", "send", "Sign", "Check what is there and sign it.", priority=True)]
    HELP = (
        "# Medicine taking\n\nOne key says whether it was taken. A side effect in the client's words becomes a task of the "
        "prescriber. Nothing here changes the medication list. Ctrl+s signs."
    )

    def __init__(
        self,
        client: str | None = None,
        record: str | None = None,
        draft: str | None = None,
        medicine: str = "",
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft, self._medicine = client, record, draft, medicine
        self._line: ClientLine | None = None
        self._list: MedicationsRead | None = None

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    async def find_draft(self) -> Draft | None:
        host = self.host
        found = await draft_at_hand(host, KIND, self._record, self._draft)
        self._client = await client_for(
            self, found.client if found is not None else self._client, "Report on the medicines of"
        )
        if self._client is None:
            return None
        self._line = await host.ask(host.laptop.client_line, self._client)
        self._list = await host.ask(host.laptop.medications, self._client)
        found = found or await begun(host, KIND, self._client)
        if found is not None:
            return found
        values: dict[str, Any] = {}
        if self._medicine:
            values["about"] = rules.about([self._medicine], self._list)
        return await host.ask(host.laptop.start, KIND, self._client, None, values)

    def fields(self, draft: Draft) -> Sequence[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        return [*adherence_fields("", self._list, draft.values), FormPast("as_of", "As of", now=now, tz=tz, placeholder="now, yesterday 20:00")]  # fmt: skip

    async def shown(self) -> None:
        line, read = self._line, self._list
        if line is None or read is None or self.draft is None:
            return
        what = "Correct what was reported of" if self.draft.prev else "Medicines of"
        self.query_one("#form-head", Static).update(
            lines(client_head(what, line, self.app.size.width), *list_short(read))
        )

    def refit(self) -> None:
        if self.draft is not None:
            refit_adherence(self, "")

    def added(self, values: dict[str, Any]) -> None:
        read = self._list
        if read is None:
            return
        now = instant(floor_minute(self.host.corrected_ms()))
        rules.complete_adherence(values, read, now, self.host.me.tz)

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, "Sign what was reported")

    async def finished(self, record: str) -> None:
        values = self.gather()
        name = self._line.name if self._line is not None else ""
        told = " The prescriber has a task." if (values.get("side_effects") or "").strip() else ""
        self.say_below(f"Signed: medicines of {name}.{told}")
        self.dismiss()


def list_short(read: MedicationsRead) -> list[Any]:
    """Return what is taken now in one or two lines, for the head of a form."""
    if not read.listed:
        return [styled("There is no medication list yet.", "$text-muted")]
    words = " · ".join(line.words for line in read.current) or "Nothing is taken now"
    late = [line for line in read.current if line.lai in ("due", "overdue")]
    shown: list[Any] = [styled(f"℞ {words}", "$text-muted")]
    for line in late:
        tone = "bold $text-error" if line.lai == "overdue" else "$text-warning"
        said = "overdue since" if line.lai == "overdue" else "due"
        shown.append(
            styled(f"◷ {line.values.get('name') or ''}: injection {said} {line.values.get('next_due')}", tone)
        )
    return shown


def adherence_fields(
    prefix: str, read: MedicationsRead | None, values: Any, *, short: bool = False
) -> list[FormField]:
    """Return the fields of an observation, under a path of the form."""
    offered = rules.asked_about(read) if read is not None else {}
    found: list[FormField] = [
        FormChoice(f"{prefix}taken", "Taken", TAKEN),
        FormNumber(f"{prefix}days_missed_7", "Days missed", most=7, placeholder="of the last 7"),
        FormChoice(f"{prefix}barriers", "In the way", BARRIERS, several=True, none="nothing named"),
        FormText(f"{prefix}side_effects", "Side effects", placeholder="in the client's words; goes to the prescriber"),
        FormChoice(f"{prefix}severity", "How bad", SEVERITIES, none="not said"),
    ]  # fmt: skip
    if not short:
        if len(offered) > 1 or (values or {}).get("about"):
            found.append(FormAbout(f"{prefix}about", "About", offered))
        found += [
            FormNumber(f"{prefix}pill_count", "Pills counted", most=2_000),
            FormNumber(f"{prefix}pack_left_days", "Days left", most=400, placeholder="in the pack"),
            FormChoice(f"{prefix}naloxone", "Naloxone", NALOXONE, none="not asked"),
            FormLine(f"{prefix}remark", "Remark"),
        ]
    return found


def refit_adherence(screen: DraftScreen[Any], prefix: str) -> None:
    """Show what matters after the answer; what is filled in is never hidden."""
    taken = screen.field_at(f"{prefix}taken")
    value = taken.value if isinstance(taken, FormChoice) else ""
    for name in ("days_missed_7", "barriers"):
        field = screen.field_at(f"{prefix}{name}")
        if field is not None:
            filled = any(one not in (None, [], "") for one in field.values().values()) or bool(field.typed())
            field.display = value not in rules.TAKEN_WELL or filled
    effect, severity = screen.field_at(f"{prefix}side_effects"), screen.field_at(f"{prefix}severity")
    if isinstance(effect, FormText) and severity is not None:
        severity.display = bool(effect.text.strip())
