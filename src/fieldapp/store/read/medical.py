"""A client's medicines, what is looked at before a medical visit, and who waits for one (clinical.md 2.17, 6 B1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from fieldapp.clinical import due, medication
from fieldapp.clinical.policy import Actor, allow
from fieldapp.records.defaults import setting
from fieldapp.records.episode_tables import CLOSED
from fieldapp.records.fold import View
from fieldapp.records.ids import one_per
from fieldapp.records.kinds import adherence, measure, note, vitals
from fieldapp.records.kinds import medication_list as kind
from fieldapp.records.kinds.contact import SEEN
from fieldapp.records.kinds.episode import open_episode

from ..medical_models import LabLine, MedicalBrief, MedicationsRead, MedicineLine, QueueLine, Seen
from ..models import TaskLine
from . import lenient, tasks
from .known import ClientFacts
from .lines import Asking, client_line, injections, lai_until_ms, lai_words, short_day
from .record import NotHere
from .releases import is_part2
from .timeline import timeline

LIST = "medication_list"
MEDICAL = frozenset({"prescriber", "medasst"})
_VISITS = ("psychiatric_eval", "med_management")
_LAST = 3
NOT_SEEN = CLOSED | {"requested", "referred", "assessed"}
"""States in which nobody prescribes for a client: not taken on yet, or gone."""
_DAY_MS = 86_400_000


def medications(asking: Asking, client: str) -> MedicationsRead:
    """Return a client's list as it stands today."""
    record = one_per(client, LIST)
    view = asking.rx.view(record)
    settings, day = asking.known.settings_of(client), asking.day
    actor = Actor(asking.me.staff, frozenset(asking.me.roles), asking.me.is_mhp)
    draft = next((row.id for row in asking.rx.drafts() if row.record == record), "")
    own = asking.rx.view(client)
    words, missing = naloxone(asking, client, view)
    rights = {
        "naloxone": words,
        "naloxone_missing": missing,
        "part2": is_part2(asking, client),
        "draft": draft,
        "allergies": str(own.get("allergies") or "") if own is not None else "",
        "may_write": bool(allow(actor, "save", LIST)),
        "may_verify": bool(allow(actor, "sign", LIST)),
    }
    name = asking.known.name_of(client)
    if view is None or view.in_error:
        return MedicationsRead(record, client, name, (), (), listed=False, **rights)  # type: ignore[arg-type]
    verified_on = lenient.day(view.derived.get("verified_on"))
    return MedicationsRead(
        record=record,
        client=client,
        name=name,
        lines=tuple(_lines(view, day, settings)),
        labs=tuple(_labs(view, day)),
        listed=True,
        verified_on=verified_on,
        verified_by=asking.known.staff_name(str(view.derived.get("verified_by") or "")),
        changed_since=bool(view.derived.get("changed_since")),
        unverified=bool(view.derived.get("changed_since"))
        or medication.is_unverified(verified_on, day, settings),
        heads=tuple(view.heads),
        conflicts=tuple(view.conflicts),
        **rights,  # type: ignore[arg-type]
    )


def naloxone(asking: Asking, client: str, listed: View | None) -> tuple[str, bool]:
    """Return what is known of a client's naloxone, and whether somebody should see to it (programs.md 64).

    Asked about are clients with substance use services or medication-assisted treatment; of others what was said stands.
    """
    rows = asking.rx.all(
        "SELECT at_ms, value FROM fact WHERE client = ? AND name = ? ORDER BY at_ms DESC, value",
        client, adherence.NALOXONE_FACT,
    )  # fmt: skip
    if not rows:
        treated = any(row.get("mat") for _, row in kind.current(listed, asking.day))
        episode = open_episode([one for one in asking.rx.views("episode", client) if not one.in_error])
        wanted = treated or (episode is not None and bool(episode.get("sud_services")))
        return ("nobody has asked", True) if wanted else ("", False)
    at_ms, code = rows[0]
    said = f"{adherence.NALOXONE.get(code, code).lower()} ({short_day(due.day_of(at_ms, asking.me.tz))})"
    given = next((at for at, value in rows if value == "given"), None)
    if given is not None and code != "given":
        said += f", given {short_day(due.day_of(given, asking.me.tz))}"
    return said, code not in ("given", "on_hand")


def medicine_words(read: MedicationsRead) -> tuple[str, ...]:
    """Return what is taken now, one line each with the days of an injection, and how far the list can be trusted.

    For crisis card and paper; empty where nobody has made a list.
    """
    if not read.listed:
        return ()
    found = []
    for line in read.current:
        days = [
            f"last {short_day(str(line.values.get('last_given') or ''))}"
            if line.values.get("last_given")
            else "",
            f"next due {short_day(str(line.values.get('next_due') or ''))}"
            if line.values.get("next_due")
            else "",
            "OVERDUE" if line.lai == "overdue" else "due now" if line.lai == "due" else "",
        ]
        dates = ", ".join(filter(None, days))
        two = "two versions to settle" if line.conflict else ""
        mat = kind.mat_words(line.values)
        found.append(" · ".join(filter(None, [line.words, dates, mat, two])))
    if not found:
        found.append("Nothing is taken now")
    if read.verified_on:
        who = f" by {read.verified_by}" if read.verified_by else ""
        since = ", changed since" if read.changed_since else ""
        return (*found, f"List verified {short_day(read.verified_on)}{who}{since}")
    return (*found, "List not verified by a prescriber")


def _lines(view: View, day: str, settings: object) -> Iterator[MedicineLine]:
    contested = {path.split("/")[1] for path in view.conflicts if path.startswith("medicines/")}
    rows = [(item, row.to_data()) for item, row in view.items("medicines").items() if row.get("name")]

    def place(row: tuple[str, dict[str, object]]) -> tuple[bool, str, str]:
        return (not kind.is_current(row[1], day), str(row[1].get("name") or "").lower(), row[0])

    for item, values in sorted(rows, key=place):
        now = kind.is_current(values, day)
        sound = values | {"next_due": lenient.day(values.get("next_due"))}
        lai = medication.lai_of(sound, day, settings) if now and kind.is_lai(values) else ""  # type: ignore[arg-type]
        yield MedicineLine(item, kind.line_of(values), now, values, lai, item in contested)


def _labs(view: View, day: str) -> Iterator[LabLine]:
    rows = [(item, row.to_data()) for item, row in view.items("labs").items()]
    for item, values in sorted(rows, key=lambda row: (str(row[1].get("due") or "9999"), row[0])):
        code = str(values.get("what") or "")
        words = str(values.get("name") or "") or kind.LABS.get(code, code)
        by = lenient.day(values.get("due"))
        yield LabLine(item, words, by, due.is_overdue(by or None, day), values)


def brief(asking: Asking, client: str) -> MedicalBrief:
    """Return what is looked at before a medical visit; raises NotHere."""
    facts = asking.known.clients.get(client)
    if facts is None:
        raise NotHere
    row = next((row for row in timeline(asking, client, 0, 5, ("note",)) if row.status != "error"), None)
    last, title = None, ""
    if row is not None:
        view = asking.rx.view(row.record)
        said = note.text_of(view.doc) if view is not None else row.text
        last, title = Seen(row.record, row.when_ms, said, row.author), row.title
    return MedicalBrief(
        line=client_line(asking, facts),
        medications=medications(asking, client),
        note=last,
        note_title=title,
        visit_ms=last_visit(asking, client),
        measures=tuple(_measures(asking, client)),
        vitals=tuple(_seen(asking, client, "vitals")),
        taking=tuple(_seen(asking, client, "adherence")),
        tasks=tasks.of_client(asking, client),
    )


def _measures(asking: Asking, client: str) -> Iterator[Seen]:
    """Yield the last result of each instrument with the one before, newest first."""
    found: dict[tuple[str, str], list[Seen]] = {}
    for view in asking.rx.views("measure", client):
        if not view.in_error and view.steps and not view.doc.get("reason_not_done"):
            at = lenient.moment(view.doc.get("at")) or view.first_ms
            words = f"{measure.name_of(view.doc)} {measure.result_words(view.doc)}"
            of = (str(view.doc.get("instrument") or ""), str(view.doc.get("title") or ""))
            found.setdefault(of, []).append(Seen(view.id, at, words, view.steps[0].name))
    newest = []
    for rows in found.values():
        rows.sort(key=lambda row: (row.at_ms, row.record))
        before = f" (before: {rows[-2].words.partition(' ')[2]})" if len(rows) > 1 else ""
        newest.append(Seen(rows[-1].record, rows[-1].at_ms, rows[-1].words + before, rows[-1].author))
    yield from sorted(newest, key=lambda row: (-row.at_ms, row.record))


def _seen(asking: Asking, client: str, name: str) -> Iterator[Seen]:
    """Yield a client's last observations of a kind, newest first."""
    rows = asking.rx.all(
        "SELECT data, when_ms FROM view WHERE client = ? AND kind = ? AND in_error = 0"
        " ORDER BY when_ms DESC, record DESC LIMIT ?",
        client, name, _LAST,
    )  # fmt: skip
    say = vitals.words if name == "vitals" else adherence.words
    for data, when_ms in rows:
        view = View.from_data(orjson.loads(data))
        yield Seen(view.id, when_ms, say(view.doc), view.steps[0].name if view.steps else "")


def last_visit(asking: Asking, client: str) -> int | None:
    """Return when a client was last seen for their medicines or for an evaluation."""
    marks = ",".join(f"'{outcome}'" for outcome in sorted(SEEN))
    kinds = " OR ".join(f"extra LIKE '{name}|%'" for name in _VISITS)
    return asking.rx.value(  # type: ignore[no-any-return]
        f"SELECT max(at_ms) FROM fact WHERE client = ? AND name = 'contact' AND value IN ({marks}) AND ({kinds})",  # noqa: S608
        client,
    )


def missed(asking: Asking, client: str) -> tuple[int, int] | None:
    """Return (when, days missed of seven) of the last observation that says so, while it is fresh."""
    since = asking.now_ms - setting(asking.known.settings_of(client), "missed_days_shown_d") * _DAY_MS
    row = asking.rx.one(
        "SELECT at_ms, extra FROM fact WHERE client = ? AND name = 'adherence' AND extra != '' AND at_ms >= ?"
        " ORDER BY at_ms DESC LIMIT 1",
        client, since,
    )  # fmt: skip
    return None if row is None else (int(row[0]), int(row[1]))


def is_our_patient(asking: Asking, facts: ClientFacts) -> bool:
    """Tell whether a client's medicines are this person's business: theirs as prescriber, or of their team's."""
    roles = set(asking.me.roles)
    if facts.status in NOT_SEEN or not roles & MEDICAL:
        return False
    if "prescriber" in roles and (named := facts.prescriber_on(asking.day)):
        return named == asking.me.staff
    return facts.team in asking.teams


def queue(asking: Asking) -> tuple[QueueLine, ...]:
    """Return the clients who wait for this person, what is late first."""
    mine = [facts for facts in asking.known.clients.values() if is_our_patient(asking, facts)]
    waiting: dict[str, list[TaskLine]] = {}
    for task in tasks.of_kind(asking, "side_effect"):
        waiting.setdefault(task.client, []).append(task)
    found: list[tuple[tuple[bool, int, int, str, str], QueueLine]] = []
    for facts in mine:
        reasons = list(_reasons(asking, facts, waiting.get(facts.client, ())))
        if not reasons:
            continue
        reasons.sort(key=lambda reason: (not reason[0], reason[1], reason[3] or 2**63))
        late, weight, _, due_ms = reasons[0]
        line = QueueLine(
            facts.client, facts.called, facts.risk, tuple(words for _, _, words, _ in reasons), late, due_ms
        )
        # By what is most urgent of each: a visit that is months late comes after a side effect of today.
        found.append(((not late, weight, due_ms or 2**63, facts.name, facts.client), line))
    return tuple(line for _, line in sorted(found, key=lambda row: row[0]))


def _reasons(
    asking: Asking, facts: ClientFacts, waiting: Iterable[TaskLine]
) -> Iterator[tuple[bool, int, str, int | None]]:
    """Yield (late, weight, words, due) of everything that a client waits for."""
    day, tz = asking.day, asking.me.tz
    settings = asking.known.settings_of(facts.client)
    for task in waiting:
        yield task.late, 0, task.title, task.due_ms
    for one, state in injections(asking, facts):
        if state in ("soon", "due", "overdue"):
            yield state == "overdue", 1, lai_words(one, state), lai_until_ms(one, tz)
        elif not state:
            yield False, 1, f"LAI: {one.name}: no day is known for the next", None
    seen = missed(asking, facts.client)
    if seen is not None and medication.missed_too_many(seen[1], settings):
        yield False, 2, f"Missed {seen[1]} of 7 days ({short_day(due.day_of(seen[0], tz))})", None
    if facts.medicines.listed:
        view = asking.rx.view(one_per(facts.client, LIST))
        for lab in _labs(view, day) if view is not None else ():
            if lab.due and lab.due <= due.add_days(day, setting(settings, "lai_soon_d")):
                yield lab.late, 3, f"{lab.words} due {short_day(lab.due)}", lenient.end_of(lab.due, tz)
    if "prescriber" in asking.me.roles:
        yield from _for_prescriber(asking, facts)


def _for_prescriber(asking: Asking, facts: ClientFacts) -> Iterator[tuple[bool, int, str, int | None]]:
    day, tz = asking.day, asking.me.tz
    settings = asking.known.settings_of(facts.client)
    every = setting(settings, "med_visit_every_d")
    last = last_visit(asking, facts.client)
    # Who signed for the whole list has looked at this client too, even where that visit is not on this laptop.
    seen = max(due.day_of(last, tz) if last is not None else "", facts.medicines.verified_on)
    if not seen:
        yield False, 4, "Not seen by a prescriber yet", None
    else:
        by = due.add_days(seen, every)
        if by <= day:
            yield by < day, 4, f"Visit due {short_day(by)}", lenient.end_of(by, tz)
    known = facts.medicines
    if not known.listed:
        yield False, 5, "No medication list", None
    elif known.changed_since:
        yield False, 5, "List changed, not verified", None
    elif medication.is_unverified(known.verified_on, day, settings):
        yield False, 5, f"List last verified {short_day(known.verified_on)}", None
