"""Who may hear about a client (clinical.md 2.3, 2.4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.disclosing import DUTIES, Answer, Person, Release, may_hear, refused, stands
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import consent
from fieldapp.records.kinds.disclosure import BASES
from fieldapp.records.kinds.related_person import KINDS, LISTEN_ONLY

DAY = "2026-11-22"
MOTHER = Person("Rosa Vega", "family", related="r1")
LANDLORD = Person("Ed Stone", "landlord", related="r2", organisation="Stone Homes")
DOCTOR = Person("Dr. Yun", "pcp", related="r3")
STRANGER = Person("Somebody")


def release(kind: str = "roi_hipaa", **values: Any) -> Release:
    """Return a consent that is in order, changed as given."""
    base = {
        "kind": kind, "recipient": "Rosa Vega", "signature": "typed_on_device", "signed_name": "V", "signed_on": "2026-01-02",
        "since": "2026-01-02", "expires": "2026-12-31", "what": ["attendance", "plan"], "purpose": "support",
        "copy_given": True,
    }  # fmt: skip
    return Release("c1", base | values)


@pytest.mark.parametrize(
    ("person", "releases", "part2", "standing", "consent_id"),
    [
        (MOTHER, [], "", "not_allowed", ""),
        (MOTHER, [release()], "", "allowed", "c1"),
        (Person("rosa  VEGA"), [release()], "", "allowed", "c1"),
        (MOTHER, [release(recipient="My mother", related="r1")], "", "allowed", "c1"),
        (MOTHER, [release("family_involvement")], "", "allowed", "c1"),
        (MOTHER, [release("treatment", recipient="")], "", "not_allowed", ""),
        (MOTHER, [release("psychotherapy_notes")], "", "not_allowed", ""),
        (MOTHER, [release(expires="2026-11-21")], "", "not_allowed", ""),
        (MOTHER, [release(expires=DAY)], "", "allowed", "c1"),
        (MOTHER, [release(since="2026-11-23")], "", "not_allowed", ""),
        (MOTHER, [release(revoked=True)], "", "not_allowed", ""),
        (MOTHER, [release(signature=None)], "", "not_allowed", ""),
        (MOTHER, [release()], "protected", "not_allowed", ""),
        (MOTHER, [release()], "pending", "not_allowed", ""),
        (MOTHER, [release()], "not_protected", "allowed", "c1"),
        (MOTHER, [release("part2_specific")], "protected", "allowed", "c1"),
        (LANDLORD, [], "", "listen_only", ""),
        (LANDLORD, [release(recipient="Ed Stone", revoked=True)], "", "listen_only", ""),
        (LANDLORD, [release(recipient="Ed Stone")], "", "allowed", "c1"),
        (LANDLORD, [release(recipient="", organisation="stone homes")], "", "allowed", "c1"),
        (DOCTOR, [], "", "allowed", ""),
        (DOCTOR, [], "protected", "not_allowed", ""),
        (DOCTOR, [release("part2_tpo", recipient="")], "protected", "allowed", "c1"),
        (LANDLORD, [release("part2_tpo", recipient="")], "", "listen_only", ""),
        (Person("Rosa Vega", "family", "r1", involved=False), [], "", "not_allowed", ""),
        (STRANGER, [], "", "not_allowed", ""),
    ],
)
def test_who_may_hear(
    person: Person, releases: list[Release], part2: str, standing: str, consent_id: str
) -> None:
    answer = may_hear(person, releases, DAY, part2)
    assert (answer.standing, answer.consent) == (standing, consent_id)
    assert answer.why


def test_15_a_landlord_call_without_a_release_only_listens() -> None:
    answer = may_hear(LANDLORD, [], DAY)
    assert answer.standing == "listen_only"
    assert set(answer.bases) - set(DUTIES) == {"listen_only"}
    assert refused("listen_only", answer) == ""
    for basis in ("roi", "tpo", "client_present_agreed"):
        assert refused(basis, answer).startswith("LISTEN ONLY: No release names them.")


def test_what_goes_with_a_disclosure_under_part_2_is_said() -> None:
    answer = may_hear(MOTHER, [release("part2_specific", what_else="The bus pass")], DAY, "protected")
    assert answer.notice
    assert answer.what == ("Attendance", "Treatment plan", "The bus pass")


def _people() -> st.SearchStrategy[Person]:
    return st.builds(
        Person, st.sampled_from(["Rosa Vega", "Ed Stone", "X"]), st.sampled_from(["", *KINDS]),
        st.sampled_from(["", "r1"]), st.sampled_from(["", "Stone Homes"]), st.sampled_from([None, True, False]),
    )  # fmt: skip


def _releases() -> st.SearchStrategy[list[Release]]:
    one = st.builds(
        release, st.sampled_from([*consent.CONSENTS]), recipient=st.sampled_from(["", "Rosa Vega", "Ed Stone"]),
        related=st.sampled_from([None, "r1"]), revoked=st.sampled_from([None, True]),
        expires=st.sampled_from([None, "2026-01-01", DAY, "2027-01-01"]),
    )  # fmt: skip
    return st.lists(one, max_size=4)


@given(_people(), _releases(), st.sampled_from(["", "protected", "pending", "not_protected"]))
def test_everything_revoked_lets_nobody_hear_by_consent(
    person: Person, releases: list[Release], part2: str
) -> None:
    revoked = [Release(one.record, {**one.values, "revoked": True}) for one in releases]
    answer = may_hear(person, revoked, DAY, part2)
    assert answer.consent == ""
    assert "roi" not in answer.bases
    if person.kind in LISTEN_ONLY:
        assert answer.standing != "allowed"


@given(_people(), _releases(), st.sampled_from(["", "protected", "pending", "not_protected"]))
def test_the_order_of_consents_changes_nothing_and_more_law_allows_no_more(
    person: Person, releases: list[Release], part2: str
) -> None:
    numbered = [Release(f"c{number}", one.values) for number, one in enumerate(releases)]
    answer = may_hear(person, numbered, DAY, part2)
    assert answer == may_hear(person, numbered[::-1], DAY, part2)
    if answer.standing == "allowed" and part2 == "protected":
        assert may_hear(person, numbered, DAY).standing == "allowed" or _only_tpo(answer, numbered)
    assert {"listen_only", *DUTIES} <= set(answer.bases) <= set(BASES)
    if answer.consent:
        assert stands(next(one.values for one in numbered if one.record == answer.consent), DAY)


def _only_tpo(answer: Answer, releases: list[Release]) -> bool:
    return next(one for one in releases if one.record == answer.consent).kind == "part2_tpo"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, ""),
        ({"kind": None}, "kind"),
        ({"recipient": " "}, "recipient"),
        ({"what": []}, "what"),
        ({"purpose": ""}, "purpose"),
        ({"expires": None}, "expires"),
        ({"expires": None, "expires_event": "end of treatment"}, ""),
        ({"expires": "2026-01-01"}, "expires"),
        ({"signature": None}, "signature"),
        ({"signed_name": ""}, "signed_name"),
        ({"signature": "verbal_witnessed"}, "witness"),
        ({"signature": "verbal_witnessed", "witness": "T. Bell"}, ""),
        ({"signed_on": None}, "signed_on"),
        ({"kind": "treatment", "recipient": None, "what": None, "purpose": None, "expires": None}, ""),
    ],
)
def test_a_consent_has_the_parts_without_which_it_is_none(values: dict[str, Any], field: str) -> None:
    signing = Signing(0, "UTC", "", "")
    stopped = [found.field for found in consent.check(release(**values).values, signing) if found.stops]
    assert stopped == ([field] if field else [])
