"""Laws of the quick entry's grammar: whatever is typed, nothing is lost, nothing is guessed in silence."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from fieldapp.clinical.quick_entry.people import Whom, whom
from fieldapp.clinical.quick_entry.reading import Chosen, Desk, Reading, read
from fieldapp.clinical.quick_entry.telling import name_of, told
from fieldapp.clinical.quick_entry.words import SHORT, phrases, written
from fieldapp.records.kinds.contact import MODALITIES, OUTCOMES, SETTINGS, TYPES
from fieldapp.records.text import FORBIDDEN

TZ = "America/Los_Angeles"
NOW = round(datetime(2026, 11, 22, 11, 0, tzinfo=ZoneInfo(TZ)).timestamp() * 1000)
PEOPLE = (
    whom("ada", ["Okafor, Ada", "Adaeze"], ["1420 Hoyt Ave Everett"], "NS-17"),
    whom("ana", ["Rivera, Ana"], ["12 Colby Ave Everett"], "NS-18"),
    whom("luis", ["Rivera, Luis"], ["9 Pine St Everett"], "NS-19"),
    whom("jane", ["Doe, Jane"], [], "NS-20"),
    whom("lucia", ["Morales, Lucía"], ["2 Rucker Ave"], "NS-21"),
    whom("one", ["Tran, Minh"], [], "NS-22"),
    whom("two", ["Tran, Minh"], [], "NS-23"),
    whom("ed", ["Office, Ed"], [], "NS-24"),
    whom("hyphen", ["Smith-Jones, María José", "MJ"], [], "NS-25"),
)
DESK = Desk(PEOPLE, NOW, TZ)
WORDS = [" ".join(words) for words in phrases() if phrases()[words].field not in ("again", "next", "day")]
NAMES = [
    "okafor",
    "rivera ana",
    "jd",
    "luc",
    "rivra",
    "xaver",
    "tran",
    "mj",
    "#ns-22",
    "hoyt",
    "ed",
    "rivera",
    "na",
    "lm",
]
TIMES = ["930", "9:30", "now", "now-45", "45m", "1h15", "9:30-10:15", "23:50-00:20", "yesterday", "25:00", "2570",
         "2pm", "noon", "9", "tue", "11/22", "9-10:15", "3 pm", "45 min", "1h 15m", "99/99", "now-", "0000"]  # fmt: skip
ODD = [",", "@ her sister's", "g2", "g1+3", "g99", "travel 25m", "calm", "took meds", "again", "next", "next client", "🙂",
       "\x1b]52;c;aGk=\x07", "שלום", "a\u202eb", "[/b]", "名前", "e\u0301", "\x00", "\u2028", "-", "\ud800", "ﷺ", "ß", "İ"]  # fmt: skip

lines = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(NAMES + WORDS + TIMES + ODD), max_size=9).map(" ".join),
    st.lists(st.one_of(st.sampled_from(NAMES + WORDS + TIMES + ODD), st.text(max_size=5)), max_size=9).map(
        " ".join
    ),
)
PIECES = [
    *WORDS,
    "45m",
    "9:30-10:15",
    "now-45",
    "g2",
    "g1+3",
    "travel 25m",
    "yesterday 23:50-00:20",
    "930 45m",
    "2pm",
]
sensible = st.builds(
    lambda name, pieces, remark: " ".join((name, *pieces, remark)).strip(),
    st.sampled_from(["okafor", "rivera ana", "jd", "mj", "#ns-22", "hoyt", "ed", "lm", "next", "again"]),
    st.lists(st.sampled_from(PIECES), max_size=4, unique=True),
    st.sampled_from(
        ["", "calm, took meds", ", 45m home", "@ a bus stop, tired", "met 🙂 her", "sat outside ada"]
    ),
)
"""Lines as technicians type them."""
chosen = st.one_of(
    st.none(), st.builds(Chosen, st.sampled_from([who.client for who in PEOPLE]), st.sampled_from(NAMES))
)
desks = st.builds(
    Desk, st.just(PEOPLE), st.integers(0, 2_000_000).map(lambda minutes: NOW + minutes * 60_007), st.just(TZ), chosen,
    st.sampled_from(["", "ana"]), st.sampled_from(["", "jane"]),
)  # fmt: skip


@given(lines, desks)
@example("a" * 20_000, DESK)
@example("1" * 20_000, DESK)
@example("45m " * 5_000, DESK)
@example("g1" + "+2" * 9_000, DESK)
@example("\x1b[31mada\x1b[0m 45m", DESK)
def test_whatever_is_typed_every_letter_of_it_is_in_one_piece_or_between_pieces(
    line: str, desk: Desk
) -> None:
    found = read(line, desk)
    assert "".join(line[part.start : part.stop] for part in found.parts) == line
    assert all(part.start < part.stop for part in found.parts)
    between = "".join(line[part.start : part.stop] for part in found.parts if not part.field)
    assert between.replace(",", "", 1).strip() == "", "what is between pieces holds no word"
    assert FORBIDDEN.search(found.remark) is None
    assert all(
        "\n" not in trouble.sentence and FORBIDDEN.search(trouble.sentence) is None
        for trouble in found.troubles
    )
    assert all(0 <= trouble.start <= trouble.stop <= len(line) for trouble in found.troubles)


@given(lines, desks)
def test_the_same_line_is_read_the_same_way(line: str, desk: Desk) -> None:
    assert read(line, desk) == read(line, desk)


def facts(found: Reading) -> tuple[object, ...]:
    return (
        found.client, dict(found.said), found.start_ms, found.stop_ms, found.goals, found.travel_min, found.location,
        found.remark,
    )  # fmt: skip


@given(sensible, desks)
@example("minh 45m", Desk(PEOPLE, NOW, TZ, Chosen("two", "minh")))
@example("office 45m office", DESK)
@example("okafor home support only peer", DESK)
def test_a_reading_without_trouble_written_out_is_read_as_the_same_facts(line: str, desk: Desk) -> None:
    found = read(line, desk)
    if found.troubles or not found.client:
        return
    again = told(found, desk)
    assert facts(read(again, Desk(PEOPLE, desk.now_ms, TZ))) == facts(found), again
    assert told(read(again, Desk(PEOPLE, desk.now_ms, TZ)), desk) == again


@given(st.data())
def test_the_order_of_what_is_said_before_the_remark_does_not_matter(data: st.DataObject) -> None:
    one_of = {name: [written(name, code) for code in codes] for name, codes in SHORT.items() if name != "day"}
    said = [
        data.draw(st.sampled_from(["okafor", "jane", "lucia", "#ns-23"])),
        data.draw(
            st.sampled_from(["45m", "9:30-10:15", "now-45", "930 1h15", "9:30 45m", "23:50-00:20 yesterday"])
        ),
        *(data.draw(st.sampled_from(one_of[name])) for name in ("outcome", "setting", "contact_type")),
        data.draw(st.sampled_from(["g2", "g1+2", "travel 25m"])),
    ]
    mixed = list(said)
    random.Random(data.draw(st.integers(0, 999))).shuffle(mixed)
    one, other = read(" ".join(said), DESK), read(" ".join(mixed), DESK)
    assert not one.troubles
    assert one.client
    if phrases_touch(mixed) or phrases_touch(said):
        return
    assert facts(other) == facts(one)


def phrases_touch(said: list[str]) -> bool:
    """Tell whether words of two pieces make a phrase of their own where they touch: `in jail` of `... in` and `jail`."""
    words = " ".join(said).split()
    own = {word for piece in said for word in (piece, *piece.split())}
    runs = {" ".join(words[at : at + count]) for at in range(len(words)) for count in range(2, 5)}
    return any(tuple(run.split()) in phrases() and run not in own for run in runs)


@given(st.sampled_from(PEOPLE), st.sampled_from(NAMES), lines)
def test_a_client_who_was_picked_never_becomes_another_one_in_silence(
    who: Whom, text: str, line: str
) -> None:
    picked = Desk(PEOPLE, NOW, TZ, Chosen(who.client, text))
    for typed in (f"{text} {line}", *(f"{text[:cut]} 45m" for cut in range(len(text))), line):
        found = read(typed, picked)
        assert found.client in ("", who.client)
        if not found.client and found.candidates:
            assert any(trouble.field == "client" for trouble in found.troubles)


@given(lines)
def test_two_who_fit_equally_well_are_never_decided_by_the_machine(line: str) -> None:
    found = read(line, DESK)
    if len(found.candidates) > 1:
        assert not found.client
        assert any(trouble.field == "client" for trouble in found.troubles)


def test_every_code_of_the_form_can_be_typed_and_is_read_back() -> None:
    tables = {"outcome": OUTCOMES, "setting": SETTINGS, "modality": MODALITIES, "contact_type": TYPES}
    for field, table in tables.items():
        for code in table:
            assert read(f"okafor {written(field, code)}", DESK).said == {field: code}


def test_a_phrase_has_one_meaning() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for field, codes in SHORT.items():
        for code, listed in codes.items():
            for phrase in listed.split(", "):
                assert seen.setdefault(phrase, (field, code)) == (field, code), phrase


def test_each_client_has_words_that_name_nobody_else() -> None:
    for who in PEOPLE:
        assert read(name_of(who.client, DESK) + " 45m", DESK).client == who.client


def test_the_page_of_quick_entry_lists_every_word() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "quick-entry.md").read_text()
    for field, codes in SHORT.items():
        for code, listed in codes.items():
            for phrase in listed.split(", "):
                assert f"`{phrase}`" in page or field in ("again", "next", "day"), (code, phrase)
