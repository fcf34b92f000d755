"""The medical assistant's form: vital signs, an injection and what was taken, signed in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.containers import VerticalScroll
from textual.widgets import Static

from ..clinical.times import day_of, floor_minute
from ..records.envelope import instant
from ..records.ids import uuid7
from ..records.kind import Problem
from ..records.kinds.medication_list import SITES
from ..records.together import TOGETHER, part, path_of
from ..widgets.form_choice import FormChoice
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine
from ..widgets.form_time import FormDay
from ..widgets.form_vitals import FormPressure, FormQuantity
from ..widgets.text import lines, styled
from . import medical_rules as rules
from .adherence import adherence_fields, list_short, refit_adherence
from .form_draft import DraftScreen
from .form_head import client_head
from .keys import key
from .medical_start import begun, client_for, draft_at_hand
from .sign import confirm_signing

if TYPE_CHECKING:
    from ..store.medical_models import MedicationsRead
    from ..store.models import ClientLine, Draft

VITALS, INJECTION, ADHERENCE = "vitals", "injection", "adherence"
PARTS = (INJECTION, ADHERENCE)


class MedicalScreen(DraftScreen[None]):
    """Vital signs, and beside them an injection and an observation; a correction is of one of them alone."""

    CSS_PATH = ["form.tcss", "medical.tcss"]
    BINDINGS = [key("ctrl+s", "send", "Sign", "Check what is there and sign all of it.", priority=True)]
    HELP = (
        "# Vital signs and injection\n\nWhat is left empty is not written. Other units are taken: 83kg, 178cm, 5'10, 37.2c. "
        "The injection takes drug and dose from the list and says when the next one is due. One signature writes each as "
        "a record of its own."
    )

    def __init__(
        self,
        client: str | None = None,
        record: str | None = None,
        draft: str | None = None,
        kind: str = VITALS,
    ) -> None:
        super().__init__()
        self._client, self._record, self._draft, self._kind = client, record, draft, kind
        self._line: ClientLine | None = None
        self._list: MedicationsRead | None = None
        self._ids: dict[str, str] = {}
        """Ids of the further records, the same for as long as the form is open."""

    @property
    def client_at_hand(self) -> str | None:
        return self._client

    async def find_draft(self) -> Draft | None:
        host = self.host
        found = await draft_at_hand(host, self._kind, self._record, self._draft)
        self._client = await client_for(
            self, found.client if found is not None else self._client, "Vital signs of"
        )
        if self._client is None:
            return None
        self._line = await host.ask(host.laptop.client_line, self._client)
        self._list = await host.ask(host.laptop.medications, self._client)
        found = found or await begun(host, VITALS, self._client)
        if found is None:
            found = await host.ask(host.laptop.start, VITALS, self._client)
        self._kind = found.kind
        kept = found.values.get(TOGETHER) or {}
        self._ids = {
            name: str((kept.get(name) or {}).get("record") or uuid7(host.now_ms())) for name in PARTS
        }
        return found

    @property
    def _whole(self) -> bool:
        """Whether the form writes all three; a correction is of one record."""
        return self._kind == VITALS and self.draft is not None and not self.draft.prev

    def fields(self, draft: Draft) -> Sequence[FormField]:
        if draft.kind == INJECTION:
            return self._injection("", draft)
        found: list[FormField] = [
            FormPressure("systolic", "diastolic", "Blood pressure"),
            FormQuantity("pulse", "pulse", "Pulse"),
            FormQuantity("weight_lb_10", "weight_lb_10", "Weight", placeholder="182.4, 83kg"),
        ]
        if not draft.prev:
            found += self._injection(path_of(INJECTION, ""), draft)
            found += adherence_fields(path_of(ADHERENCE, ""), self._list, {}, short=True)
        return [
            *found,
            FormQuantity("temperature_f_10", "temperature_f_10", "Temperature", placeholder="98.6, 37c"),
            FormQuantity("height_in_10", "height_in_10", "Height", placeholder="70, 5'10, 178cm"),
            FormQuantity("waist_in_10", "waist_in_10", "Waist", placeholder="38, 97cm"),
            FormQuantity("glucose", "glucose", "Glucose"),
            FormQuantity("a1c_10", "a1c_10", "A1c", placeholder="5.6"),
            FormLine("remark", "Remark"),
        ]

    def _injection(self, prefix: str, draft: Draft) -> list[FormField]:
        now, tz = self.host.corrected_ms, self.host.me.tz
        offered = rules.lais(self._list) if self._list is not None else {}
        values = dict(draft.values) if not prefix else rules.part_values(draft.values, INJECTION)
        known = str(values.get("medicine") or "")
        if known and known not in offered:
            offered[known] = str(values.get("drug") or known)
        found: list[FormField] = []
        if offered:
            found.append(FormChoice(f"{prefix}medicine", "Injection given", offered, none="none"))
        else:
            found.append(FormLine(f"{prefix}drug", "Injection given", placeholder="drug, if one was given"))
        return [
            *found,
            FormChoice(f"{prefix}site", "Where", SITES),
            FormLine(f"{prefix}dose", "Dose", placeholder="as on the list"),
            FormDay(
                f"{prefix}next_due", "Next due", now=now, tz=tz, placeholder="as on the list; +28, 12/20"
            ),
            FormLine(f"{prefix}lot", "Lot", most=80),
        ]

    async def shown(self) -> None:
        line, read, draft = self._line, self._list, self.draft
        if line is None or read is None or draft is None:
            return
        what = "Vital signs of" if draft.kind == VITALS else "Injection for"
        if draft.prev:
            what = f"Correct the {what[0].lower()}{what[1:]}"
        self.query_one("#form-head", Static).update(
            lines(client_head(what, line, self.app.size.width), *list_short(read))
        )
        form = self.query_one("#form", VerticalScroll)
        for path, words in (
            (path_of(INJECTION, "medicine"), "Injection"),
            (path_of(ADHERENCE, "taken"), "Taking of medicines"),
            ("temperature_f_10", "More measurements"),
        ):
            field = self.field_at(path) if self._whole else None
            if field is not None:
                await form.mount(Static(styled(words, ""), classes="section"), before=field)

    def refit(self) -> None:
        if self.draft is None:
            return
        prefix = "" if self._kind == INJECTION else path_of(INJECTION, "")
        given = self.field_at(f"{prefix}medicine") or self.field_at(f"{prefix}drug")
        said = given is not None and any(given.values().values())
        for name in ("site", "dose", "next_due", "lot"):
            field = self.field_at(f"{prefix}{name}")
            if field is not None:
                field.display = said or any(field.values().values()) or bool(field.typed())
        if self._whole:
            refit_adherence(self, path_of(ADHERENCE, ""))

    def react(self, field: FormField) -> None:
        """Fill in what the list says of the injection that was picked, where it can be seen and changed."""
        prefix = "" if self._kind == INJECTION else path_of(INJECTION, "")
        if field.field != f"{prefix}medicine" or not isinstance(field, FormChoice) or self._list is None:
            return
        said: dict[str, Any] = {"medicine": field.value}
        now = self.host.corrected_ms()
        tz = self.host.me.tz
        if field.value:
            rules.complete_injection(said, self._list, instant(now), tz, day_of(now, tz).isoformat())
        for name in ("dose", "next_due"):
            other = self.field_at(f"{prefix}{name}")
            if other is not None:
                other.restore({other.field: said.get(name)}, {})

    def added(self, values: dict[str, Any]) -> None:
        read = self._list
        if read is None:
            return
        now, tz = self.host.corrected_ms(), self.host.me.tz
        at, day = instant(floor_minute(now)), day_of(now, tz).isoformat()
        if self._kind == INJECTION:
            rules.complete_injection(values, read, at, tz, day)
            return
        rules.complete_vitals(values, at, tz)
        if not self._whole:
            return
        parts = values.get(TOGETHER) or {}
        for name in PARTS:
            inner = dict((parts.get(name) or {}).get("values") or {})
            if name == INJECTION:
                rules.complete_injection(inner, read, at, tz, day)
            else:
                rules.complete_adherence(inner, read, at, tz, given=INJECTION in parts)
            if inner:
                parts[name] = {**part(self._ids[name], (), {}), "values": inner}
            else:
                parts.pop(name, None)
        if parts:
            values[TOGETHER] = parts
        else:
            values.pop(TOGETHER, None)

    async def confirm(self, problems: Sequence[Problem]) -> dict[str, Any] | None:
        if self.draft is None:
            return None
        return await confirm_signing(self, self.draft, problems, "Sign these")

    async def finished(self, record: str) -> None:
        name = self._line.name if self._line is not None else ""
        parts = rules.part_values(self.gather(), INJECTION)
        due = str(parts.get("next_due") or "")
        told = f" Next injection {due}." if due else ""
        self.say_below(f"Signed for {name}.{told}")
        self.dismiss()
