"""A measure: the answers to one instrument and what they add up to, signed once by who asked (clinical.md 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field as Limit
from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ..canonical import Json
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..instruments import known
from ..instruments.model import INCOMPLETE, Instrument
from ..instruments.scoring import Result, score
from ..kind import Fact, Fields, IndexRow, Kind, Problem, Signing
from ..types import Choices, Code, Hash, Id, Instant, Line, Prose, Yes

MODES: Choices = {
    "read_aloud": "Read aloud",
    "self_screen_turn": "The client read the screen",
    "paper_entered": "Copied from paper",
}
NOT_DONE: Choices = {
    "declined": "The client does not want to",
    "just_screened": "Asked already today, elsewhere",
    "not_safe_now": "Not safe or private here and now",
    "too_unwell": "The client cannot answer now",
    "other": "Other",
}

Answer = Annotated[int, Limit(ge=-1_000, le=1_000)]


class Measure(Fields):
    """One filled-in instrument; total, band, missing and flags are what its answers add up to."""

    instrument: Code
    version: Code
    language: Code | None = None
    mode: Code | None = None
    administered_by: Id | None = None
    at: Instant | None = None
    items: dict[Code, Answer] = {}
    declined: list[Code] = []
    """Items that the client preferred not to answer."""
    total: Answer | None = None
    score: Annotated[str, StringConstraints(pattern=r"^-?\d{1,4}(\.\d{1,2})?$")] | None = None
    """Of an instrument of which only the number is kept; it may have decimals."""
    band: Code | None = None
    prorated: Yes | None = None
    missing: list[Code] = []
    flags: list[Code] = []
    reason_not_done: Prose | None = None
    asked_for_by: Hash | None = None
    """The measure that called for this screen."""
    title: Line | None = None
    """What an own rating is about, such as a goal in the client's words."""
    licence: Prose | None = None
    pack: Hash | None = None
    """SHA-256 of the pack that the questions came from."""

    @model_validator(mode="after")
    def _adds_up(self) -> Measure:
        """Refuse a total, band or flag that does not follow from the answers, wherever it is received.

        An instrument or version that this version of fieldapp does not know is taken as it is.
        """
        found = known(self.instrument, self.version)
        if found is None:
            return self
        if self.reason_not_done:
            stated = (self.total, self.band, self.score, self.items, self.flags)
            if any(value not in (None, {}, []) for value in stated):
                raise PydanticCustomError("not_done_has_no_result", "what was not done has no result")
            return self
        if found.score_only:
            if self.items or self.total is not None or self.band is not None:
                raise PydanticCustomError("number_only", "only the number is kept of this")
            return self
        try:
            result = score(found, self.items, self.declined)
        except ValueError:
            raise PydanticCustomError("wrong_answers", "these are not answers to this") from None
        stated_result = (self.total, self.band, bool(self.prorated), tuple(self.missing), tuple(self.flags))
        if stated_result != (result.total, result.band, result.prorated, result.missing, result.flags):
            raise PydanticCustomError("wrong_result", "the result does not follow from the answers")
        return self


def instrument_of(doc: Mapping[str, Any]) -> Instrument | None:
    """Return the instrument of a measure; None where this version cannot score it."""
    return known(doc.get("instrument"), doc.get("version"))


def result_of(doc: Mapping[str, Any]) -> Result | None:
    """Return what a measure's answers add up to; None where there are none or they cannot be scored."""
    found = instrument_of(doc)
    if found is None or found.score_only or doc.get("reason_not_done"):
        return None
    try:
        return score(found, doc.get("items") or {}, doc.get("declined") or ())
    except (ValueError, TypeError):
        return None


def completed(doc: Mapping[str, Any]) -> dict[str, Json]:
    """Return a measure's values with what follows from its answers; empty parts are left out."""
    values = dict(doc)
    for name in ("total", "band", "prorated", "missing", "flags"):
        values.pop(name, None)
    result = result_of(values)
    if result is None:
        return values
    made = {
        "total": result.total,
        "band": result.band,
        "prorated": result.prorated or None,
        "missing": list(result.missing),
        "flags": list(result.flags),
    }
    return values | {name: value for name, value in made.items() if value not in (None, [])}


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing a measure."""
    found: list[Problem] = []
    instrument = instrument_of(doc)
    if instrument is None:
        return [Problem("instrument", "This version of fieldapp cannot score this: update it.", stops=True)]
    if (
        doc.get("at")
        and instant_ms(doc["at"]) > signing.at_ms + setting(signing.settings, "clock_skew_warn_min") * 60_000
    ):
        found.append(Problem("at", "This is dated in the future: check date and time.", stops=True))
    if doc.get("reason_not_done"):
        return found
    if instrument.needs_setting and not setting(signing.settings, instrument.needs_setting):
        found.append(
            Problem("instrument", f"{instrument.name} is not switched on for your program.", stops=True)
        )
    if instrument.score_only:
        if not doc.get("score"):
            found.append(Problem("score", "Type the number.", stops=True))
        return found
    if instrument.titled and not (doc.get("title") or "").strip():
        found.append(Problem("title", "Say what this is about.", stops=True))
    result = result_of(doc)
    if result is None:
        found.append(Problem("items", "These are not answers to this instrument.", stops=True))
        return found
    if not doc.get("items") and not doc.get("declined"):
        found.append(Problem("items", "Nothing is answered yet.", stops=True))
        return found
    stated = completed(doc)
    if any(stated.get(name) != doc.get(name) for name in ("total", "band", "prorated", "missing", "flags")):
        found.append(Problem("total", "The total does not follow from the answers.", stops=True))
    left = [key for key in result.missing if key not in (doc.get("declined") or ())]
    if left:
        words = "question has" if len(left) == 1 else "questions have"
        found.append(Problem("items", f"{len(left)} {words} no answer yet.", stops=False))
    return found


def result_words(doc: Mapping[str, Any]) -> str:
    """Return a measure's result in a few words: `14 · Moderate`."""
    if doc.get("reason_not_done"):
        return f"Not done: {doc['reason_not_done']}"
    instrument = instrument_of(doc)
    band = instrument.band(doc.get("band")) if instrument is not None else None
    label = band.label if band is not None else str(doc.get("band") or "")
    number = doc.get("score") if doc.get("score") is not None else doc.get("total")
    words = [str(number) if number is not None else "", label]
    if doc.get("prorated"):
        words.append("made up from the mean of the answers")
    lacking = len(doc.get("missing") or [])
    if lacking and number is None and not label:
        words.append(f"no total: {lacking} without an answer")
    elif INCOMPLETE in (doc.get("flags") or []) and doc.get("band") != INCOMPLETE:
        words.append("not answered to the end")
    return " · ".join(filter(None, words))


def name_of(doc: Mapping[str, Any]) -> str:
    """Return what a measure is called: the instrument, and what it is about where the client named it."""
    instrument = instrument_of(doc)
    name = instrument.name if instrument is not None else str(doc.get("instrument") or "Measure")
    return f"{name}: {doc['title']}" if doc.get("title") else name


def _when_ms(view: View) -> int:
    at = view.doc.get("at")
    return instant_ms(at) if at else view.first_ms


def _index(view: View) -> IndexRow:
    return IndexRow(
        _when_ms(view),
        name_of(view.doc),
        state="error" if view.in_error else view.status,
        owner=view.steps[0].author if view.steps else "",
    )


def _facts(view: View) -> Sequence[Fact]:
    if view.in_error or not view.steps or view.doc.get("reason_not_done"):
        return ()
    doc = view.doc
    number = doc.get("total") if doc.get("total") is not None else doc.get("score")
    extra = f"{'' if number is None else number}:{doc.get('band') or ''}"
    return [
        Fact(
            "measure",
            _when_ms(view),
            staff=view.steps[0].author,
            value=str(doc.get("instrument") or ""),
            extra=extra,
        )
    ]


KIND = Kind(
    name="measure",
    label="Measure",
    cls="single",
    model=Measure,
    audience=("team",),
    labels={
        "instrument": "Instrument",
        "mode": "How",
        "at": "When",
        "items": "Answers",
        "total": "Total",
        "band": "Band",
        "missing": "Without an answer",
        "flags": "Flags",
        "reason_not_done": "Why not done",
        "title": "About",
        "licence": "Licence",
    },
    sign_checks=check,
    index=_index,
    facts=_facts,
    search_text=lambda view: " ".join(filter(None, [name_of(view.doc), view.doc.get("reason_not_done")])),
)
