"""The forms behind the face sheet: which fields each kind of record asks for, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..records.kinds import alert, client, consent, disclosure, related_person
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_items import FormItems
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_past_day import FormBirthday, FormPastDay
from ..widgets.form_row import Column
from ..widgets.form_time import FormDay

_YES_NO = (("yes", "yes"), ("no", "no"))
PHONES = (
    Column("number", "Number", 16),
    Column("ok_to_leave_message", "Message", 9, _YES_NO),
    Column("ok_to_text", "Text", 7, _YES_NO),
    Column("safe_times", "When it is safe"),
)
ADDRESSES = (
    Column("street", "Street or place"),
    Column("city", "City", 13),
    Column("county", "County", 11),
    Column("zip", "Zip", 7),
    Column("kind", "Kind", 12, tuple(client.ADDRESS_KINDS.items())),
    Column("notes", "Door, gate", 14),
)


@dataclass(frozen=True, slots=True)
class Around:
    """What the fields of a form may know beside their record."""

    now: Callable[[], int]
    tz: str
    new_item: Callable[[], str]
    people: tuple[str, ...] = ()
    """Names of the people of whom a record is kept."""

    def past(self, field: str, label: str, placeholder: str) -> FormField:
        """Return a field for a day that was."""
        return FormPastDay(field, label, now=self.now, tz=self.tz, placeholder=placeholder)

    def day(self, field: str, label: str, placeholder: str) -> FormField:
        """Return a field for a day that comes."""
        return FormDay(field, label, now=self.now, tz=self.tz, placeholder=placeholder)


def client_fields(around: Around) -> Sequence[FormField]:
    """Return the fields of who a client is (clinical.md 2.1)."""
    return [
        FormLine("legal_name", "Legal name", placeholder="Last, First"),
        FormLine("name_to_use", "Name to use", placeholder="how they want to be called"),
        FormLine("pronouns", "Pronouns", placeholder="she/her"),
        FormBirthday("dob", "Born", now=around.now, tz=around.tz, placeholder="1984-03-09"),
        FormChoice("language", "Language", client.LANGUAGES),
        FormYes("interpreter_needed", "Interpreter"),
        FormItems("phones", "Phones", PHONES, most=6, new_item=around.new_item),
        FormItems("addresses", "Addresses", ADDRESSES, most=6, new_item=around.new_item),
        FormText("best_places_to_find", "Where to find", placeholder="the library on Hoyt, mornings"),
        FormChoice("housing_status", "Housing", client.HOUSING),
        FormLine("gender", "Gender"),
        FormChoice("race", "Race, ethnicity", client.RACE, several=True),
        FormLine("employment", "Work or school"),
        FormYes("veteran", "Veteran"),
        FormChoice("legal_status", "Legal status", client.LEGAL),
        FormLine("guardian", "Guardian or POA"),
        FormLine("directive", "Advance directive", placeholder="on file, where, agent"),
        FormLine("pcp", "Primary care"),
        FormLine("pharmacy", "Pharmacy"),
        FormLine("allergies", "Allergies"),
        FormLine("medical_alerts", "Medical alerts"),
        FormLine("mrn", "MRN"),
        FormLine("medicaid_id", "Medicaid id", placeholder="9 digits and WA"),
        around.past("disclosure_statement_given_on", "Counselor disclosure", "given on"),
        around.past("rights_given_on", "Rights", "given on"),
        around.past("npp_given_on", "Privacy notice", "given on"),
        around.past("part2_notice_given_on", "Part 2 notice", "given on"),
    ]


def alert_fields(around: Around) -> Sequence[FormField]:
    """Return the fields of an alert (clinical.md 2.5)."""
    return [
        FormChoice("code", "What", alert.CODES, optional=False),
        FormChoice("severity", "Severity", alert.SEVERITIES),
        FormText("detail", "Detail", placeholder="what was seen or heard, when: the client may read it"),
        FormLine("source", "Known from", placeholder="seen, told by the landlord"),
        around.past("first_seen", "First seen", "today, 11/02"),
        around.day("review_by", "Ask again by", "+90, 12/20"),
    ]


def person_fields(around: Around) -> Sequence[FormField]:
    """Return the fields of a related person (clinical.md 2.4)."""
    return [
        FormLine("name", "Name"),
        FormChoice("kind", "Relation", related_person.KINDS),
        FormLine("phone", "Phone"),
        FormLine("phone2", "Other phone"),
        FormLine("organisation", "Organisation"),
        FormChoice("language", "Language", client.LANGUAGES),
        FormYes("involvement_ok", "Client wants them involved"),
        FormChoice("knows_about_treatment", "Knows about treatment", related_person.KNOWS),
        FormLine("role_in_safety_plan", "In the safety plan", placeholder="may be called at night"),
        FormText("notes", "Notes"),
        FormYes("former", "Not any more"),
    ]


def consent_fields(around: Around) -> Sequence[FormField]:
    """Return the fields of a consent or release (clinical.md 2.3)."""
    return [
        FormChoice("kind", "Agrees to", consent.CONSENTS, optional=False),
        FormLine(
            "recipient", "Who may hear", placeholder=", ".join(around.people[:3]) or "name of the person"
        ),
        FormLine("organisation", "Organisation"),
        FormLine("relationship", "Relationship"),
        FormLine("phone", "Phone"),
        FormLine("fax", "Fax"),
        FormLine("purpose", "What for", placeholder="support at home, housing"),
        FormChoice("what", "What", consent.WHAT, several=True),
        FormText("what_else", "What else, in words"),
        around.past("since", "From", "today"),
        around.day("expires", "Until", "+365, 12/31"),
        FormLine("expires_event", "Until (event)", placeholder="end of treatment"),
        FormChoice("signature", "How agreed", consent.METHODS, optional=False),
        FormLine("signed_name", "Client's name, typed", placeholder="typed by the client"),
        around.past("signed_on", "Agreed on", "today, 11/02"),
        FormLine("witness", "Witness"),
        FormLine("representative", "Signed for the client", placeholder="by whom, by what right"),
        FormYes("copy_given", "Copy given", no="Not wanted"),
        FormChoice("language", "Language", client.LANGUAGES),
        FormText(
            "scope_for_notice",
            "Scope, for the notice",
            placeholder="goes with each disclosure under 42 CFR Part 2",
        ),
    ]


def disclosure_fields(around: Around) -> Sequence[FormField]:
    """Return the fields of what was told outside of a contact (clinical.md 2.22)."""
    told = {code: words for code, words in disclosure.BASES.items() if code != "listen_only"}
    return [
        FormLine("to", "To", placeholder=", ".join(around.people[:3]) or "who heard it"),
        FormLine("organisation", "Organisation"),
        FormText("what", "What was told"),
        FormLine("why", "What for"),
        FormChoice("basis", "Basis", told, optional=False),
        FormYes("notice_attached", "Part 2 notice", yes="Attached", no="Not attached"),
        FormChoice("method", "How", disclosure.METHODS),
    ]


FIELDS: Mapping[str, Callable[[Around], Sequence[FormField]]] = {
    "client": client_fields,
    "alert": alert_fields,
    "related_person": person_fields,
    "consent": consent_fields,
    "disclosure": disclosure_fields,
}
"""By kind."""


def hidden(kind: str, values: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields that say nothing about what is filled in so far."""
    if kind == "consent":
        return _hidden_of_consent(values)
    return frozenset()


def _hidden_of_consent(values: Mapping[str, Any]) -> frozenset[str]:
    code = str(values.get("kind") or "")
    found: set[str] = set()
    if code not in consent.NAMES_SOMEBODY:
        found |= {"recipient", "organisation", "relationship", "phone", "fax"}
    if code == "part2_tpo":
        found -= {"recipient", "organisation"}
    if code not in consent.SAYS_WHAT:
        found |= {"purpose", "what", "what_else", "expires_event"}
    if not code.startswith("part2") and code != "sud_counseling_notes":
        found |= {"scope_for_notice"}
    if values.get("signature") != "typed_on_device":
        found |= {"signed_name"}
    if values.get("signature") != "verbal_witnessed":
        found |= {"witness"}
    return frozenset(found)
