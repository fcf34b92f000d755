"""Review on a real laptop: filters, order, ages, the batch of opened notes, answers and signatures; budgets C2, C3, C6."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from bench.keys import FLOWS, Flow
from fieldapp.laptop.failures import NotAllowed, NotReady
from fieldapp.records.envelope import instant
from fieldapp.records.kind import DOC
from fieldapp.screens.differences import of_version
from fieldapp.screens.reading import ReadingScreen
from fieldapp.screens.reading_words import record_text
from fieldapp.screens.review import ReviewScreen
from fieldapp.screens.settle import SettleScreen
from fieldapp.screens.sign import SignDialog
from fieldapp.widgets.row_list import RowList
from tests.board.town import heads_of
from tests.forms.desk import (
    ADA,
    DANA,
    DAY,
    HOUR,
    LUCIA,
    MINH,
    NAIR,
    NOW,
    PASSPHRASE,
    PIN,
    SAM,
    TOM,
    Desk,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)
from tests.review.red import queue

Make = Callable[..., Desk]


def rows_of(app: Any) -> list[str]:
    """Return the keys of the lines on screen."""
    return list(app.screen._lines)


def flow(code: str) -> Flow:
    return next(one for one in FLOWS if one.code == code)


async def pressed(pilot: Any, steps: Sequence[str]) -> int:
    """Press the keys of a flow; narrative is typed and not counted, a PIN counts as one."""
    count = 0
    for step in steps:
        if step[0] == "~":
            pilot.app.focused.insert(step[1:])
        elif step == "PIN":
            await typed(pilot, PIN)
            count += 1
        else:
            count += await keys(pilot, step)
    return count


# Filters


async def test_kinds_are_gone_through_by_one_key_and_counted_in_the_head(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        assert "Review (7 ◷2)" in shown(app) or "3 Review" not in shown(app), (
            "the tab counts, where it is named"
        )
        await keys(pilot, "3")
        head = " ".join(shown(app).split())
        assert "Review · 7 waiting, 2 late" in head
        for words in (
            "All 7",
            "Co-sign 3 (1 late)",
            "Returned and answered 1",
            "Corrections 1",
            "Emergency 1",
        ):
            assert words in head
        seen = []
        for _ in range(6):
            await keys(pilot, "right")
            seen.append([one.partition(":")[0] for one in rows_of(app)])
        assert seen == [["cosign"] * 3, ["answered"], ["error"], ["glass"], ["task"],
                        ["cosign", "task", "glass", "answered", "cosign", "cosign", "error"]]  # fmt: skip
        await keys(pilot, "left")
        assert [one.partition(":")[0] for one in rows_of(app)] == ["task"]


async def test_author_client_lateness_and_words_narrow_and_escape_shows_everything(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "l")
        assert [one.partition(":")[0] for one in rows_of(app)] == ["cosign", "task"]
        assert "2 shown: late only" in shown(app)
        await keys(pilot, "l", "home", "down", "down", "a")
        assert [one.partition(":")[0] for one in rows_of(app)] == ["glass"], "by Dana Reyes"
        await keys(pilot, "a", "w")
        assert {app.screen._lines[one].client for one in rows_of(app)} == {app.screen.client_at_hand}  # type: ignore[attr-defined]
        await keys(pilot, "escape", "slash")
        await typed(pilot, "KEY tran")
        assert [one.partition(":")[0] for one in rows_of(app)] == ["task"], "words in client and title"
        await keys(pilot, "enter", "escape")
        assert len(rows_of(app)) == 7


async def test_it_sorts_by_age_author_and_client(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "o")
        ages = [app.screen._lines[one].at_ms for one in rows_of(app)]  # type: ignore[attr-defined]
        assert ages == sorted(ages)
        await keys(pilot, "o")
        authors = [app.screen._lines[one].author for one in rows_of(app)]  # type: ignore[attr-defined]
        assert authors == sorted(authors)
        await keys(pilot, "o")
        names = [app.screen._lines[one].name for one in rows_of(app)]  # type: ignore[attr-defined]
        assert names == sorted(names)
        await keys(pilot, "o")
        assert rows_of(app)[0].startswith("cosign"), "what is late first again"


async def test_the_band_of_an_age_is_read_without_colour(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3")
        assert "3 Review (7 ◷2)" in shown(app), "the tab counts too"
        lines = {" ".join(line.split()) for line in shown(app).splitlines() if "co-sign" in line}
        assert any("8 d LATE" in line for line in lines)
        assert any("1 d 24-72 h" in line for line in lines)
        assert any("5 h <24 h" in line for line in lines)


async def test_when_the_last_of_a_kind_is_done_the_rest_is_shown(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "right", "right", "enter", "c", "enter")
        await settled(pilot)
        assert top(app) is ReviewScreen
        assert len(rows_of(app)) == 6


# Budgets


async def test_c2_a_note_is_co_signed_within_its_keys(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        laptop.set_pin(PIN)
        desk.clock.move(minutes=11)
        await keys(pilot, "3")
        assert await pressed(pilot, flow("C2").steps) == flow("C2").keys <= 4
        await settled(pilot)
        assert laptop.review() == ()


async def test_c3_a_note_is_returned_within_its_keys(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    note = desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3")
        assert await pressed(pilot, flow("C3").steps) == flow("C3").keys <= 8
        await settled(pilot)
        assert (
            laptop.record(note.envelope.id).annotations[0].reason
            == "Goal or plan is missing: name the housing goal"
        )


async def test_c6_two_values_are_settled_from_review_within_its_keys(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    base = heads_of(desk, LUCIA)
    for author, text in ((TOM, "Clinic B"), (DANA, "Clinic C")):
        desk.add("client", LUCIA, {"set": {"pcp": text}}, client=LUCIA, author=author, prev=base)
    queue(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "right", "right", "right")
        assert await pressed(pilot, flow("C6").steps) == flow("C6").keys <= 6
        await settled(pilot)
        assert top(app) is not SettleScreen
        assert laptop.record(LUCIA).conflicts == ()


# A batch


async def test_all_that_was_opened_is_co_signed_under_one_pin_and_nothing_else(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    found = queue(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        laptop.set_pin(PIN)
        await keys(pilot, "3", "v")
        assert top(app) is ReviewScreen, "nothing was opened"
        await keys(pilot, "right", "enter", "escape", "down", "enter", "escape")
        assert shown(app).count("opened") >= 2
        desk.clock.move(minutes=11)
        await keys(pilot, "v")
        assert top(app) is SignDialog
        assert "Co-sign 2 that you opened" in shown(app)
        await typed(pilot, PIN)
        await keys(pilot, "enter")
        await settled(pilot)
        assert "2 co-signed." in shown(app)
    laptop.unlock(PASSPHRASE)
    waits = {line.entry for line in laptop.review() if line.what in ("cosign", "answered")}
    assert waits == {found["first"], found["answered"]}


def test_the_laptop_itself_co_signs_together_only_what_was_opened(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    found = queue(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    laptop.look_at(found["first"])
    with pytest.raises(NotAllowed, match="open it first"):
        laptop.cosign_opened([found["first"], found["second"]])
    waits = {line.entry for line in laptop.review() if line.what == "cosign"}
    assert found["first"] in waits, "all or none"
    assert len(laptop.cosign_opened([found["first"]])) == 1
    laptop.lock()
    laptop.unlock(PASSPHRASE)
    assert laptop.opened_for_review() == frozenset(), "another sitting opens anew"


async def test_whose_credential_is_not_sufficient_hears_it_before_any_proof(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    associate = {"set": {"cosign_rule": "always"}}
    desk.add("staff", NAIR, associate, prev=heads_of(desk, NAIR))
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        desk.clock.move(minutes=11)
        await keys(pilot, "3", "enter", "c")
        assert top(app) is ReadingScreen, "no dialog asks for a passphrase"
        first = shown(app)
        await keys(pilot, "escape", "v")
        assert top(app) is ReviewScreen
    laptop.unlock(PASSPHRASE)
    entries = [line.entry for line in laptop.review()]
    with pytest.raises(NotReady) as refused:
        laptop.check_cosign(entries)
    assert refused.value.sentence[:40] in " ".join(first.split())


# Reading in review


async def test_an_answer_says_what_was_returned_why_and_what_changed_since(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "right", "right", "enter")
        text = shown(app)
        assert "↪ ANSWERED: version 1 was returned by Priya Nair, LMHC" in text
        assert "Goal or plan is missing: name the housing goal" in text
        assert "- Call on Wednesday" in text
        assert "+ Call on Wednesday" in text
        assert "+ Find a flat" in text
        await keys(pilot, "d")
        text = shown(app)
        assert "What changed against version 1 of Tom Berg" in text
        assert "Asked and denied" not in text, "what did not change is left out"


async def test_the_client_stands_beside_the_record_or_behind_one_key(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    desk.note(ADA, author=DANA, ago=9 * DAY, goals=["Walk to the water"])
    desk.plan(ADA)
    desk.alert(ADA)
    desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    for size, steps in (((120, 40), ()), ((80, 24), ("w",))):
        app = make_app(laptop)
        async with app.run_test(size=size) as pilot:
            await unlocked(pilot)
            await keys(pilot, "3", "end", "home")
            cosign = next(n for n, line in enumerate(laptop.review()) if line.what == "cosign")
            await keys(pilot, *["down"] * cosign, "enter", *steps)
            text = shown(app)
            assert "■ STOP" in text
            assert "Primary: Dana Reyes" in text
            assert "Walk to the water" in text, "the goals"
            if steps:
                await keys(pilot, "w")
                assert "letter from the landlord" in shown(app)


async def test_a_record_that_is_read_elsewhere_is_not_opened_for_review(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    note = desk.note(ADA, author=TOM, ago=5 * HOUR, cosign="supervisor")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.open("record", record=note.envelope.id)
        await settled(pilot)
        assert laptop.opened_for_review() == frozenset()


async def test_each_record_says_in_words_what_its_signature_proves(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    note = desk.note(ADA, author=TOM, ago=5 * HOUR)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    read = laptop.record(note.envelope.id)
    (version,) = read.versions
    unknown = record_text(read, version, laptop.me.tz).plain
    assert (
        "? Key unknown: that it was signed by Tom Berg, AAC, Sun 22 Nov 2026 06:00 cannot be checked"
        in unknown
    )
    good = replace(version, signature="signed by Tom's laptop")
    assert (
        "✓ Signed by Tom Berg, AAC, Sun 22 Nov 2026 06:00; checked with the key of Tom's laptop."
        in record_text(read, good, laptop.me.tz).plain
    )
    bad = record_text(read, replace(version, signature="altered"), laptop.me.tz).plain
    assert bad.index("✗ ALTERED: this text is not what Tom Berg, AAC signed.") < bad.index("Data:")


def test_a_working_record_says_what_each_entry_changed(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    heads = heads_of(desk, LUCIA)
    first = {"set": {"pcp": "Clinic A"}, "items": {"phones": {"p": {"number": "425-555-0100"}}}}
    added = desk.add("client", LUCIA, first, client=LUCIA, author=TOM, prev=heads)
    second = {"set": {"pcp": "Clinic B"}, "items": {"phones": {"p": {"ok_to_text": False}}}}
    changed = desk.add("client", LUCIA, second, client=LUCIA, author=DANA, prev=[added.hash])
    desk.add("client", LUCIA, {"drop": {"phones": ["p"]}}, client=LUCIA, author=DANA, prev=[changed.hash])
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    read = laptop.record(LUCIA)
    marks = [
        [(one.mark, one.text) for one in of_version(read, version, laptop.me.tz)]
        for version in read.versions[1:]
    ]
    assert marks[0][0] == ("+", "Clinic A")
    assert marks[1][:2] == [("-", "Clinic A"), ("+", "Clinic B")]
    assert [mark for mark, _ in marks[2]] == ["-"]


# A year of a program


async def test_hundreds_of_lines_open_filter_and_scroll(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    body = {DOC: {"format": "DAP", "sections": {"data": "x"}, "service_start": instant(NOW - HOUR),
                  "service_stop": instant(NOW), "goals": ["a"]}, "cosign_required": "supervisor"}  # fmt: skip
    with desk.store.writing() as tx:
        for number in range(400):
            record = f"{number:08x}-0000-7000-8000-000000000000"
            desk.put(tx, "note", record, body, client=(ADA, SAM, MINH, LUCIA)[number % 4], author=(TOM, DANA)[number % 2],
                     meaning="sign", at_ms=NOW - number * HOUR)  # fmt: skip
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3")
        assert "400 waiting" in shown(app)
        rows = app.screen.query_one("#queue", RowList)
        await keys(pilot, "end")
        assert rows.cursor == 399
        await keys(pilot, "home", "a")
        assert rows.count == 200


async def test_one_key_leaves_a_record_as_it_is_and_opens_the_next_that_is_read(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    queue(desk)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "3", "enter")
        assert top(app) is ReadingScreen
        read = []
        for _ in range(8):
            if top(app) is not ReadingScreen:
                break
            read.append(app.screen._record)  # type: ignore[attr-defined]
            await keys(pilot, "right_square_bracket")
        assert top(app) is ReviewScreen
        assert "That was the last of these that is read here." in shown(app)
        readable = [line for line in app.screen._lines.values() if line.what != "task"]  # type: ignore[attr-defined]
        assert read == [line.record for line in readable]
        assert len(app.screen._opened) >= len(read) == 6  # type: ignore[attr-defined]
        await keys(pilot, "home", "enter", "right_square_bracket")
        second = app.screen._record  # type: ignore[attr-defined]
        await keys(pilot, "escape")
        assert app.screen._picked().record == second, "the list stands where one has got to"  # type: ignore[attr-defined]
    laptop.unlock(PASSPHRASE)
    assert len(laptop.review()) == 7, "nothing was decided"
