"""What a typed line comes to: the values of a contact, what is missing, and what the full form gets. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..clinical.coding import coded
from ..clinical.identity import language_words
from ..clinical.quick_entry.filling import Basis, Filled, filled, visit_for
from ..clinical.quick_entry.people import Whom, whom
from ..clinical.quick_entry.reading import Chosen, Desk, Reading, Trouble
from ..clinical.quick_entry.telling import told
from ..records.codes.stated import TOGETHER
from ..records.kind import Problem, Signing
from ..records.kinds.contact import check
from ..records.text import clean
from . import contact_rules as rules
from .draft_routes import QUICK
from .form_values import read_focus, write_focus

if TYPE_CHECKING:
    from ..clinical.coding import Coding
    from ..store.models import ContactStart, LogClient, Me

ASK: Mapping[str, str] = {
    "client": "Who is it? Type a name, initials, a street or #number.",
    "outcome": "What came of it? done, na, nh, lm, ns, cancelled … A length says that it took place.",
    "start": "When? 9:30 45m, 9:30-10:15, or 45m and now-45 up to now.",
    "stop": "Until when, or how long? 10:15 or 45m.",
    "modality": "How did you meet? in person, phone, video, text.",
    "setting": "Where did you meet? home, office, shelter, street, motel …",
    "contact_type": "What was it? skills, cm, meds, counseling, peer, group, outreach …",
    "client_location": "Where was the client during the call? Type home, or @ and a few words.",
    "consent_on_file": "Is a consent to telehealth on file? consent ok, no consent.",
    "privacy_check": "Could somebody listen in? private, not private.",
    "platform": "What did the video run on? zoom, teams, doxy, facetime; others in the form (tab).",
    "audio_only_reason": "Why no video? no camera, no internet, wants phone, video failed, short call.",
    "emergency_number": "Whom to call where the client is? em and the number: em 425-555-0100.",
}
"""What is asked when it is missing, with what may be typed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a draft keeps it."""

    text: str = ""
    at_ms: int = 0
    """When it was typed: `now` in it is that moment."""
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Come:
    """What a line comes to."""

    reading: Reading
    filled: Filled
    missing: tuple[Problem, ...]
    """What the sign check of a contact still wants, in its order."""

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What cannot be read."""
        return self.filled.troubles

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of the contact."""
        return self.filled.values


def person(client: LogClient) -> Whom:
    """Return a client as the grammar knows them, with what tells two of one name apart."""
    street = client.streets[0] if client.streets else ""
    spoken = language_words(client.language, interpreter=client.interpreter)
    told_apart = (client.pronouns, spoken, f"b. {client.dob[:4]}" if client.dob else "", street, client.mrn)
    return whom(client.client, client.names, client.streets, client.mrn, " · ".join(filter(None, told_apart)))


def basis_of(start: ContactStart | None, reading: Reading, now_ms: int, before: Mapping[str, Any]) -> Basis:
    """Return what a new contact with the client of a line starts from."""
    if start is None:
        return Basis(before=before)
    visit = visit_for(start.visits, reading.start_ms, now_ms, meant=reading.part("next") is not None)
    return Basis(visit, start.last, start.last_ms, start.goals, before, start.agreed, start.called)


def come_to(
    reading: Reading, basis: Basis, me: Me, now_ms: int, typed_ms: int, coding: Coding | None = None
) -> Come:
    """Return what a line comes to, checked as the contact's form is checked when it is saved.

    Args:
        coding: what code and units follow from; without it the contact has none.
    """
    made = filled(reading, basis, typed_ms, me.tz)
    values = dict(made.values)
    rules.complete(values, me.tz)
    if coding is not None and values.get("start"):
        values = coded(values, coding)
    found = check(values, Signing(now_ms, me.tz, me.staff, me.role, me.settings))
    return Come(reading, Filled(values, made.sources, made.troubles), tuple(found))


def asked(missing: Sequence[Problem]) -> tuple[str, str] | None:
    """Return the field that is asked for next, and the question; None when nothing is left to ask."""
    for problem in missing:
        if problem.stops or problem.field in ASK:
            return problem.field, problem.sentence
    return None


def slip_words(reading: Reading) -> str:
    """Return the question whether the word that begins the remark is a mistyped one; "" where it is not."""
    if reading.slip is None:
        return ""
    typed = clean(reading.line[reading.slip.start : reading.slip.stop])
    return f"“{typed}” begins the remark. Is it “{reading.meant}”? ↓ takes that, enter keeps the remark."


def room_for(reading: Reading) -> tuple[str, int]:
    """Return the line with room for one more word where the facts end, and the place of the cursor there.

    What is typed behind a remark would be part of it.
    """
    line = reading.line
    story = [part for part in reading.parts if part.field in ("client_location", "remark")]
    if not story:
        text = line if not line or line.endswith(" ") else f"{line} "
        return text, len(text)
    comma = line.find(",", 0, story[0].start)
    at = comma if comma >= 0 else story[0].start
    before = line[:at].rstrip()
    after = line[at:] if comma >= 0 else f" {line[at:]}"
    before = f"{before} " if before else ""
    return before + after, len(before)


def name_in(line: str, reading: Reading, who: Whom) -> tuple[str, Chosen]:
    """Return the line with a picked client's name in place of what was typed for it, and the choice."""
    words = " ".join(clean(who.name).replace(",", " ").split()) or f"#{who.mrn}"
    part = reading.part("client")
    if part is None:
        return f"{words} {line}", Chosen(who.client, words)
    after = line[part.stop :]
    gap = "" if after[:1] in (" ", ",") else " "
    return f"{line[: part.start]}{words}{gap}{after}", Chosen(who.client, words)


def said_again(values: Mapping[str, Any], client: str, desk: Desk, goals: Sequence[str]) -> str:
    """Return the line that repeats a contact, without its time and remark."""
    names = ("outcome", "modality", "setting", "contact_type")
    said = {name: str(values[name]) for name in names if values.get(name)}
    if said.get("outcome") == "completed":
        # A length says so.
        del said["outcome"]
    if said.get("modality") == "in_person" and said.get("setting"):
        del said["modality"]
    numbers = tuple(list(goals).index(goal) + 1 for goal in values.get("goals") or () if goal in goals)
    where = str(values.get("client_location") or "")
    line = told(Reading("", client=client, said=said, goals=numbers, location=where), desk, times=False)
    return f"{line} " if line else ""


# The full form


def for_form(come: Come) -> tuple[dict[str, Any], dict[str, str]]:
    """Return values and typed texts for the full form: every word of the line is in one of them.

    A time that cannot be read stands in the time's field as it was typed; words that found no field follow the remark.
    """
    reading = come.reading
    # The form counts by itself, and shows which codes there are.
    values = {name: value for name, value in come.values.items() if name not in TOGETHER}
    typed: dict[str, str] = {}
    left: list[str] = []
    for trouble in come.troubles:
        text = reading.line[trouble.start : trouble.stop].strip()
        if trouble.field == "time":
            typed = {
                "start": f"{reading.text('time')} {reading.text('unread')}".strip(),
                "stop": "",
                "day": "",
            }
        elif trouble.field == "client" and not reading.client:
            typed["client"] = reading.text("client")
        elif trouble.field not in ("remark", "client", "client_location", "again") and text:
            left.append(text)
    if not reading.client and reading.part("client") is not None:
        typed["client"] = reading.text("client")
    if reading.times and reading.start_ms is None and "start" not in typed:
        # A day without a time.
        typed |= {"start": "", "stop": "", "day": reading.text("time")}
    if "start" in typed:
        values.pop("start", None)
        values.pop("stop", None)
    if not reading.client and reading.goals:
        left.append(reading.text("goals"))
    if left:
        values["remark"] = ", ".join(filter(None, [clean(" ".join(left)), values.get("remark", "")]))
    return values, typed


# The draft


def written_line(line: Line) -> str:
    """Return the focus of a draft that holds a line."""
    chosen = (line.chosen.client, line.chosen.text) if line.chosen else ("", "")
    return write_focus(QUICK, json.dumps([line.at_ms, *chosen], ensure_ascii=False), {"line": line.text})


def kept_line(line: Line) -> dict[str, Any]:
    """Return the values of a draft that holds a line: its text, so that the draft travels with each change of it."""
    return {"remark": clean(line.text)}


def read_line(focus: str, values: Mapping[str, Any]) -> Line | None:
    """Return the line that a draft holds; None for a draft of another form.

    Of two laptops' lines that were joined the values hold both, and the focus one of them.
    """
    known = read_focus(focus)
    if known.field != QUICK:
        return None
    text = known.typed.get("line", "")
    joined = str(values.get("remark") or "")
    if set(values) == {"remark"} and joined != clean(text):
        text = " ".join(joined.split("\n"))
    try:
        at_ms, client, picked = json.loads(known.place)
    except (ValueError, TypeError):
        return Line(text)
    chosen = Chosen(str(client), str(picked)) if client else None
    return Line(text, int(at_ms) if isinstance(at_ms, int) else 0, chosen)
