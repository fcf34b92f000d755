"""Laws between the line and what is made of it: nothing is lost on the way to the form, the draft or an answer."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from fieldapp.clinical.quick_entry.filling import Basis
from fieldapp.clinical.quick_entry.people import Whom
from fieldapp.clinical.quick_entry.reading import Chosen, Desk, read
from fieldapp.records.text import clean
from fieldapp.screens.quick_values import (
    Line,
    asked,
    come_to,
    for_form,
    kept_line,
    name_in,
    read_line,
    room_for,
    said_again,
    written_line,
)
from fieldapp.store.models import Me
from tests.clinical.test_quick_entry_laws import DESK, NOW, PEOPLE, TZ, chosen, lines, sensible

ME = Me(
    "s", "Dana", "LICSW", "clinician", ("clinician",), "p", "P", "community", "t", "T", "d", "o", TZ, False
)
every = st.one_of(lines, sensible)


def squeezed(text: str) -> str:
    return " ".join(clean(text).split())


@given(every)
def test_every_word_of_the_line_is_in_the_form_that_tab_opens(line: str) -> None:
    come = come_to(read(line, DESK), Basis(), ME, NOW, NOW)
    values, typed = for_form(come)
    remark = squeezed(str(values.get("remark") or ""))
    for part in come.reading.parts:
        text = squeezed(line[part.start : part.stop])
        if part.field == "remark":
            assert text in remark
        elif part.field == "client":
            assert come.reading.client or text in squeezed(typed["client"])
        elif part.field in ("time", "unread"):
            assert "start" in values or text in squeezed(f"{typed['start']} {typed['day']}")
        elif part.field in ("outcome", "setting", "modality", "contact_type"):
            assert values.get(part.field)
        elif part.field == "goals":
            assert values.get("goals") or text in remark
        elif part.field == "travel_min":
            assert "travel_min" in values or text in remark
        elif part.field == "client_location":
            assert text[1:].strip() in squeezed(str(values.get("client_location") or ""))
    for trouble in come.troubles:
        text = squeezed(line[trouble.start : trouble.stop])
        if trouble.field in ("outcome", "setting", "modality", "contact_type"):
            assert text in remark, "the second of two words for one field has no place but the remark"


@given(sensible, st.sampled_from(["45m", "skills", "home", "na", "g2"]))
def test_an_answer_typed_where_the_cursor_is_put_never_becomes_part_of_the_remark(
    line: str, answer: str
) -> None:
    before = read(line, DESK)
    assume(before.client and not before.troubles and not before.again)
    text, cursor = room_for(before)
    assert read(text, DESK).remark == before.remark
    after = read(text[:cursor] + answer + text[cursor:], DESK)
    assert after.remark == before.remark
    assert after.location == before.location


@given(every, st.integers(0, 2**52), chosen)
def test_a_draft_gives_back_the_line_as_it_was(text: str, at_ms: int, picked: Chosen | None) -> None:
    assume("\ud800" not in text)
    line = Line(text, at_ms, picked)
    assert read_line(written_line(line), kept_line(line)) == line


def test_a_focus_of_another_form_or_version_is_no_line_or_keeps_the_text() -> None:
    assert read_line("", {}) is None
    assert read_line('{"at":"remark","place":"3"}', {}) is None
    assert read_line('{"at":"quick","place":"later","typed":{"line":"ada na"}}', {}) == Line("ada na")
    assert read_line('{"at":"quick","place":"3","typed":{"line":"ada na"}}', {}) == Line("ada na")
    assert read_line('{"at":"quick","place":"[1]","typed":{"line":"ada na"}}', {}) == Line("ada na")


def test_two_lines_of_two_laptops_that_were_joined_are_both_in_the_line() -> None:
    """The values hold what both wrote; the focus is that of one laptop."""
    here = Line("ada 45m home", NOW)
    joined = read_line(written_line(here), {"remark": "ada 45m home\nada 45m home, called later"})
    assert joined is not None
    assert joined.text == "ada 45m home ada 45m home, called later"
    half_saved = {"remark": "calm", "outcome": "completed"}
    assert read_line(written_line(here), half_saved) == here


@given(sensible, st.sampled_from(PEOPLE))
def test_a_picked_name_takes_the_place_of_what_was_typed_and_changes_nothing_else(
    line: str, who: Whom
) -> None:
    before = read(line, DESK)
    assume(before.part("client") is not None and not before.troubles)
    text, picked = name_in(line, before, who)
    after = read(text, Desk(PEOPLE, NOW, TZ, picked))
    assert after.client == who.client
    assert (after.said, after.start_ms, after.stop_ms, after.remark) == (
        before.said, before.start_ms, before.stop_ms, before.remark,
    )  # fmt: skip


def test_same_again_is_a_line_without_time_and_remark() -> None:
    come = come_to(
        read("okafor 9:30 45m phone home cm g1, called back", DESK), Basis(goals=("Sleep",)), ME, NOW, NOW
    )
    line = said_again(come.values, "ada", DESK, ("Sleep",))
    text, cursor = room_for(read(line, DESK))
    again = come_to(read(f"{text[:cursor]}20m{text[cursor:]}", DESK), Basis(goals=("Sleep",)), ME, NOW, NOW)
    same = ("contact_type", "modality", "setting", "client_location", "goals", "outcome")
    assert {name: again.values.get(name) for name in same} == {name: come.values.get(name) for name in same}
    assert "remark" not in again.values


def test_questions_follow_the_order_of_the_check() -> None:
    come = come_to(read("okafor", DESK), Basis(), ME, NOW, NOW)
    wanted = asked(come.missing)
    assert wanted is not None
    assert wanted[0] == "outcome"
    assert asked(come_to(read("okafor na", DESK), Basis(), ME, NOW, NOW).missing) is None
