"""What a record must hold by WAC 246-341-0640, and what of it is missing (clinical.md 4.6). Pure.

Values of a read model come in, rows come out: each says in a word how it stands, what was found and what is missing.
Only the first half of the rule was read (clinical.md 10): the list is the agency's to confirm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fieldapp.records.episode_tables import BEFORE, CLOSED, ELEMENTS

from .due import days_between

State = Literal["done", "look", "missing", "later"]
WORDS: Mapping[State, str] = {
    "done": "in order",
    "look": "look at it",
    "missing": "MISSING",
    "later": "not yet",
}
"""Green, amber and red as words; `later` is what nobody expects yet."""
ORDERS = frozenset({"LRA", "AOT", "conditional_release"})
"""Legal states under which a court order stands for the client's consent to treatment."""
NOTES_D = 30
"""Days after which an active client's record without a progress note is looked at."""


@dataclass(frozen=True, slots=True)
class Done:
    """One element of the assessment as it was written down."""

    on: str = ""
    by: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What is known of one client's record; days are `YYYY-MM-DD`, "" for none."""

    today: str
    status: str
    admitted: str = ""
    missing_identity: tuple[str, ...] = ()
    """What the face sheet lacks, in words."""
    disclosure_on: str = ""
    rights_on: str = ""
    privacy_on: str = ""
    part2_on: str = ""
    part2: bool = False
    """Whether the notice of 42 CFR part 2 is owed."""
    elements: Mapping[str, Done] = field(default_factory=dict)
    sud: bool | None = None
    """Whether substance use calls for a placement; None where nobody said."""
    plans: int = 0
    plan_refused: bool = False
    plan_review: str = ""
    plan_first_by: str = ""
    consent_on: str = ""
    consent_ended: bool = False
    order: str = ""
    """The legal state, as a code."""
    last_note: str = ""
    unsigned: int = 0
    """Services whose notes are owed and late."""
    listed: bool = False
    verified_on: str = ""
    list_changed: bool = False
    releases: int = 0
    ended_releases: int = 0
    hear_without: int = 0
    """People outside who take part in care and of whom no release says that they may hear."""
    referred_by: str = ""
    received_on: str = ""
    acknowledged_on: str = ""
    decided_on: str = ""
    discharged_on: str = ""
    discharge_written: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the checklist."""

    code: str
    label: str
    state: State
    words: str
    jump: str
    """Where it is mended: client, assessment, plan, consent, note, medicines, referral, discharge."""


def rows(facts: RecordFacts) -> tuple[Row, ...]:
    """Return the ten lines in the order of the rule."""
    before = facts.status in BEFORE
    return (
        _disclosure(facts),
        _identity(facts),
        _assessment(facts, before),
        _plan(facts, before),
        _consent(facts),
        _notes(facts, before),
        _medicines(facts, before),
        _releases(facts),
        _referrals(facts),
        _discharge(facts),
    )


def standing(found: tuple[Row, ...]) -> str:
    """Return the whole in few words: `7 in order, 2 to look at, 1 missing`."""
    counts = {state: sum(row.state == state for row in found) for state in WORDS}
    said = [f"{counts['done']} in order"]
    if counts["look"]:
        said.append(f"{counts['look']} to look at")
    if counts["missing"]:
        said.append(f"{counts['missing']} missing")
    return ", ".join(said)


def missing_elements(facts: RecordFacts) -> tuple[str, ...]:
    """Return the elements of the assessment that are not there, by code; the placement only where it is called for."""
    return tuple(
        code
        for code in ELEMENTS
        if not (facts.elements.get(code, Done()).on) and not (code == "placement" and facts.sud is False)
    )


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]


def _disclosure(facts: RecordFacts) -> Row:
    owed = [
        ("counselor disclosure", facts.disclosure_on),
        ("rights", facts.rights_on),
        ("privacy notice", facts.privacy_on),
    ]
    if facts.part2:
        owed.append(("Part 2 notice", facts.part2_on))
    lacking = [words for words, day in owed if not day]
    if not facts.disclosure_on:
        state: State = "missing"
    else:
        state = "look" if lacking else "done"
    words = f"not given: {', '.join(lacking)}" if lacking else f"given {facts.disclosure_on}"
    return Row("disclosure", "Disclosure", state, words, "client")


def _identity(facts: RecordFacts) -> Row:
    lacking = facts.missing_identity
    state: State = "done" if not lacking else "missing" if "date of birth" in lacking else "look"
    return Row(
        "identity", "Identity", state, f"missing: {', '.join(lacking)}" if lacking else "complete", "client"
    )


def _assessment(facts: RecordFacts, before: bool) -> Row:
    lacking = missing_elements(facts)
    if not lacking:
        last = max((done.on for done in facts.elements.values()), default="")
        return Row("assessment", "Assessment", "done", f"all elements, last {last}", "assessment")
    words = f"missing: {', '.join(_small(ELEMENTS[code]) for code in lacking)}"
    if facts.status in ("requested", "referred"):
        return Row("assessment", "Assessment", "later", words, "assessment")
    state: State = "look" if before or len(lacking) < len(ELEMENTS) - 1 else "missing"
    if "harm" in lacking:
        state = "missing"
    return Row("assessment", "Assessment", state, words, "assessment")


def _plan(facts: RecordFacts, before: bool) -> Row:
    state: State = "done"
    words = f"review {facts.plan_review}" if facts.plan_review else "stands"
    if facts.plans > 1:
        state, words = "look", "two plans stand: settle them"
    elif facts.plans and facts.plan_review and facts.plan_review < facts.today:
        state, words = "look", f"review was due {facts.plan_review}"
    elif facts.plans and facts.plan_refused:
        state, words = "look", "refused: offer it again"
    elif not facts.plans:
        late = bool(facts.plan_first_by) and facts.plan_first_by < facts.today
        state, words = "missing" if late else "look", "no treatment plan"
        if not late and facts.plan_first_by:
            words = f"due by {facts.plan_first_by}"
        if before:
            state, words = "later", "after admission"
    return Row("plan", "Plan", state, words, "plan")


def _consent(facts: RecordFacts) -> Row:
    if facts.consent_on:
        return Row("consent", "Consent", "done", f"to treatment, {facts.consent_on}", "consent")
    if facts.order in ORDERS:
        return Row(
            "consent", "Consent", "look", f"court order ({facts.order}): note where it is filed", "consent"
        )
    words = (
        "consent to treatment has ended" if facts.consent_ended else "no consent to treatment, no court order"
    )
    waits = facts.status in ("requested", "referred")
    return Row("consent", "Consent", "later" if waits else "missing", words, "consent")


def _notes(facts: RecordFacts, before: bool) -> Row:
    if facts.unsigned:
        some = "1 service" if facts.unsigned == 1 else f"{facts.unsigned} services"
        return Row("notes", "Progress notes", "missing", f"{some} without a signed note in time", "note")
    if facts.last_note:
        away = days_between(facts.last_note, facts.today)
        state: State = "look" if facts.status == "active" and away > NOTES_D else "done"
        return Row("notes", "Progress notes", state, f"last {facts.last_note}", "note")
    if before:
        return Row("notes", "Progress notes", "later", "after admission", "note")
    new = bool(facts.admitted) and days_between(facts.admitted, facts.today) < 7
    return Row(
        "notes", "Progress notes", "look" if new else "missing", "no signed note on this laptop", "note"
    )


def _medicines(facts: RecordFacts, before: bool) -> Row:
    if facts.verified_on and not facts.list_changed:
        return Row("medicines", "Medicines", "done", f"verified {facts.verified_on}", "medicines")
    if facts.listed:
        words = "changed since it was verified" if facts.verified_on else "listed, not verified"
        return Row("medicines", "Medicines", "look", words, "medicines")
    return Row(
        "medicines", "Medicines", "later" if before else "missing", "no list of medicines", "medicines"
    )


def _releases(facts: RecordFacts) -> Row:
    said = f"{facts.releases} in force" if facts.releases else "none in force"
    if facts.ended_releases:
        said += f", {facts.ended_releases} ended"
    if facts.hear_without:
        some = "1 person" if facts.hear_without == 1 else f"{facts.hear_without} people"
        return Row("releases", "Releases", "look", f"{said}; {some} in care without one", "consent")
    return Row("releases", "Releases", "done", said, "consent")


def _referrals(facts: RecordFacts) -> Row:
    if not facts.received_on and not facts.referred_by:
        return Row("referrals", "Referrals", "look", "nobody wrote down who referred", "referral")
    words = " ".join(filter(None, (facts.referred_by or "source not noted", facts.received_on)))
    lacking = []
    if not facts.received_on:
        lacking.append("day received")
    if not facts.referred_by:
        lacking.append("source")
    if not facts.decided_on and facts.status not in ("requested", "referred", "assessed"):
        lacking.append("decision")
    if lacking:
        words += f"; missing: {', '.join(lacking)}"
    return Row("referrals", "Referrals", "look" if lacking else "done", words, "referral")


def _discharge(facts: RecordFacts) -> Row:
    if facts.status not in CLOSED:
        return Row("discharge", "Discharge", "later", "still with us", "discharge")
    if facts.status != "discharged":
        state: State = "done" if facts.decided_on else "look"
        return Row("discharge", "Discharge", state, f"{facts.status} {facts.decided_on}".strip(), "referral")
    if facts.discharge_written:
        return Row(
            "discharge", "Discharge", "done", f"summary, discharged {facts.discharged_on}", "discharge"
        )
    return Row(
        "discharge",
        "Discharge",
        "missing",
        f"no summary; discharged {facts.discharged_on or '?'}",
        "discharge",
    )
