"""What technicians type, and how it is read (clinical.md 2.8, 6)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from fieldapp.clinical.quick_entry.filling import Basis, filled, visit_for
from fieldapp.clinical.quick_entry.people import whom
from fieldapp.clinical.quick_entry.reading import Chosen, Desk, Reading, read
from fieldapp.clinical.quick_entry.telling import told
from fieldapp.clinical.times import span_words
from fieldapp.records.envelope import instant_ms
from fieldapp.store.models import VisitLine

TZ = "America/Los_Angeles"


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(TZ)).timestamp() * 1000)


NOW = ms("2026-11-22T11:00")
PEOPLE = (
    whom("ada", ["Okafor, Ada"], ["1420 Hoyt Ave Everett"], "NS-17", "b. 1984"),
    whom("ana", ["Rivera, Ana"], ["12 Colby Ave"], told="b. 1990"),
    whom("luis", ["Riverton, Luis"]),
    whom("jane", ["Doe, Jane"]),
    whom("lucia", ["Morales, Lucía"]),
    whom("one", ["Tran, Minh"], told="b. 1970"),
    whom("two", ["Tran, Minh"], told="b. 1988"),
)
DESK = Desk(PEOPLE, NOW, TZ)


def said(line: str, now_ms: int = NOW) -> Reading:
    return read(line, Desk(PEOPLE, now_ms, TZ))


def when(line: str, now_ms: int = NOW) -> str:
    found = said(line, now_ms)
    if found.troubles:
        return found.troubles[0].sentence
    assert found.start_ms is not None
    return span_words(found.start_ms, found.start_ms if found.stop_ms is None else found.stop_ms, now_ms, TZ)


def test_the_lines_of_the_specification() -> None:
    """A client, start and length, place, type, goal, and the rest as a remark; initials and an outcome."""
    found = said("rivera 9:30 45m home skills g2 calm, took meds")
    assert (found.client, found.said, found.goals, found.remark, found.troubles) == (
        "ana", {"setting": "home", "contact_type": "skills_training"}, (2,), "calm, took meds", (),
    )  # fmt: skip
    assert when("rivera 9:30 45m home skills g2 calm, took meds") == "today 09:30-10:15 (45 min)"
    found = said("jd no answer")
    assert (found.client, found.said) == ("jane", {"outcome": "attempt_no_answer"})
    assert when("okafor now-45") == "today 10:15-11:00 (45 min)"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("ada 930-1015", "today 09:30-10:15 (45 min)"),
        ("ada 9-10:15", "today 09:00-10:15 (75 min)"),
        ("ada 9:30 to 10:15 am", "today 09:30-10:15 (45 min)"),
        ("ada 9 45m", "today 09:00-09:45 (45 min)"),
        ("ada 9:30 am 45 min", "today 09:30-10:15 (45 min)"),
        ("ada 9–10am", "today 09:00-10:00 (60 min)"),
        ("ada 10:15 9:30", "The stop time is before the start time, or more than 12 hours after it."),
        ("ada 1h15", "today 09:45-11:00 (75 min)"),
        ("ada 1h 15m", "today 09:45-11:00 (75 min)"),
        ("ada now 45m", "today 10:15-11:00 (45 min)"),
        ("ada now-60 20m", "today 10:00-10:20 (20 min)"),
        ("ada yesterday 2-3pm", "yesterday 14:00-15:00 (60 min)"),
        ("ada yesterday 11-1pm", "yesterday 11:00-13:00 (120 min)"),
        ("ada tue 9:30 45m", "Tue 17 Nov 09:30-10:15 (45 min)"),
        ("ada 11/20 9:30-10", "Fri 20 Nov 09:30-10:00 (30 min)"),
        ("ada yesterday 23:50-00:20", "yesterday 23:50-00:20 next day (30 min)"),
    ],
)  # fmt: skip
def test_times_as_people_say_them(line: str, shown: str) -> None:
    assert when(line) == shown


def test_a_visit_over_midnight_is_one_visit_that_began_yesterday() -> None:
    now = ms("2026-11-22T00:40")
    assert when("ada 23:50-00:20", now) == "yesterday 23:50-00:20 next day (30 min)"
    assert when("ada now-45", now) == "yesterday 23:55-00:40 next day (45 min)"


def test_the_nights_on_which_clocks_change() -> None:
    spring = ms("2026-03-08T06:00")
    assert when("ada 1:30-3:15", spring) == "today 01:30-03:15 (45 min)", "the hour in between did not exist"
    assert when("ada 2:30 45m", spring).startswith("02:30 does not exist")
    autumn = ms("2026-11-01T06:00")
    assert when("ada 00:30-02:30", autumn) == "today 00:30-02:30 (180 min)", "that hour was twice"
    found = said("ada now-270 20m", autumn)
    assert found.start_ms is not None
    assert read(told(found, Desk(PEOPLE, autumn, TZ)), Desk(PEOPLE, autumn, TZ)).start_ms == found.start_ms


BAD = {
    "stop before start": ("ada 10:15 9:30 home", "The stop time is before the start time, or more than 12 hours after it."),
    "no such clock": ("ada 25:00 home", "No clock shows that: hours go to 23, minutes to 59."),
    "future": ("ada 14:00-15:00", "14:00 is still to come: check the time, or give the day it was."),
    "unknown client": ("xavier 45m", "Nobody on your list is called “xavier”: check the spelling, or tab opens the form, "
                       "which finds anybody."),
    "two of one name": ("tran 45m", "“tran” may be 2 clients: ↓ and enter pick one, or type more."),
    "thirteen hours": ("ada yesterday 8:00-21:00", "The stop time is before the start time, or more than 12 hours after it."),
    "too long": ("ada 13h", "A contact lasts at most 12 hours: check the times."),
    "two places": ("ada 45m home office", "“home” and “office” are two places: keep one, or put a comma before the remark."),
    "two times": ("ada 9:30-10:15 45m", "More than one time is given: keep a start and a stop, or a start and a length."),
    "half a time": ("ada 9x30 home", "“9x30” cannot be read: type 45m for minutes, 9:45 for a time, or a comma before the "
                    "remark."),
    "a long story": ("ada 45m " + "word " * 4_000, "The remark is longer than 300 letters: keep one line here, the story "
                     "goes into the note."),
    "no such day": ("ada 13/45 9:30 45m", "No calendar has that day: type it as 11/22 or 2026-11-22."),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(set(BAD) - {"too long"}))
def test_what_cannot_be_read_stays_with_one_sentence_at_its_place(case: str) -> None:
    line, sentence = BAD[case]
    found = said(line)
    assert [trouble.sentence for trouble in found.troubles] == [sentence]
    trouble = found.troubles[0]
    assert line[trouble.start : trouble.stop].strip()
    assert "".join(line[part.start : part.stop] for part in found.parts) == line


def test_pasted_escapes_emoji_and_right_to_left_words_are_a_remark_and_nothing_else() -> None:
    for text in ("\x1b]52;c;aGk=\x07 rm -rf", "🙂 👩‍👩‍👧 smiled", "שלום עליכם", "[@click=app.quit]x [/b]"):
        found = said(f"ada 45m home, {text}")
        assert (found.client, found.said, found.troubles) == ("ada", {"setting": "home"}, ())
        assert "\x1b" not in found.remark
        assert found.remark.split()[-1] in text


def test_the_remark_keeps_words_that_are_fields_elsewhere() -> None:
    """Talking about home is no visit at home; sitting outside is no Saturday; two pills are no time."""
    found = said("ada 45m talked about home and the office at 9:30")
    assert (found.said, found.remark) == ({}, "talked about home and the office at 9:30")
    assert said("ada 45m sat outside").remark == "sat outside"
    assert said("ada 45m 2 pills left").remark == "2 pills left"
    assert said("ada 45m next week again").remark == "next week again"


def test_a_second_clients_name_is_no_remark_unless_a_comma_says_so() -> None:
    """A line that was begun for one client and typed for another is never saved for the first."""
    found = said("okafor 45m home lucia")
    assert found.troubles[0].sentence == (
        "The line names Okafor, Ada, and “lucia” is a client too: take one out, or put a comma before the remark."
    )
    assert said("okafor 45m home, lucia was there").troubles == ()
    assert said("morales lucia 45m").troubles == ()


def test_clients_by_last_first_and_used_name_initials_street_number_and_typo() -> None:
    for words, client in (("okafor", "ada"), ("ada", "ada"), ("ao", "ada"), ("oa", "ada"), ("hoyt", "ada"),
                          ("ns-17", "ada"), ("#ns-17", "ada"), ("lucia", "lucia"), ("LUCÍA", "lucia"), ("oka", "ada"),
                          ("morales lucia", "lucia"), ("lucia morales", "lucia")):  # fmt: skip
        assert said(f"{words} 45m").client == client, words
    used = read("bee 45m", Desk((whom("b", ["Bee", "Khan, Bilal"], told=""),), NOW, TZ))
    assert used.client == "b"


def test_a_slip_of_the_keys_is_offered_and_never_taken_by_itself() -> None:
    found = said("okafro 45m")
    assert (found.client, [who.client for who in found.candidates]) == ("", ["ada"])
    assert found.troubles[0].sentence == "Is “okafro” Okafor, Ada? Enter takes the name, or correct it."


def test_a_name_wins_over_its_beginning_and_two_beginnings_ask() -> None:
    assert said("rivera 45m").client == "ana"
    found = said("river 45m")
    assert [who.client for who in found.candidates] == ["ana", "luis"]
    assert said("rivert 45m").client == "luis"


def test_a_word_of_the_tables_is_a_name_only_where_no_other_is() -> None:
    """`lm` is a message left, and the initials of Lucía Morales."""
    assert said("lm na").client == "lucia"
    assert said("lm na").said == {"outcome": "attempt_no_answer"}
    found = said("ada lm")
    assert (found.client, found.said) == ("ada", {"outcome": "attempt_left_message"})
    assert said("xavier lm").client == "", "an unknown name is never replaced by somebody's initials"


def test_words_after_an_unknown_name_name_nobody() -> None:
    found = said("xavier 45m talked to ada")
    assert (found.client, found.candidates) == ("", ())


def test_a_picked_client_stays_picked_while_the_name_is_shortened() -> None:
    picked = Desk(PEOPLE, NOW, TZ, Chosen("two", "Minh Tran"))
    assert read("Minh Tran 45m", picked).client == "two"
    assert read("Minh 45m", picked).client == "two"
    assert read("Tra 45m", picked).client == "two"
    other = read("okafor 45m", picked)
    assert other.client == ""
    assert (
        other.troubles[0].sentence
        == "The name was changed after it was picked: is it Okafor, Ada now? Enter takes the name."
    )


def test_again_and_next_stand_for_clients_the_line_does_not_name() -> None:
    desk = Desk(PEOPLE, NOW, TZ, last="ada", next="jane")
    assert read("again 45m", desk).client == "ada"
    assert read("same again okafor 30m", desk).again
    assert read("again lucia 45m", desk).client == "lucia"
    assert read("next na", desk).client == "jane"
    assert read("next client no answer", desk).client == "jane"
    assert said("again 45m").troubles[0].sentence == "Nothing was logged here yet that could be repeated."
    assert said("next na").troubles[0].sentence == "Nobody is left on today's plan: type a name."


# What the line leaves open


def visit(record: str, start_ms: int, state: str = "planned", **more: str) -> VisitLine:
    given = {"contact_type": "", "modality": "", "setting": ""} | more
    return VisitLine(record, "ada", "", start_ms, 45, "", "", state, risk="none", alerts=(), **given)


LAST = {"contact_type": "case_management", "modality": "in_person", "setting": "home"}


def values(line: str, basis: Basis, now_ms: int = NOW) -> dict[str, object]:
    return dict(filled(said(line, now_ms), basis, now_ms, TZ).values)


def test_place_way_and_type_come_from_the_plan_then_the_last_contact_and_say_so() -> None:
    planned = visit("v", ms("2026-11-22T10:00"), contact_type="skills_training")
    basis = Basis(planned, LAST, ms("2026-11-19T10:00"), ("Sleep", "Keep the flat"))
    found = filled(said("ada 45m g2"), basis, NOW, TZ)
    assert found.values == {
        "outcome": "completed", "contact_type": "skills_training", "modality": "in_person", "setting": "home",
        "start": found.values["start"], "stop": found.values["stop"], "goals": ["Keep the flat"], "planned_visit": "v",
    }  # fmt: skip
    assert found.sources == {
        "outcome": "as it has a length", "contact_type": "as planned 10:00", "modality": "as last time, Thu 19 Nov",
        "setting": "as last time, Thu 19 Nov",
    }  # fmt: skip


def test_what_was_typed_wins_and_a_default_that_does_not_go_with_it_gives_way() -> None:
    basis = Basis(None, LAST, NOW)
    assert values("ada 45m office", basis)["setting"] == "office"
    called = values("ada phone 20m", basis)
    assert (called["modality"], called.get("setting")) == ("audio_only", None)
    at_home = values("ada phone home 20m", basis)
    assert (at_home["setting"], at_home["client_location"]) == ("telehealth_home", "Home")
    after_a_call = Basis(None, {"modality": "audio_only", "contact_type": "collateral"}, NOW)
    assert values("ada 45m office", after_a_call)["modality"] == "in_person"


def test_an_attempt_is_now_or_when_it_was_and_never_has_a_visits_length() -> None:
    found = filled(said("ada na"), Basis(), NOW, TZ)
    assert instant_ms(str(found.values["start"])) == instant_ms(str(found.values["stop"])) == NOW
    assert found.sources == {"start": "now", "contact_type": "as for attempts"}
    assert instant_ms(str(values("ada na 9:30", Basis())["start"])) == ms("2026-11-22T09:30")
    assert "start" not in values("ada na 25:00", Basis()), "a time that cannot be read is no now"


def test_again_repeats_what_was_logged_but_neither_its_time_nor_its_words() -> None:
    before = {"outcome": "attempt_not_home", "contact_type": "outreach_engagement", "setting": "street", "start": "x",
              "remark": "dog"}  # fmt: skip
    desk = Desk(PEOPLE, NOW, TZ, last="ada")
    found = filled(read("again jane na", desk), Basis(before=before), NOW, TZ)
    assert found.values["outcome"] == "attempt_no_answer"
    assert found.values["setting"] == "street"
    assert "remark" not in found.values
    assert found.values["start"] != "x"


def test_a_goal_that_is_not_there_is_said_at_its_number() -> None:
    found = filled(said("ada 45m g3"), Basis(goals=("Sleep",)), NOW, TZ)
    assert [trouble.sentence for trouble in found.troubles] == ["There is no goal 3: there are 1."]


def test_the_planned_visit_is_the_open_one_nearest_in_time() -> None:
    early, late = visit("a", ms("2026-11-22T09:00")), visit("b", ms("2026-11-22T15:00"))
    done = visit("c", ms("2026-11-22T11:00"), "done")
    assert visit_for((early, late, done), ms("2026-11-22T09:30"), NOW) is early
    assert visit_for((early, late, done), None, ms("2026-11-22T14:00")) is late
    assert visit_for((done,), None, NOW) is None


def test_a_call_in_the_morning_does_not_finish_the_visit_of_the_afternoon() -> None:
    late = visit("b", ms("2026-11-22T15:00"))
    assert visit_for((late,), None, NOW) is None
    assert visit_for((late,), None, NOW, meant=True) is late, "next means it whenever it was planned"
