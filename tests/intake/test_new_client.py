"""A new client is taken in by keys: written together, asked about who is alike, in the right feeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.errors import FieldappError
from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import Entry
from fieldapp.records.together import TOGETHER
from fieldapp.screens.chart import ChartScreen
from fieldapp.screens.episode import EpisodeScreen
from fieldapp.screens.new_client import AlikeDialog, NewClientScreen
from fieldapp.widgets.row_list import RowList
from tests.forms.desk import (
    ADA,
    DANA,
    NAIR,
    PASSPHRASE,
    PROGRAM,
    TEAM,
    TOM,
    Desk,
    form,
    keys,
    make_app,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
TODAY = "2026-11-22"


def at_work(desk: Desk) -> Laptop:
    """Return the desk's laptop, unlocked."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def filled(laptop: Laptop, primary: str = "", **values: Any) -> str:
    """Fill in the form for a new client; returns the draft."""
    draft = laptop.new_client()
    said = dict(draft.values) | {"legal_name": "Vance, Iris", "dob": "1990-05-06"} | values
    if primary:
        period = {"staff": primary, "role": "primary", "since": TODAY}
        said[TOGETHER]["assignment"]["values"] = {"periods": {"first": period}}
    laptop.save_draft(draft.id, said)
    return draft.id


def entries(laptop: Laptop, client: str) -> dict[str, Entry]:
    """Return the entries about a client by kind; each kind has one."""
    with laptop._open().reading() as asking:
        hashes = [row[0] for row in asking.rx.all("SELECT hash FROM entry WHERE client = ?", client)]
        found = [entry for one in hashes if (entry := asking.rx.entry(one)) is not None]
    return {entry.envelope.kind: entry for entry in found}


def test_client_referral_and_primary_are_written_in_one_transaction(desk_of: Make) -> None:
    laptop = at_work(desk_of(NAIR))
    draft = filled(laptop, primary=DANA)
    made = laptop.submit(draft)
    client = laptop.caseload("vance")[0]
    found = entries(laptop, client.client)
    assert set(found) == {"client", "episode", "assignment"}
    assert len(made) == 3
    assert found["client"].envelope.counter < found["episode"].envelope.counter
    assert (client.status, client.primary, client.team) == ("referred", "Dana Reyes", "Everett North")
    home = found["client"].envelope.body["set"]
    assert (home["home_program"], home["home_team"]) == (PROGRAM, TEAM)
    assert found["episode"].envelope.body["set"]["program"] == PROGRAM
    assert not laptop.tasks(client.client)


def test_who_may_not_assign_asks_the_supervisor_to_name_somebody(desk_of: Make) -> None:
    laptop = at_work(desk_of(DANA))
    assert not laptop.intake_desk().may_assign
    laptop.submit(filled(laptop))
    client = laptop.caseload("vance")[0].client
    (task,) = laptop.tasks(client)
    assert (task.what, task.role) == ("name_primary", "supervisor")
    assert "assignment" not in entries(laptop, client)


def test_a_technician_takes_nobody_in(desk_of: Make) -> None:
    laptop = at_work(desk_of(TOM))
    with pytest.raises(FieldappError, match="takes new clients in"):
        laptop.new_client()


def test_somebody_alike_is_asked_about_and_a_number_too(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    desk.add(
        "client",
        ADA,
        {"set": {"mrn": "D-77"}, "items": {"phones": {"a": {"number": "425-555-0100"}}}},
        client=ADA,
    )
    laptop = at_work(desk)
    draft = filled(laptop, legal_name="Okafer, Ada", dob="1984-03-09")
    (problem,) = laptop.problems(draft)
    assert problem.field == "lookalike"
    assert not problem.stops
    with pytest.raises(NotReady):
        laptop.submit(draft)
    (one,) = laptop.alike("", {"legal_name": "Okafer, Ada", "dob": "1984-03-09"})
    assert one.line.client == ADA
    assert "birth date" in one.why
    (same,) = laptop.alike("", {"legal_name": "Somebody, Else", "mrn": "d 77"})
    assert same.line.client == ADA
    assert same.why == "same number"
    phones = {"p": {"number": "(425) 555-0100"}}
    (reached,) = laptop.alike("", {"legal_name": "Okafor, Adah", "dob": "1990-01-01", "phones": phones})
    assert reached.why == "same phone, similar name"
    laptop.submit(draft, overrides={"lookalike": "Another person."})
    assert len(laptop.caseload("okaf")) == 2


def test_under_eighteen_warns_and_a_day_to_come_stops(desk_of: Make) -> None:
    laptop = at_work(desk_of(NAIR))
    (young,) = laptop.problems(filled(laptop, dob="2008-11-23"))
    assert (young.field, young.stops) == ("dob", False)
    assert not laptop.problems(filled(laptop, legal_name="Grown, Up", dob="2008-11-22"))
    (coming,) = laptop.problems(filled(laptop, legal_name="Not, Born", dob="2027-01-01"))
    assert coming.stops


async def test_by_keys_alone(desk_of: Make) -> None:
    laptop = desk_of(NAIR).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "2", "N")
        assert top(app) is NewClientScreen
        await typed(pilot, "Vance, Iris")
        await keys(pilot, "enter")
        await typed(pilot, "Vee")
        await keys(pilot, "enter")
        await typed(pilot, "1990-05-06")
        await keys(pilot, "ctrl+s")
        assert top(app) is EpisodeScreen
        assert "Vance, Vee" in shown(app)
        assert "Referred" in shown(app)


async def test_a_lookalike_is_shown_while_typing_and_opens_by_one_key(desk_of: Make) -> None:
    laptop = desk_of(NAIR).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "N")
        await typed(pilot, "Ada Okafor")
        await keys(pilot, "enter", "enter")
        await typed(pilot, "1984-03-09")
        await keys(pilot, "enter")
        assert "Here already?" in shown(app)
        await keys(pilot, "ctrl+s")
        assert top(app) is AlikeDialog
        await keys(pilot, "enter")
        assert top(app) is ChartScreen
        await keys(pilot, "escape")
        assert form(app).draft is not None
        await keys(pilot, "ctrl+s", "n")
        assert top(app) is EpisodeScreen
        await keys(pilot, "escape")
    assert len(laptop.caseload("okafor")) == 2


async def test_an_unfinished_form_opens_again_from_today(desk_of: Make) -> None:
    laptop = desk_of(NAIR).opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "N")
        await typed(pilot, "Vance")
        await keys(pilot, "escape", "1")
        due = laptop.today().due
        at = next(n for n, line in enumerate(due) if line.kind == "draft")
        assert (due[at].name, due[at].what) == ("Vance", "New client: not finished")
        rows = app.screen.query_one(RowList)
        while rows.key != f"due:{at}":
            await keys(pilot, "down")
        await keys(pilot, "enter")
        assert top(app) is NewClientScreen
        assert "Vance" in shown(app)
