"""The fields of an episode by what somebody is about to write: referral, a step, the assessment, intake, care."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..clinical.intake import WITH_REASON
from ..records import episode_tables as tables
from ..records.kinds import episode
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber, FormText
from ..widgets.form_past_day import FormPastDay
from ..widgets.form_time import FormDay

Options = tuple[tuple[str, str], ...]
PARTS: Mapping[str, str] = {
    "step": "Next step",
    "referral": "Referral",
    "assessment": "Assessment",
    "checks": "Intake",
    "care": "Care",
    "extend": "Longer stay",
}
"""What of an episode one form writes."""
MOST_BEFORE, MOST_RATING = 999, 4


@dataclass(frozen=True, slots=True)
class Given:
    """What the fields may know beside the record."""

    now: Callable[[], int]
    tz: str
    structured: bool
    programs: Options = ()
    documents: Options = ()
    item: str = ""
    """Of the reason for staying longer that is written."""
    """Records of the client that may hold an element of the assessment."""

    def past(self, path: str, label: str, placeholder: str = "today, 11/02") -> FormField:
        """Return a field for a day that was."""
        return FormPastDay(path, label, now=self.now, tz=self.tz, placeholder=placeholder)

    def coming(self, path: str, label: str, placeholder: str = "+14, 12/20") -> FormField:
        """Return a field for a day that comes."""
        return FormDay(path, label, now=self.now, tz=self.tz, placeholder=placeholder)


def referral_fields(given: Given, at: str = "") -> list[FormField]:
    """Return the fields of who refers and why (clinical.md 2.2); `at` is the path before them in another form."""
    return [
        FormChoice(f"{at}referral_source", "Referred by", tables.REFERRAL_SOURCES),
        FormLine(f"{at}referral_org", "Organisation", placeholder="clinic, hospital, landlord's office"),
        FormLine(f"{at}referral_person", "Person", placeholder="who refers"),
        FormLine(f"{at}referral_phone", "Their phone"),
        given.past(f"{at}received_on", "Received"),
        FormLine(f"{at}form_ref", "Form", placeholder="number or file of the referral form"),
        FormText(f"{at}asked_for", "Asked for", placeholder="why they come, in the words of whoever refers"),
        FormChoice(f"{at}step_down_from", "Step-down from", episode.STEP_DOWN_FROM),
        FormLine(f"{at}step_down_org", "From where", placeholder="name of the place"),
        given.past(f"{at}step_down_on", "Discharged there"),
    ]


def _before_fields() -> list[FormField]:
    return [
        FormNumber(f"{name}_prior_12m", label, most=MOST_BEFORE, placeholder=f"{what}, 12 months before")
        for name, label, what in (
            ("hospitalisations", "Hospital stays", "stays"),
            ("ed_visits", "ED visits", "visits"),
            ("crisis_contacts", "Crisis contacts", "contacts"),
        )
    ]


def referral(given: Given) -> Sequence[FormField]:
    """Return the fields of the referral as it stands on the episode."""
    first = referral_fields(given)
    return [
        *first[:6],
        given.past("acknowledged_on", "Acknowledged", "when they were answered"),
        *first[6:],
        *_before_fields(),
    ]


def step(given: Given, to: str) -> Sequence[FormField]:
    """Return what one step asks for: its day, what belongs to it, why."""
    found: list[FormField] = [given.past("status_since", "On")]
    if to == "assessed":
        found.append(FormLine("assessed_by", "Assessed by", placeholder="name and credential"))
    if to == "redirected":
        found += [
            FormChoice("redirect_to", "Where to", tables.REDIRECTS),
            FormLine("redirect_where", "Which one", placeholder="name and phone of the place"),
        ]
    if to == "active":
        found += _care_fields(given)[:3]
    if to in ("intake", "active", "waitlist") and given.structured:
        found += [
            given.coming("first_block_on", "First block"),
            FormChoice("cohort", "Cohort", tables.COHORTS),
        ]
    label, asked = ("Why", "what speaks for it") if to in WITH_REASON else ("Remark", "if there is one")
    return [*found, FormText("status_reason", label, placeholder=asked)]


def _care_fields(given: Given) -> list[FormField]:
    return [
        FormChoice("level_of_care", "Level of care", tables.LEVELS_OF_CARE),
        FormChoice("intensity_tier", "Tier", episode.TIERS),
        FormChoice("track", "Track", episode.TRACKS),
    ]


def care(given: Given) -> Sequence[FormField]:
    """Return the fields of level of care, program and tier, with why they change."""
    program = [FormChoice("program", "Program", given.programs)] if len(given.programs) > 1 else []
    block = [given.past("first_block_on", "First block"), FormChoice("cohort", "Cohort", tables.COHORTS)]
    return [
        *_care_fields(given),
        FormText("care_reason", "Why changed", placeholder="when level, program or tier change"),
        *program,
        FormChoice("format", "Format", tables.FORMATS),
        *(block if given.structured else []),
        FormLine("county", "County"),
        given.coming("expected_end", "Expected end", "+90, 12/20"),
        FormYes("sud_services", "Substance use"),
        FormChoice("part2_status", "42 CFR Part 2", episode.PART_2),
        FormChoice("asam_level", "ASAM level", tables.ASAM_LEVELS),
        *(
            FormNumber(f"asam_{n}", f"Dimension {n}", most=MOST_RATING, placeholder="0 to 4")
            for n in range(1, 7)
        ),
    ]


def extend(given: Given) -> Sequence[FormField]:
    """Return until when and why somebody stays longer than the program plans (programs.md 100)."""
    at = f"extensions.{given.item}"
    return [
        given.coming(f"{at}.until", "Stays until", "+28, 12/20"),
        FormText(
            f"{at}.reason", "Why longer", placeholder="what is still to be reached, or what holds it up"
        ),
    ]


def assessment(given: Given) -> Sequence[FormField]:
    """Return three fields for each element: when, by whom, where it is found (clinical.md 2.2, 4.6)."""
    found: list[FormField] = []
    for code in tables.ELEMENTS:
        at, name = f"assessment.{code}", NAMES[code]
        if code == "placement":
            found.append(FormYes("sud_services", "Substance use", yes="Calls for it", no="Not called for"))
        if given.documents:
            found.append(FormChoice(f"{at}.record", name, given.documents, none="found in: a record of ours"))
        found += [
            given.past(f"{at}.on", "– done on" if given.documents else name),
            FormLine(f"{at}.by", "– by", placeholder="name and credential"),
            FormLine(f"{at}.where", "– found in", placeholder="note of that day, scanned form, other chart"),
        ]
    return found


def checks(given: Given) -> Sequence[FormField]:
    """Return the lines of the intake beside consents (clinical.md 2.23)."""
    found: list[FormField] = []
    for code, label in tables.CHECKS.items():
        at = f"intake_checks.{code}"
        found.append(FormChoice(f"{at}.answer", SHORT[code], tables.CHECKED, none="not asked"))
        if code == "coverage":
            found += [
                FormLine(f"{at}.who", "– who said so", placeholder="name at the plan"),
                FormLine(f"{at}.ref", "– reference", placeholder="number of the call"),
                FormLine(
                    f"{at}.remark", "– what holds", placeholder="network, prior authorization, limits, copay"
                ),
            ]
        else:
            found.append(FormLine(f"{at}.remark", "– remark", placeholder=label))
    return found


NAMES: Mapping[str, str] = {
    "presenting": "Presenting", "harm": "Risk of harm", "recommendations": "Recommended", "diagnosis": "Diagnosis",
    "placement": "Placement",
}  # fmt: skip
"""The elements of the assessment as a form has room for them."""
SHORT: Mapping[str, str] = {
    "coverage": "Coverage", "telehealth_space": "Video: room", "telehealth_address": "Video: address",
    "transport": "Transport", "letter": "Letter",
}  # fmt: skip

FIELDS: Mapping[str, Callable[[Given], Sequence[FormField]]] = {
    "referral": referral,
    "assessment": assessment,
    "checks": checks,
    "care": care,
    "extend": extend,
}
"""By part; a step has fields of its own."""
_OF_STEP = frozenset({"status", "status_since", "status_reason"})


def part_of(base: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Return which part a draft was begun for, by what it changed."""
    if base and values.get("status") != base.get("status"):
        return "step"
    changed = {name for name in {*base, *values} if base.get(name) != values.get(name)}
    if "assessment" in changed:
        return "assessment"
    if "intake_checks" in changed:
        return "checks"
    if "extensions" in changed:
        return "extend"
    if changed & {
        "level_of_care",
        "intensity_tier",
        "track",
        "care_reason",
        "program",
        "format",
        "county",
        "asam_level",
    }:
        return "care" if base else "referral"
    return "referral"


def hidden(part: str, values: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields that say nothing about what is filled in so far."""
    away: set[str] = set()
    if values.get("step_down_from") in (None, "none"):
        away |= {"step_down_org", "step_down_on"}
    if part == "care" and not values.get("sud_services"):
        away |= {"asam_level", *(f"asam_{n}" for n in range(1, 7))}
    if part == "assessment" and values.get("sud_services") is False:
        away |= {f"assessment.placement.{name}" for name in ("record", "on", "by", "where")}
    return frozenset(away)
