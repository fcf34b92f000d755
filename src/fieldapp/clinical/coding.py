"""Which service code a contact has, and how many units: proposals with their reasons (clinical.md 2.10). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldapp.records.canonical import Json
from fieldapp.records.codes.modifiers import level_of, modifiers_of
from fieldapp.records.codes.rules import TIMED, Rule, added_on, counted, in_all
from fieldapp.records.codes.stated import TOGETHER
from fieldapp.records.codes.table import CodeRow, Placed, Tables
from fieldapp.records.codes.why import why
from fieldapp.records.envelope import instant_ms
from fieldapp.records.kinds.contact import NOT_BILLED, OUTCOMES, SEEN, TYPES, WITHOUT_CLIENT, minutes

from .credentials import held_on
from .due import day_of

NO_CODE = "none"
"""What a form says when somebody wants no code."""
_LINE = 300


@dataclass(frozen=True, slots=True)
class Coverage:
    """One payer of the client, as the episode has it; days are `YYYY-MM-DD` or empty."""

    payer: str
    auth_from: str = ""
    auth_to: str = ""
    auth_units: int | None = None

    def covers(self, day: str) -> bool:
        """Tell whether an authorisation holds on a day; one without days always does."""
        return (not self.auth_from or self.auth_from <= day) and (not self.auth_to or day <= self.auth_to)


@dataclass(frozen=True, slots=True)
class Coded:
    """Another contact of the client that took place."""

    record: str
    day: str
    staff: str
    start_ms: int
    stop_ms: int
    contact_type: str
    code: str = ""
    minutes: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Coding:
    """What is known for coding one contact beside what its form says."""

    tables: Tables
    staff: Mapping[str, Json]
    """Values of the author's staff record."""
    tz: str
    coverage: Sequence[Coverage] = ()
    archetype: str = "community"
    others: Sequence[Coded] = ()
    """The client's other contacts that took place, newest first."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One code that may be used for a contact, and what it comes to."""

    code: str
    label: str
    units: int
    why: str
    """How the units came about."""
    because: tuple[str, ...]
    """Why the code is proposed."""
    modifiers: tuple[str, ...] = ()
    minutes: int = 0
    before: int = 0
    staff: int = 1
    rule: str = ""
    add_on_code: str = ""
    add_on_units: int = 0
    table: str = ""
    payer: str = ""

    def fields(self) -> dict[str, Json]:
        """Return what the contact's entry says of it."""
        return {
            "service_code": self.code,
            "modifiers": list(self.modifiers) or None,
            "units": self.units,
            "units_minutes": self.minutes,
            "units_before": self.before or None,
            "units_staff": self.staff if self.staff > 1 else None,
            "units_rule": self.rule,
            "units_why": self.why[:_LINE],
            "add_on_code": self.add_on_code if self.add_on_units else None,
            "add_on_units": self.add_on_units or None,
            "code_table": self.table,
            "payer": self.payer or None,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """The code line of a contact: what may be chosen, what is, and what the entry says of it."""

    offers: tuple[Proposal, ...]
    taken: Proposal | None
    why: str
    fields: Mapping[str, Json]


def payer_on(coverage: Sequence[Coverage], day: str) -> Coverage | None:
    """Return who pays on a day: the first whose authorisation holds, else the first at all."""
    named = [one for one in coverage if one.payer.strip()]
    return next((one for one in named if one.covers(day)), named[0] if named else None)


def may_use(row: CodeRow, held: Sequence[Mapping[str, Json]]) -> bool:
    """Tell whether one of somebody's credentials is good for a code.

    Who has none on file may use what no table keeps for others; billing waits until the credential is there.
    """
    if not held:
        return not row.credentials
    return any(_good_for(row, one) for one in held)


def _good_for(row: CodeRow, credential: Mapping[str, Json]) -> bool:
    code, may = credential.get("code"), credential.get("may_code")
    if code in row.not_credentials or (row.credentials and code not in row.credentials):
        return False
    return not may or row.code in may


def day_of_service(values: Mapping[str, Json], tz: str) -> str:
    """Return the day that a contact is dated by, also when it goes on past midnight: that of its start."""
    return day_of(instant_ms(values["start"]), values.get("tz") or tz)


def proposals(values: Mapping[str, Json], known: Coding, record: str = "") -> tuple[Proposal, ...]:
    """Return the codes that a contact with a type and a start may have, the likeliest first.

    Args:
        values: of the contact's form.
        record: id of the contact, which is not counted as one of the others.
    """
    if not values.get("start") or not values.get("contact_type"):
        return ()
    day = day_of_service(values, known.tz)
    held = held_on(known.staff, day)
    paid_by = payer_on(known.coverage, day)
    payer = paid_by.payer if paid_by else ""
    last = _last_code(values, known, record)
    found = [
        _proposal(placed, values, known, held, payer, day, record, last=placed.row.code == last)
        for placed in known.tables.on(day, payer)
        if _fits(placed.row, values, known) and may_use(placed.row, held)
    ]
    # In the order of the tables, but first what counts anything, and of that what was used last time.
    return tuple(sorted(found, key=lambda one: (one.units == 0, one.code != last)))


def _fits(row: CodeRow, values: Mapping[str, Json], known: Coding) -> bool:
    kind, modality = values.get("contact_type"), values.get("modality")
    return (
        row.offered
        and (kind in row.types or (not row.types and kind not in NOT_BILLED))
        and (not row.modalities or not modality or modality in row.modalities)
        and (not row.archetypes or known.archetype in row.archetypes)
    )


def _last_code(values: Mapping[str, Json], known: Coding, record: str) -> str:
    kind = values.get("contact_type")
    codes = (
        one.code for one in known.others if one.record != record and one.contact_type == kind and one.code
    )
    return next(codes, "")


def _proposal(
    placed: Placed,
    values: Mapping[str, Json],
    known: Coding,
    held: Sequence[Mapping[str, Json]],
    payer: str,
    day: str,
    record: str,
    *,
    last: bool,
) -> Proposal:
    row, rule = placed.row, placed.row.counts
    spent, whole = counted_minutes(values), minutes(values)
    travel = values.get("travel_min") or 0
    of_rule = spent + (travel if rule.travel else 0) if spent else 0
    before = _before(row, rule, day, known, record, values)
    staff = staff_of(values) if rule.second_staff and rule.how in TIMED else 1
    late = day_of(instant_ms(values["stop"]) - 1, values.get("tz") or known.tz) if whole else day
    because = [TYPES.get(values["contact_type"], values["contact_type"])]
    because += [", ".join(str(one["code"]) for one in held if _good_for(row, one))] if held else []
    because += [row.payer] if row.payer else []
    because += ["as last time"] if last else []
    return Proposal(
        code=row.code,
        label=row.label,
        units=counted(rule, of_rule, before, staff),
        why=why(
            rule, of_rule, before=before, staff=staff_of(values), travel=travel, of=whole,
            dated=day if late != day else "",
        ) if spent else "",
        because=tuple(filter(None, because)),
        modifiers=modifiers_of(row.modifiers, values, level_of(held)),
        minutes=of_rule,
        before=before,
        staff=staff,
        rule=rule.text,
        add_on_code=row.add_on or "",
        add_on_units=added_on(rule, of_rule),
        table=placed.table,
        payer=payer,
    )  # fmt: skip


def counted_minutes(values: Mapping[str, Json]) -> int:
    """Return the minutes that units are counted from: those with the client where they are said, never travel."""
    present = values.get("client_present_min")
    if present is None or values.get("contact_type") in WITHOUT_CLIENT:
        return minutes(values)
    return min(int(present), minutes(values))


def staff_of(values: Mapping[str, Json]) -> int:
    """Return how many of the team took part, the author included."""
    rows = (values.get("participants") or {}).values()
    return 1 + sum(1 for row in rows if row.get("kind") == "staff")


def _before(
    row: CodeRow, rule: Rule, day: str, known: Coding, record: str, values: Mapping[str, Json]
) -> int:
    """Return minutes of the same code with the client on that day, of contacts that began earlier."""
    if not rule.by_day:
        return 0
    start = instant_ms(values["start"])
    return sum(
        one.minutes
        for one in known.others
        if one.record != record and one.day == day and one.code == row.code
        and (one.start_ms, one.record) < (start, record)
    )  # fmt: skip


def code_line(values: Mapping[str, Json], known: Coding, *, record: str = "", chosen: str = "") -> Line:
    """Return the code line of a contact as its form stands.

    Args:
        chosen: the code that somebody chose, or NO_CODE; "" takes the likeliest. One that may not be used any more
            is passed over.
    """
    nothing: dict[str, Json] = dict.fromkeys(TOGETHER)
    outcome = values.get("outcome")
    if outcome and outcome not in SEEN:
        said = f"{OUTCOMES.get(outcome, outcome)}: 0 units"
        return Line((), None, said, nothing | {"units": 0, "units_why": said})
    offers = proposals(values, known, record)
    if chosen == NO_CODE and offers:
        said = "no code chosen: 0 units"
        return Line(offers, None, said, nothing | {"units": 0, "units_why": said})
    taken = next((one for one in offers if one.code == chosen), offers[0] if offers else None)
    if taken is None and values.get("contact_type") in NOT_BILLED:
        said = f"{TYPES[str(values['contact_type'])]}: not billed, 0 units"
        return Line((), None, said, nothing | {"units": 0, "units_why": said})
    if taken is None:
        return Line(offers, None, _nothing_fits(values), nothing)
    ready = bool(outcome) and counted_minutes(values) > 0
    return Line(offers, taken, taken.why, taken.fields() if ready else nothing)


def coded(
    values: Mapping[str, Json], known: Coding, *, record: str = "", chosen: str = ""
) -> dict[str, Json]:
    """Return a contact's values with its code line written into them, for whoever logs it without the form."""
    fields = code_line(values, known, record=record, chosen=chosen).fields
    return dict(values) | {name: value for name, value in fields.items() if value is not None}


def _nothing_fits(values: Mapping[str, Json]) -> str:
    kind = values.get("contact_type")
    if not kind or not values.get("start"):
        return ""
    return f"no code here for {TYPES.get(kind, kind)} with your credential and this way of meeting"


def wrong_units(values: Mapping[str, Json], known: Coding) -> str:
    """Return in one sentence why stated units do not follow from the table that they name; "" if they do.

    A table that is not here (another agency's pack, a withdrawn one) is taken as it is.
    """
    table = known.tables.named(values.get("code_table") or "")
    if not values.get("units") or table is None or not values.get("start"):
        return ""
    day = day_of_service(values, known.tz)
    rows = [row for row in table.rows if row.code == values.get("service_code") and row.holds(day)]
    if not rows:
        return f"{values.get('service_code')} is not in the table of that day: choose the code again."
    row = next((row for row in rows if row.counts.text == values.get("units_rule")), None)
    if row is None:
        return f"{row_named(rows)} counts by another rule: choose the code again."
    rule = row.counts
    spent = counted_minutes(values)
    spent += (values.get("travel_min") or 0) if rule.travel else 0
    told = counted(rule, spent, values.get("units_before") or 0, values.get("units_staff") or 1)
    if values.get("units_minutes") != spent or values.get("units") != told:
        return "The units do not follow from the times: choose the code again."
    return ""


def row_named(rows: Sequence[CodeRow]) -> str:
    """Return a row in words: `H0004 Counseling`."""
    return f"{rows[0].code} {rows[0].label}"


def day_units(rule: Rule, minutes_of_day: Sequence[int]) -> tuple[int, int]:
    """Return the units of a day's contacts with one code: (each rounded by itself, their minutes added up)."""
    return sum(in_all(rule, one) for one in minutes_of_day), in_all(rule, sum(minutes_of_day))
