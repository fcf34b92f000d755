"""The memory behind lists: parsed once, and after a commit only for the clients that it touched.

A caseload of 500 clients reads some 3,500 views; parsing them for every list would cost more than the
rest of the screen.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from fieldapp.clinical import stays
from fieldapp.clinical.intake import last_extension
from fieldapp.records.fold import View, project
from fieldapp.records.group_tables import plans_of
from fieldapp.records.ids import one_per
from fieldapp.records.instruments import suicide
from fieldapp.records.kinds import KINDS
from fieldapp.records.kinds import alert as alert_kind
from fieldapp.records.kinds.client import county_of, shown_name
from fieldapp.records.kinds.episode import standing
from fieldapp.records.kinds.medication_list import is_lai
from fieldapp.records.note_tables import Agreed

from ..entries import names
from ..models import AlertLine
from ..search import plain
from ..store import Store
from ..transaction import Rx
from . import lenient
from .known import (
    ClientFacts,
    Known,
    LaiFacts,
    MedicineFacts,
    ProgramFacts,
    StaffFacts,
    TeamFacts,
    TreatmentFacts,
)
from .plan_review import plan_facts, triggers
from .seen import last_seen

_ORG = frozenset({"staff", "program", "team"})
_KINDS = (
    "client",
    "episode",
    "alert",
    "risk",
    "assignment",
    "contact_plan",
    "safety_plan",
    "treatment_plan",
    "move",
    "medication_list",
    "stay",
)
_SEVERITY = ("stop", "caution", "info")
_MOVING = "SELECT DISTINCT client FROM entry WHERE kind = 'move' AND state NOT IN ('confirmed', 'rejected')"
DEFAULT_TZ = "America/Los_Angeles"
"""Of a program that names no zone: the first release serves Washington State."""


class Roster:
    """Keeps `Known` in step with the store; safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._state = (Known(), -1)
        """What is known and the generation it is of; replaced in one piece, so that it is read without the lock."""

    def refreshed(self, rx: Rx, generation: int) -> Known:
        """Return what is known now; `generation` is the store's, read before the snapshot was taken."""
        with self._lock:
            known, since = self._state
            if since < 0:
                known = _all(rx)
            elif generation > since:
                clients, kinds = self._store.changed_since(since)
                if kinds & _ORG:
                    known = replace(_org(rx), clients=known.clients)
                clients.discard("")
                if clients:
                    kept = {c: f for c, f in known.clients.items() if c not in clients}
                    known = replace(known, clients={**kept, **_clients(rx, clients)})
            self._state = (known, max(since, generation))
            return known

    def refreshed_for(self, rx: Rx, generation: int, client: str) -> Known:
        """Return what is known with one client up to date; others may be as they were at the last refresh.

        Waits for no refresh of everybody in another thread, once there was a first.
        """
        known, since = self._state
        if since < 0:
            return self.refreshed(rx, generation)
        clients, kinds = self._store.changed_since(since)
        if kinds & _ORG:
            known = replace(_org(rx), clients=known.clients)
        if client in clients:
            rest = {c: f for c, f in known.clients.items() if c != client}
            known = replace(known, clients={**rest, **_clients(rx, {client})})
        return known


def _all(rx: Rx) -> Known:
    return replace(_org(rx), clients=_clients(rx, None))


def _shown(data: Mapping[str, Any], name: str) -> Any:
    """Return a field's value as shown from a stored view, without building the view."""
    writes = data["fields"].get(name)
    return writes[0][0] if writes else None


def _items(data: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    return {
        item_id: {inner: writes[0][0] for inner, writes in item["fields"].items()}
        for item_id, item in data["lists"].get(name, {}).items()
    }


def _org(rx: Rx) -> Known:
    staff: dict[str, StaffFacts] = {}
    programs: dict[str, ProgramFacts] = {}
    teams: dict[str, TeamFacts] = {}
    rows = rx.all(
        "SELECT record, kind, data FROM view WHERE kind IN ('staff', 'program', 'team') AND in_error = 0"
    )
    for record, kind, raw in rows:
        data = orjson.loads(raw)
        values = {name: writes[0][0] for name, writes in data["fields"].items()}
        if kind == "staff":
            values |= {name: _items(data, name) for name in data["lists"]}
            staff[record] = StaffFacts(record, values.get("name") or "", values)
        elif kind == "program":
            programs[record] = ProgramFacts(
                record,
                values.get("name") or "",
                values.get("archetype") or "community",
                lenient.zone(values.get("tz"), DEFAULT_TZ),
                values.get("phone") or "",
                values.get("local_crisis_line") or "",
                values.get("settings") or {},
                Agreed(
                    values.get("note_formats") or {},
                    values.get("note_prompts") or {},
                    tuple((row["name"], row["text"]) for row in values.get("note_snippets") or ()),
                ),
                plans_of(values.get("groups")),
                values,
            )
        else:
            teams[record] = TeamFacts(record, values.get("name") or "", values.get("program") or "")
    return Known(staff=staff, programs=programs, teams=teams)


def _clients(rx: Rx, wanted: Iterable[str] | None) -> dict[str, ClientFacts]:
    """Return facts of some clients, or of all."""
    kinds = names(_KINDS)
    sql = (
        "SELECT client, record, kind, state, label, data FROM view WHERE in_error = 0 AND client IS NOT NULL"
        " AND kind IN (SELECT value FROM json_each(?))"
    )
    counts = "SELECT client, sum(conflicts) FROM view WHERE conflicts > 0"
    if wanted is None:
        rows = rx.all(f"{sql} ORDER BY when_ms, record", kinds)
        conflicts = dict(tuple(row) for row in rx.all(f"{counts} GROUP BY client"))
    else:
        asked = names(wanted)
        only = "AND client IN (SELECT value FROM json_each(?))"
        rows = rx.all(f"{sql} {only} ORDER BY when_ms, record", kinds, asked)
        conflicts = dict(tuple(row) for row in rx.all(f"{counts} {only} GROUP BY client", asked))
    grouped: dict[str, list[tuple[str, str, str, str, dict[str, Any]]]] = {}
    for client, record, kind, state, label, raw in rows:
        grouped.setdefault(client, []).append((record, kind, state, label, orjson.loads(raw)))
    measured = _measured(rx, None if wanted is None else names(wanted))
    moving = {client for (client,) in rx.each(_MOVING)}
    found = {}
    for client, records in grouped.items():
        facts = _client(client, records)
        if facts is not None:
            if client in moving:
                facts = _not_yet_moved(rx, facts)
            found[client] = replace(
                facts, conflicts=int(conflicts.get(client, 0)), last_seen_ms=last_seen(rx, client),
                measured_ms=measured.get(client),
            )  # fmt: skip
    for client, fired in triggers(rx, found).items():
        found[client] = replace(found[client], plan=replace(found[client].plan, fired=fired))
    return found


def _measured(rx: Rx, clients: str | None) -> dict[str, int]:
    """Return when clients were last asked a measure; of all clients, or of a JSON list of them."""
    sql = (
        "SELECT client, max(at_ms) FROM fact WHERE name = 'measure'"
        " AND value NOT IN (SELECT value FROM json_each(?))"
    )
    screens = names(known.code for known in suicide.ALL)
    if clients is None:
        return dict(tuple(row) for row in rx.all(f"{sql} GROUP BY client", screens))
    only = "AND client IN (SELECT value FROM json_each(?)) GROUP BY client"
    return dict(tuple(row) for row in rx.all(f"{sql} {only}", screens, clients))


def _client(client: str, records: list[tuple[str, str, str, str, dict[str, Any]]]) -> ClientFacts | None:
    own = next((row for row in records if row[1] == "client"), None)
    if own is None:
        return None
    data = own[4]
    home = (_shown(data, "home_program") or "", _shown(data, "home_team") or "")
    program, team = next((_moved(row[4]) for row in records if row[1] == "move"), home)
    addresses = [row for row in _items(data, "addresses").values() if not row.get("until")]
    streets = [f"{row.get('street') or ''} {row.get('city') or ''}".strip() for row in addresses]
    name = shown_name(View.from_data(data)) if _shown(data, "name_to_use") else _legal(data)
    called = (name, _shown(data, "legal_name"), _shown(data, "name_to_use"))
    searched = (*called, _shown(data, "mrn"), *streets)
    facts = ClientFacts(
        client=client,
        name=name,
        keys=tuple(dict.fromkeys(plain(text) for text in searched if text)),
        names=tuple(dict.fromkeys(text.strip() for text in called if text and text.strip())),
        streets=tuple(street for street in streets if street),
        pronouns=_shown(data, "pronouns") or "",
        dob=_shown(data, "dob") or "",
        language=_shown(data, "language") or "",
        interpreter=bool(_shown(data, "interpreter_needed")),
        mrn=_shown(data, "mrn") or "",
        street=next((street for street in streets if street), ""),
        county=county_of(addresses),
        gender=str(_shown(data, "gender") or "").strip(),
        race=tuple(_shown(data, "race") or ()),
        housing=_shown(data, "housing_status") or "",
        team=team,
        program=program,
        alerts=_alerts(records),
    )
    return _with_records(facts, records)


def _moved(data: dict[str, Any]) -> tuple[str, str]:
    return _shown(data, "to_program") or "", _shown(data, "to_team") or ""


def _not_yet_moved(rx: Rx, facts: ClientFacts) -> ClientFacts:
    """Return a client with the home that the server knows: a move holds from when it was taken in."""
    rows = rx.all(
        "SELECT hash FROM entry WHERE record = ? AND state = 'confirmed'", one_per(facts.client, "move")
    )
    taken = {row[0] for row in rows}
    moves = [one for one in rx.entries(one_per(facts.client, "move")) if one.hash in taken]
    view = project(KINDS["move"], moves) if moves else rx.view(facts.client)
    names = ("to_program", "to_team") if moves else ("home_program", "home_team")
    program, team = (str(view.get(name) or "") for name in names) if view is not None else ("", "")
    return replace(facts, program=program, team=team, moving_to=facts.team)


def _legal(data: dict[str, Any]) -> str:
    return (_shown(data, "legal_name") or "").strip() or "(no name)"


def _with_records(
    facts: ClientFacts, records: list[tuple[str, str, str, str, dict[str, Any]]]
) -> ClientFacts:
    episodes = [(record, data) for record, kind, _, _, data in records if kind == "episode"]
    # As `episode.open_episode`, without building views.
    episodes.sort(key=lambda row: standing(_shown(row[1], "status"), _shown(row[1], "admit_date"), row[0]))
    if episodes:
        newest = episodes[-1][1]
        facts = replace(
            facts,
            status=_shown(newest, "status") or "",
            tier=_shown(newest, "intensity_tier") or "",
            admitted=lenient.day(_shown(newest, "admit_date")),
            county=facts.county or str(_shown(newest, "county") or ""),
            extended=last_extension(_items(newest, "extensions")),
        )
    for _, kind, state, _, data in records:
        if kind == "risk":
            facts = replace(
                facts, risk=state or "none", risk_review=lenient.day(_shown(data, "next_review")),
                step_up=bool(data["derived"].get("undecided_flags")),
            )  # fmt: skip
        elif kind == "assignment":
            facts = replace(facts, assignment=View.from_data(data))
        elif kind == "contact_plan":
            facts = replace(facts, contact_plan=View.from_data(data))
        elif kind == "safety_plan":
            facts = replace(facts, plan=plan_facts(data))
        elif kind == "treatment_plan":
            facts = replace(facts, treatment=_treatment(data))
        elif kind == "medication_list":
            facts = replace(facts, medicines=_medicines(data))
    known = stays.ordered(_stays(records))
    return replace(facts, stays=known, status=stays.effective_status(facts.status, known))


def _stays(records: list[tuple[str, str, str, str, dict[str, Any]]]) -> Iterator[stays.Stay]:
    for record, kind, _, _, data in records:
        if kind == "stay":
            values = {name: writes[0][0] for name, writes in data["fields"].items() if writes}
            one = stays.read(record, values)
            if one is not None:
                yield one


def _treatment(data: dict[str, Any]) -> TreatmentFacts:
    bodies = [write[0] or {} for write in data["fields"].get("doc") or []]
    return TreatmentFacts(
        active=len(bodies),
        refused=bool(bodies) and all(body.get("participation") == "refused" for body in bodies),
        review_due=lenient.day(data["derived"].get("review_due")),
    )


def _medicines(data: dict[str, Any]) -> MedicineFacts:
    rows = _items(data, "medicines")
    lais = [
        LaiFacts(
            item, str(row.get("name") or ""), lenient.day(row.get("next_due")), int(row.get("lai_window_d") or 0),
            lenient.day(row.get("stop")),
        )
        for item, row in rows.items()
        if is_lai(row) and row.get("name")
    ]  # fmt: skip
    derived = data["derived"]
    return MedicineFacts(
        listed=True,
        verified_on=lenient.day(derived.get("verified_on")),
        changed_since=bool(derived.get("changed_since")),
        lais=tuple(sorted(lais, key=lambda one: (one.name, one.item))),
    )


def _alerts(records: list[tuple[str, str, str, str, dict[str, Any]]]) -> tuple[AlertLine, ...]:
    found = []
    for record, kind, state, label, data in records:
        # `active` is missing when what the kind derives failed: then the alert stands.
        if kind == "alert" and data["derived"].get("active", True):
            code = _shown(data, "code") or ""
            severity = state if state in _SEVERITY else alert_kind.DEFAULT_SEVERITY.get(code, "caution")
            found.append(
                AlertLine(
                    record, severity, code, label, _shown(data, "detail") or "",
                    lenient.day(_shown(data, "review_by")),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda line: (_SEVERITY.index(line.severity), line.label, line.record)))
