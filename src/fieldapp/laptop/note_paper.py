"""A progress note as it goes on paper: read by right, put into words; never what a professional keeps apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fieldapp.clinical.discharge_words import discharge_rows
from fieldapp.clinical.disclosing import refused
from fieldapp.clinical.note_words import note_rows
from fieldapp.clinical.policy import WALLED
from fieldapp.clinical.time_words import off_words, span, when_zoned
from fieldapp.errors import UsageFailure
from fieldapp.prints.documents import Prepared, Wanted
from fieldapp.prints.note import IN_ERROR, TITLE, Added, NotePaper, Signed, note_sheet
from fieldapp.prints.staff import PART_2
from fieldapp.records.envelope import instant_ms
from fieldapp.records.fold import View
from fieldapp.records.kind import DOC
from fieldapp.records.kinds.disclosure import BASES
from fieldapp.records.kinds.staff import ROLES
from fieldapp.store.models import AnnotationRead, RecordRead, VersionRead
from fieldapp.store.projection import client_of
from fieldapp.store.read import discharges, prints, record, releases
from fieldapp.store.read.lines import Asking
from fieldapp.store.read.words import value_words

from .failures import NotAllowed

MEANINGS = {
    "sign": "signed by the author", "amend": "correction, signed by the author", "cosign": "co-signed (review)",
    "addendum": "addendum", "return": "returned to its author", "error": "entered in error",
}  # fmt: skip
"""What a signature means (clinical.md 4.2)."""
_LEFT_OUT = frozenset({"Service"})


@dataclass(frozen=True, slots=True)
class What:
    """One kind of document that goes on paper with its signatures."""

    word: str
    title: str
    service: str
    """What the first of its dates is called."""
    when: Callable[[dict[str, Any], str], str]
    """That date of a version, in a zone."""
    rows: Callable[[dict[str, Any], str], Sequence[tuple[str, str]]]
    """(heading, text) as its author saw it."""


def prepare(asking: Asking, wanted: Wanted, printed: str) -> Prepared:
    """Return a note as a sheet; raises NotHere, NotAllowed, UsageFailure."""
    view = record.need_view(asking.rx, wanted.record)
    if view.kind != "note" or client_of(view) != wanted.client:
        raise UsageFailure("Open the note that you want to print, and print from there.")
    if view.sensitivity == WALLED:
        raise NotAllowed("A psychotherapy note is never printed.")
    return _prepared(asking, wanted.record, printed, NOTE)


def discharge(asking: Asking, client: str, printed: str) -> Prepared:
    """Return the discharge that stands for a client's last episode as a sheet; raises NotHere, NotAllowed."""
    stands = discharges.newest(asking.rx, client)
    if stands is None:
        raise NotAllowed("There is no discharge that stands: sign one first.")
    given = tuple(_given(asking, client, stands))
    prepared = _prepared(
        asking, stands.id, printed, DISCHARGE, tuple((who, right) for who, right, _ in given)
    )
    stopped = tuple(f"{who}: {right[0]}" for who, right, holds in given if not holds)
    return Prepared(prepared.sheet, (*stopped, *prepared.remarks))


def _given(asking: Asking, client: str, view: View) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Yield who gets the summary, by which right, and whether that right holds today: a consent that was taken back
    stops it also when the discharge was signed before (clinical.md 2.3).
    """
    rows = [row for row in view.doc.get("sent_to") or () if str(row.get("name") or "").strip()]
    names = [str(row["name"]) for row in rows]
    for row, hearer in zip(rows, releases.hearers(asking, client, names), strict=True):
        basis = str(row.get("basis") or "")
        who = f"For {hearer.name}"
        why = refused(basis, hearer.answer)
        if why:
            yield who, (f"Do not hand it over: {why}",), False
            continue
        said = [f"Basis: {BASES.get(basis, basis)}."]
        if basis in ("roi", "tpo") and hearer.answer.consent:
            said += _scope(asking, hearer.answer.consent, hearer.answer.what)
        if hearer.answer.notice:
            said.append(PART_2)
        yield who, tuple(said), True


def _scope(asking: Asking, consent: str, what: Sequence[str]) -> Iterator[str]:
    """Yield the explanation of a consent's scope that goes with what is disclosed by it (42 CFR 2.32)."""
    view = asking.rx.view(consent)
    if view is None:
        return
    until = view.get("expires") or view.get("expires_event")
    ends = f", until {until}" if until else ""
    yield f"By consent: {value_words('consent', 'kind', view.get('kind'))}, signed {view.get('signed_on')}{ends}."
    if what:
        yield f"It covers: {'; '.join(what)}."
    for words in (view.get("purpose"), view.get("scope_for_notice")):
        if words:
            yield str(words)


def _prepared(
    asking: Asking, record_id: str, printed: str, what: What, given: Sequence[tuple[str, Sequence[str]]] = ()
) -> Prepared:
    view = record.need_view(asking.rx, record_id)
    read = record.record_read(asking, record_id)
    versions = sorted(read.versions, key=lambda one: (one.signed_ms, one.entry))
    # Of a note in error nothing stands any more; its versions still say what it was about.
    last = _doc(read, versions[-1]) if versions else {}
    tz = str(last.get("tz") or asking.me.tz)
    paper = NotePaper(
        name=_legal_name(asking, read.client),
        known_by=_known_by(asking, read.client, str(last.get("contact") or "")),
        versions=[_signed(read, one, at, tz, what) for at, one in enumerate(versions)],
        title=what.title,
        in_error=read.in_error,
        given=given,
        notice=PART_2 if view.sensitivity == "sud_part2" or releases.is_part2(asking, read.client) else "",
    )
    return Prepared(note_sheet(paper, printed), tuple(_remarks(read, what)))


def _remarks(read: RecordRead, what: What) -> Iterator[str]:
    yield f"This is the whole {what.word.lower()} with everything that was added; it is confidential."
    if read.in_error:
        yield "It was entered in error: every page says so."
    elif read.status == "pending":
        yield "It is not co-signed yet: the paper says so."
    elif read.status == "returned":
        yield "It was sent back to its author: the paper says so."
    if len([one for one in read.versions if one.leaf]) > 1:
        yield "Two versions stand side by side: both are on it."


def _legal_name(asking: Asking, client: str) -> str:
    view = asking.rx.view(client)
    return str(view.get("legal_name") or "") if view is not None else asking.known.bare_name_of(client)


def _known_by(asking: Asking, client: str, contact_record: str) -> list[tuple[str, str]]:
    facts = asking.known.clients.get(client)
    program = asking.known.program_of(client)
    contact = asking.rx.view(contact_record)
    said = [
        value_words("contact", name, contact.get(name))
        for name in ("contact_type", "modality", "setting")
        if contact is not None
    ]
    return [
        ("Client", _legal_name(asking, client)),
        ("Born", facts.dob if facts else ""),
        ("MRN", facts.mrn if facts else ""),
        ("Agency", ", ".join(filter(None, (prints.organisation(asking), program.name if program else "")))),
        ("Contact", ", ".join(filter(None, said))),
    ]


def _doc(read: RecordRead, version: VersionRead) -> dict[str, Any]:
    return dict(version.body.get(DOC) or read.values)


def _signed(read: RecordRead, version: VersionRead, at: int, tz: str, what: What) -> Signed:
    doc = _doc(read, version)
    entered = instant_ms(version.entered)
    dates = [
        (what.service, what.when(doc, tz)),
        ("Entry", when_zoned(entered, tz)),
        ("Signature", when_zoned(version.signed_ms, tz)),
    ]
    heading = f"{what.word} as it was signed first" if at == 0 else f"Correction {at}"
    alone = len(read.versions) == 1
    return Signed(
        heading=what.word if alone else heading,
        marks=tuple(_marks(read, version, dates)),
        dates=dates,
        body=[row for row in what.rows(doc, tz) if row[0] not in _LEFT_OUT],
        signature=tuple(_signature(read, version, tz)),
        added=tuple(_added(read, version, tz)),
        struck=version.status == "error",
    )


def _zoned_span(doc: dict[str, Any], tz: str) -> str:
    """Return the time of the service with its zone."""
    start = doc.get("service_start")
    said = span(start, doc.get("service_stop"), tz)
    zone = when_zoned(instant_ms(start), tz).rpartition(" ")[2] if start else ""
    return f"{said} {zone}" if said else ""


NOTE = What("Note", TITLE, "Service", _zoned_span, note_rows)
DISCHARGE = What(
    "Discharge", "Discharge summary", "Discharged", lambda doc, _: str(doc.get("date") or ""),
    lambda doc, _: discharge_rows(doc),
)  # fmt: skip


def _marks(read: RecordRead, version: VersionRead, dates: list[tuple[str, str]]) -> Iterator[str]:
    if version.status == "error":
        yield IN_ERROR
    elif version.entry not in read.heads:
        yield "An earlier version: a correction follows, and this was kept as it was signed."
    if read.late:
        yield "LATE ENTRY: " + ", ".join(f"{label.lower()} {text}" for label, text in dates if text)
    if version.reason:
        yield f"Why it was corrected: {version.reason}"
    for field, text in version.overrides:
        yield f"Signed in spite of a warning ({field.replace('_', ' ')}): {text}"
    off = off_words(version.clock_offset_ms)
    if off:
        yield f"The laptop's clock was {off}; times are corrected, entry is as the clock said."
    if version.signature == "altered":
        yield "ALTERED: this text is not what was signed."
    if version.state != "confirmed":
        yield f"When this was printed it was {version.sending}."


def _who(one: VersionRead | AnnotationRead) -> str:
    return ", ".join(filter(None, (one.author, one.credential)))


def _signature(read: RecordRead, version: VersionRead, tz: str) -> Iterator[str]:
    role = ROLES.get(version.role, version.role)
    yield (
        f"Electronically {MEANINGS.get(version.meaning, version.meaning)}: {_who(version)} ({role}), "
        f"{when_zoned(version.signed_ms, tz)}"
    )
    reviews = [one for one in _of(read, version.entry) if one.meaning == "cosign" and not one.lifted]
    for one in reviews:
        yield f"Electronically {MEANINGS['cosign']}: {_who(one)}, {when_zoned(one.at_ms, tz)}"
    if version.cosign_required and not reviews and version.status != "error":
        whom = "a mental health professional" if version.cosign_required == "mhp" else "a supervisor"
        yield f"NOT YET CO-SIGNED: {whom} has to."


def _of(read: RecordRead, entry: str) -> list[AnnotationRead]:
    return sorted(
        (one for one in read.annotations if one.about == entry), key=lambda one: (one.at_ms, one.entry)
    )


def _added(read: RecordRead, version: VersionRead, tz: str) -> Iterator[Added]:
    """Yield what was added to a version in order; what was taken back stays, struck through, and says by whom."""
    for one in _of(read, version.entry):
        if one.meaning == "cosign" and not one.lifted:
            continue  # stands with the signature
        words = MEANINGS.get(one.meaning, one.meaning).capitalize()
        yield Added(
            f"{words}: {_who(one)}, {when_zoned(one.at_ms, tz)}",
            tuple(filter(None, (one.reason, one.text))),
            one.lifted,
        )
        undone = [late for late in _of(read, one.entry) if not late.lifted] if one.lifted else []
        for late in undone:
            yield Added(
                f"Taken back: {_who(late)}, {when_zoned(late.at_ms, tz)}", tuple(filter(None, (late.reason,)))
            )
