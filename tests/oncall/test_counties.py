"""Crisis and reporting lines by county stand wherever a number is read, and fall back to the program's (programs.md 16)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp import cli
from fieldapp.clinical.counties import Lines, lines_of, with_number
from fieldapp.crypto.vault import Policy
from fieldapp.laptop.crisis_help import CrisisHelp, read_help, write_help
from fieldapp.laptop.laptop import Laptop
from fieldapp.prints import text
from fieldapp.prints.documents import Wanted
from fieldapp.server.org import init_org
from fieldapp.server.service import Server
from tests.forms.desk import (
    ADA,
    CHEAP,
    DANA,
    MINH,
    PASSPHRASE,
    PROGRAM,
    SAM,
    Desk,
    ident,
    keys,
    make_app,
    opened_at,
    scrolled,
    settled,
    shown,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
COUNTIES = [
    {"county": "Skagit", "crisis_line": "800-555-0144", "aps_line": "866-555-0155"},
    {"county": "Island [/", "cps_line": "866-555-0166"},
]


def counted(desk: Desk) -> None:
    """Give the program numbers by county; one client lives in Skagit, one has it on the episode, one nowhere known."""
    desk.add(
        "program",
        PROGRAM,
        {"set": {"counties": COUNTIES, "cps_line": "866-555-0111"}},
        prev=[desk.program.hash],
    )
    home = {"a": {"street": "3 Pine", "city": "Mount Vernon", "county": "skagit county", "kind": "home"}}
    desk.add("client", ADA, {"items": {"addresses": home}}, client=ADA)
    with desk.store.reading() as rx:
        view = rx.view(ident(101))
    assert view is not None
    desk.add("episode", ident(101), {"set": {"county": "Island [/"}}, client=SAM, prev=view.heads)


def laptop_of(desk: Desk) -> Laptop:
    counted(desk)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def test_each_client_has_the_lines_of_their_county_or_of_the_program(desk_of: Make) -> None:
    laptop = laptop_of(desk_of(DANA))
    ada, sam, minh = (laptop.client_line(client) for client in (ADA, SAM, MINH))
    assert (ada.local_county, ada.local_line) == ("Skagit", "800-555-0144")
    assert ada.reporting == "APS 866-555-0155 (Skagit) · CPS 866-555-0111"
    assert (sam.local_county, sam.local_line) == ("", "800-555-0123")
    assert sam.reporting == "CPS 866-555-0166 (Island [/)"
    assert (minh.local_line, minh.reporting) == ("800-555-0123", "CPS 866-555-0111")
    assert laptop.card(ADA).local_line == "800-555-0144"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_the_county_stands_beside_the_number_on_card_plan_and_crisis_form(
    desk_of: Make, size: tuple[int, int]
) -> None:
    desk = desk_of(DANA)
    counted(desk)
    desk.plan(ADA)
    app = make_app(desk.opened())
    async with app.run_test(size=size) as pilot:
        await opened_at(pilot, "card", client=ADA)
        assert "Skagit 800-555-0144" in shown(app)
        app.open("plan", client=ADA)
        await settled(pilot)
        assert "Skagit 800-555-0144" in " ".join(shown(app).split())
        app.open("crisis", client=ADA)
        await settled(pilot)
        field = app.screen.query_one("#field-reports")
        field.land()  # type: ignore[attr-defined]
        await scrolled(pilot)
        assert "APS 866-555-0155 (Skagit)" in shown(app)


def test_papers_of_the_client_name_the_county_in_both_languages(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.plan(ADA)
    laptop = laptop_of(desk)
    for language, label in (("en", "Skagit crisis line"), ("es", "Línea de crisis de Skagit")):
        paper = text.make(laptop.print_sheet(Wanted("plan", ADA, language)).sheet)  # type: ignore[arg-type]
        assert label in paper
        assert "800-555-0144" in paper
    assert "Skagit crisis line" in text.make(laptop.print_sheet(Wanted("crisis_card", ADA)).sheet)
    assert "Local crisis line" in text.make(laptop.print_sheet(Wanted("blank_plan")).sheet)


def test_help_before_unlock_lists_every_county_and_no_client(desk_of: Make) -> None:
    laptop = laptop_of(desk_of(DANA))
    known = read_help(laptop.folder)
    assert known.counties == (("Skagit", "800-555-0144"),)
    assert "Skagit crisis line: 800-555-0144" in known.lines


def test_a_spoiled_file_of_help_keeps_what_can_be_read(tmp_path: Path) -> None:
    write_help(tmp_path, CrisisHelp("P", "1", "2", counties=(("Skagit", "3"),)))
    assert read_help(tmp_path).counties == (("Skagit", "3"),)
    (tmp_path / "help.json").write_text(
        '{"program": "P", "counties": [["a"], 3, ["", "1"], ["Island", "5"]]}'
    )
    assert read_help(tmp_path).counties == (("Island", "5"),)


async def test_the_caseload_is_left_to_a_county_by_one_word(desk_of: Make) -> None:
    desk = desk_of(DANA)
    counted(desk)
    app = make_app(desk.opened())
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        await keys(pilot, "2", "slash")
        await typed(pilot, "county:skag")
        assert "1 client · all" in shown(app)
        assert "Okafor, Ada" in shown(app)
        assert "Lindqvist" not in shown(app)
        assert [line.client for line in app.laptop.caseload("county:island")] == [SAM]
        assert app.laptop.caseload("county:nowhere") == ()


def test_an_administrator_sets_and_takes_away_numbers_of_a_county(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    init_org(folder, "Harbor Agency", kdf=CHEAP, policy=Policy(min_m_kib=1024, min_t=1, wanted=CHEAP))

    def run(*options: str) -> int:
        return cli.outcome(["org", "--folder", str(folder), "set-program", "community-iop", *options])

    def counties() -> object:
        with Server(folder) as server, server.database.reading() as rx:
            (values,) = server.roster(rx).values["program"].values()
            return values.get("counties")

    assert run("--county", "Skagit", "crisis", "800-1", "--county", "Island", "aps", "866-2") == 0
    assert counties() == [
        {"county": "Island", "aps_line": "866-2"},
        {"county": "Skagit", "crisis_line": "800-1"},
    ]
    assert run("--county", "skagit", "crisis", "-") == 0
    assert counties() == [{"county": "Island", "aps_line": "866-2"}]
    assert run("--county", "Skagit", "phone", "1") == 2


NUMBER = st.sampled_from(["", "1", "2"])
NAME = st.sampled_from(["Skagit", "Island", "skagit county"])


@given(st.lists(st.tuples(NAME, st.sampled_from(["crisis_line", "aps_line", "cps_line"]), NUMBER)), NAME)
def test_the_last_word_about_a_number_holds_and_nothing_else_changes(
    given_rows: list[tuple[str, str, str]], county: str
) -> None:
    rows: list[dict[str, str]] = []
    said: dict[tuple[str, str], str] = {}
    for name, field, number in given_rows:
        rows = with_number(rows, name, field, number)
        said[name.lower().removesuffix(" county"), field] = number
    program = {"counties": rows, "local_crisis_line": "9"}
    found = lines_of(program, county)
    own = said.get((county.lower().removesuffix(" county"), "crisis_line"), "")
    assert found.crisis == (own or "9")
    assert bool(found.crisis_county) == bool(own)
    assert lines_of({}, county) == Lines()
