"""Where a client lives and lived: dated places on the face sheet, the newest is the current one (programs.md 29)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.housing import moved, place_words
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.kinds.client import FAILED_PLACEMENTS, failed_placements, lived
from fieldapp.screens.draft_routes import form_of
from fieldapp.screens.face_sheet import FaceSheetScreen
from fieldapp.screens.housing import HousingScreen
from tests.app.hostile import LITERAL
from tests.forms.desk import ADA, DANA, Desk, form, keys, make_app, settled, shown, top, typed, unlocked
from tests.sheet.test_face_sheet import at_work, land, lines_of

Make = Callable[..., Desk]
PLACES: dict[str, dict[str, Any]] = {
    "a": {"street": "12 Hoyt Ave", "city": "Everett", "county": "Snohomish", "kind": "home", "since": "2025-05-01"},
    "b": {"street": "Motel 9", "city": "Mount Vernon", "county": "Skagit", "kind": "motel", "since": "2024-11-01",
          "until": "2025-05-01", "ended": "evicted"},
    "c": {"kind": "family", "remark": "with her sister", "until": "2024-11-01", "ended": "moved"},
}  # fmt: skip


def failed(laptop: Laptop) -> str:
    """Return what the face sheet says of failed placements."""
    return next(part.remark for part in laptop.face_sheet(ADA).sections if part.kind == "housing")


def street(app: Any) -> str:
    """Return the path of the street in the form on top."""
    return next(one.field for one in form(app).form_fields() if one.field.endswith(".street"))


def housed(desk: Desk) -> None:
    """Store where the client lived."""
    desk.add("client", ADA, {"items": {"addresses": PLACES}}, client=ADA)


def test_places_stand_newest_first_with_how_each_ended(desk_of: Make) -> None:
    desk = desk_of(DANA)
    housed(desk)
    laptop = at_work(desk)
    found = lines_of(laptop, "housing")
    assert [(line.title, line.mark_words) for line in found] == [
        ("12 Hoyt Ave, Everett", ""),
        ("Motel 9, Mount Vernon", "Evicted"),
        ("Family", "Moved on as planned"),
    ]
    assert "2024-11-01 to 2025-05-01 · Motel · Skagit County" in found[1].words
    assert failed(laptop) == "1 failed placement"
    assert laptop.chart(ADA).address.startswith("12 Hoyt Ave")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_a_new_place_is_written_by_keys_and_ends_the_one_before(
    desk_of: Make, size: tuple[int, int]
) -> None:
    desk = desk_of(DANA)
    housed(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=size) as pilot:
        await unlocked(pilot)
        app.open("face_sheet", client=ADA)
        await settled(pilot)
        await keys(pilot, "a", "5")
        assert top(app) is HousingScreen, shown(app)
        assert "Its first day ends: 12 Hoyt Ave, Everett." in shown(app)
        land(app, street(app))
        await typed(pilot, "Harbor shelter")
        await keys(pilot, "ctrl+s")
        assert top(app) is FaceSheetScreen, shown(app)
        found = lines_of(app.laptop, "housing")
        assert [(line.title, line.mark) for line in found][:2] == [
            ("Harbor shelter", ""),
            ("12 Hoyt Ave, Everett", "over"),
        ]
        kept = app.laptop.record(ADA).values["addresses"]
        assert kept["a"]["until"] == "2026-11-22"
        assert kept["b"] == PLACES["b"]
        # How the one before ended is said on its own line.
        app.open("housing", client=ADA, item="a")
        await settled(pilot)
        land(app, "addresses.a.ended")
        await keys(pilot, "3", "ctrl+s")
        assert app.laptop.record(ADA).values["addresses"]["a"]["ended"] == "asked_to_leave"
        assert failed(app.laptop) == "2 failed placements"


async def test_a_place_that_was_begun_opens_in_its_own_form_again(desk_of: Make) -> None:
    desk = desk_of(DANA)
    housed(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("housing", client=ADA)
        await settled(pilot)
        land(app, street(app))
        await typed(pilot, "9 Pine [/")
        await keys(pilot, "escape")
        [line] = [one for one in app.laptop.today().due if one.kind == "draft"]
        await settled(pilot)
        found = form_of(app.laptop.draft(line.draft))
        assert found is not None
        assert found[0] == "housing"
        app.open(found[0], **found[1])
        await settled(pilot)
        assert "9 Pine [/" in shown(app)
        await keys(pilot, "ctrl+s")
        assert len(lines_of(app.laptop, "housing")) == 4


async def test_a_day_of_leaving_before_that_of_coming_is_said_at_its_field(desk_of: Make) -> None:
    desk = desk_of(DANA)
    housed(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("housing", client=ADA, item="a")
        await settled(pilot)
        land(app, "addresses.a.until")
        await typed(pilot, "1/2/2025")
        await keys(pilot, "ctrl+s")
        assert "They left before they came" in shown(app), shown(app)


async def test_hostile_words_stay_words_where_somebody_lives(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.add("client", ADA, {"items": {"addresses": {
        f"h{number}": {"street": text[:200], "remark": text[:200], "county": text[:200], "since": "2026-01-01"}
        for number, text in enumerate(LITERAL)
    }}}, client=ADA)  # fmt: skip
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("face_sheet", client=ADA)
        await settled(pilot)
        await keys(pilot, "end")
        assert top(app) is FaceSheetScreen
        app.open("housing", client=ADA, item="h0")
        await settled(pilot)
        assert isinstance(form(app), HousingScreen)
        await keys(pilot, "escape")


DAYS = st.one_of(st.none(), st.dates().map(lambda day: day.isoformat()))
ROWS = st.dictionaries(
    st.sampled_from("abcdef"), st.fixed_dictionaries({"since": DAYS, "until": DAYS, "ended": st.sampled_from(
        [None, *sorted(FAILED_PLACEMENTS), "moved"])}), min_size=1,
)  # fmt: skip


@given(ROWS, st.sampled_from("abcdef"))
def test_a_move_ends_only_what_was_open_and_never_the_new_place(rows: dict[str, Any], new: str) -> None:
    after = moved(rows, new)
    assert set(after) == set(rows)
    assert after.get(new) == rows.get(new)
    for item, row in rows.items():
        assert {name: after[item][name] for name in ("since", "ended")} == {
            name: row[name] for name in ("since", "ended")
        }
        assert row["until"] is None or after[item]["until"] == row["until"]
    assert failed_placements(after.values()) == failed_placements(rows.values())


@given(ROWS)
def test_where_somebody_lives_now_stands_before_where_they_lived(rows: dict[str, Any]) -> None:
    shown_rows = lived(rows.values())
    assert len(shown_rows) == len(rows)
    over = [bool(row["until"]) for row in shown_rows]
    assert over == sorted(over)
    assert all(isinstance(place_words(row), str) for row in shown_rows)
