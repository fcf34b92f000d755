"""Formats, prompts and checks of a note that need no laptop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.commands.note_agreement import read_agreement
from fieldapp.errors import UsageFailure
from fieldapp.records.kind import Signing
from fieldapp.records.kinds import KINDS, note
from fieldapp.records.kinds.contact import TYPES, without_basis
from fieldapp.records.note_tables import (
    BRIEF,
    FORMATS,
    GROUP,
    INTERVENTIONS,
    MSE,
    SECTIONS,
    USUAL,
    Agreed,
    gap_in,
    prompts_of,
)
from fieldapp.screens.note_rules import first_values, from_contact, words_hint
from fieldapp.widgets.form_choice import KEYS

NOW = 1_795_464_000_000
LONG = "Something was seen and said here today. "


def problems(doc: dict[str, object]) -> dict[str, bool]:
    """Return the fields that a check names, and whether they stop."""
    signing = Signing(at_ms=NOW, tz="America/Los_Angeles", author="a", role="clinician")
    return {one.field: one.stops for one in note.check(doc, signing)}


def whole(used: str, **more: object) -> dict[str, object]:
    """Return a note of a format that nothing stands against."""
    return {
        "format": used,
        "sections": {name: LONG for name in SECTIONS[used]},
        "service_start": "2026-11-22T19:00:00.000Z",
        "service_stop": "2026-11-22T19:45:00.000Z",
        "risk_block": {"answer": "none_observed"},
        "goals": ["Sleep six hours"],
        "pmp_checked": True,
    } | more


@pytest.mark.parametrize("used", FORMATS)
def test_every_format_asks_for_each_of_its_sections(used: str) -> None:
    assert problems(whole(used)) == {}
    for name in SECTIONS[used]:
        short = whole(used, sections={**dict.fromkeys(SECTIONS[used], LONG), name: "Short."})
        # Of a group, what a note says of its own person stops the signature.
        assert problems(short) == {f"sections.{name}": (used, name) == (GROUP, "response")}


@pytest.mark.parametrize("table", [INTERVENTIONS, MSE, FORMATS])
def test_every_answer_of_a_table_has_a_key(table: dict[str, str]) -> None:
    assert len(table) <= len(KEYS)


def test_a_note_keeps_the_prompts_it_was_begun_with() -> None:
    kept = [{"name": "heard", "label": "Heard"}, {"name": "plan", "label": "Next"}]
    doc = whole("DAP", prompts=kept, sections={"heard": LONG, "plan": LONG})
    assert prompts_of(doc) == {"heard": "Heard", "plan": "Next"}
    assert problems(doc) == {}
    assert note.text_of(doc | {"sections": {"plan": "2", "heard": "1", "data": "3"}}) == "1\n\n2\n\n3"
    assert KINDS["note"].check_body("sign", {"doc": doc}) is None


def test_a_program_chooses_formats_by_type_of_contact() -> None:
    agreed = Agreed(
        {"individual_counseling": "BIRP", "other": "GIRP"}, {"BIRP": [{"name": "x", "label": "X"}]}
    )
    first = first_values({}, {"format": "SOAP"}, "UTC", contact_type="individual_counseling", agreed=agreed)
    assert (first["format"], first["prompts"]) == ("BIRP", [{"name": "x", "label": "X"}])
    assert agreed.format_for("peer_support", "SOAP") == "GIRP"
    assert agreed.format_for("measure_only", "SOAP") == BRIEF
    assert Agreed().format_for("peer_support", "SOAP") == "SOAP"
    assert Agreed().format_for("peer_support", BRIEF) == USUAL
    assert Agreed({"other": "gone"}).format_for("peer_support") == USUAL
    prescriber = first_values(
        {}, {}, "UTC", ["prescriber"], contact_type="individual_counseling", agreed=agreed
    )
    assert prescriber["format"] == "med_visit"


@given(st.sampled_from([*TYPES, "", "later"]), st.sampled_from([*FORMATS, "", "later"]))
def test_a_new_note_always_has_a_format_with_sections(kind: str, last: str) -> None:
    first = first_values({}, {"format": last}, "UTC", contact_type=kind)
    assert first["format"] != "med_visit"
    assert [row["name"] for row in first["prompts"]] == list(SECTIONS[first["format"]])


def test_the_contact_fills_in_call_interpreter_and_next_contact() -> None:
    found = from_contact("c", {
        "modality": "video", "client_location": "home", "tz": "America/Los_Angeles",
        "next_contact_at": "2026-11-24T22:00:00.000Z",
        "participants": {"a": {"who": "Rosa, Spanish", "kind": "interpreter"}, "b": {"who": "Sister"}},
    })  # fmt: skip
    assert found["telehealth_line"] == "Video, client at home"
    assert found["interpreter"] == "Rosa, Spanish"
    assert found["next_contact"] == "Tue 24 Nov 2026 14:00"
    assert from_contact("c", {"modality": "in_person"}) == {"contact": "c"}


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("He slept *** hours", "***"), ("Saw [...] today", "[...]"), ("Saw […] today", "[…]"), ("Met [ ] here", "[ ]"),
        ("Due ____ next", "____"), ("TODO ask", "TODO"), ("He said [sic] so", ""), ("**two** stars", ""),
        ("A mastodon, XXXL shirt", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_placeholder_left_in_the_text_is_found(text: str, gap: str) -> None:
    assert gap_in(text) == gap


def test_a_placeholder_is_a_warning_at_the_field_that_holds_it() -> None:
    assert problems(whole("narrative", sections={"narrative": f"{LONG} ***"})) == {
        "sections.narrative": False
    }
    assert problems(whole("narrative", next_contact="[...]")) == {"next_contact": False}


def test_whoever_took_part_from_outside_wants_a_basis() -> None:
    rows = {
        "a": {"who": "Sister"},
        "b": {"who": "Landlord", "disclosure_basis": "listen_only"},
        "c": {"who": "Ben", "kind": "staff"},
        "d": {"who": "Rosa", "kind": "interpreter"},
    }
    assert without_basis({"participants": rows}) == ["Sister"]
    assert without_basis({}) == []


def test_the_length_is_hinted_for_a_story_only() -> None:
    assert words_hint(59, "DAP", 60, 180) == ("59 words of 60-180", False)
    assert words_hint(60, "DAP", 60, 180)[1]
    assert not words_hint(181, "DAP", 60, 180)[1]
    assert words_hint(8, BRIEF, 60, 180) == ("8 words", True)


def test_an_agreement_file_is_read_and_what_is_wrong_is_named() -> None:
    found = read_agreement("""
[formats]
individual_counseling = "BIRP"
other = "DAP"
[prompts.DAP]
data = "Seen and heard"
assessment = "What it means"
[[snippets]]
name = "No show"
text = "Went to *** and waited."
""")
    assert found["note_formats"] == {"individual_counseling": "BIRP", "other": "DAP"}
    assert [row["name"] for row in found["note_prompts"]["DAP"]] == ["data", "assessment"]
    assert found["note_snippets"] == [{"name": "No show", "text": "Went to *** and waited."}]
    assert KINDS["program"].check_body("save", {"set": found}) is None
    assert read_agreement("") == {"note_formats": None, "note_prompts": None, "note_snippets": None}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("formats = 1", "formats"), ('[formats]\nlunch = "DAP"', "formats.lunch"), ('[formats]\nother = "X"', "formats.other"),
        ("[prompts.X]\na = 'b'", "prompts.X"), ("[prompts.DAP]", "prompts.DAP"), ("[prompts.DAP]\nData = 'x'", "prompts.DAP.Data"),
        ("[prompts.DAP]\ndata = ''", "prompts.DAP.data"), ("[[snippets]]\nname = 'x'", "block 1"), ("other = 1", "other"),
        ("[[snippets]]\nname = 'x'\ntext = ' '", "block 1"), ("x", "TOML"),
    ],
)  # fmt: skip
def test_an_agreement_file_that_is_wrong_changes_nothing(text: str, named: str) -> None:
    with pytest.raises(UsageFailure, match=named):
        read_agreement(text)
