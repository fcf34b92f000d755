"""What leaves the laptop of a team's numbers: the report on paper, as text and as a table for other programs."""

from __future__ import annotations

import csv
import io
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.clinical.metrics.hiding import for_paper
from fieldapp.clinical.metrics.model import Behind, Figure, Line, Metric, Period, Point, Scope, Series
from fieldapp.clinical.metrics.periods import period
from fieldapp.clinical.metrics.words import digits
from fieldapp.prints import csv_file, text
from fieldapp.prints.documents import Wanted, made
from fieldapp.prints.weekly import report_sheet
from fieldapp.store.tables import FeedRow
from tests.laptop.conftest import world as world
from tests.laptop.laptop_world import HOUR_MS, NOON_MS, SUE, TEAM, World, opened
from tests.metrics.made import TZ, WEEK, at
from tests.prints.paper import printed

MONDAYS = ("2026-11-09", "2026-11-16")


def _metric(key: str = "place_mix", number: int = 15, **more: object) -> Metric:
    values: dict[str, object] = {
        "key": key, "number": number, "title": "Visits in the community", "definition": "Visits at home of all visits.",
        "as_of_ms": at("2026-11-23 12:00"), "source": "From the records on this laptop.",
        "figures": (Figure("In the community", Fraction(2, 3), "%", 12, "visits", "warning"), Figure("Nothing", None, "d", 0, "visits", "", "none counted")),
        "lines": (Line(Fraction(3, 4), "low end", "a study", unit="%"),),
        "series": (Series("In the community", tuple(Point(day, Fraction(n, 3), 6, at(f"{day} 00:00")) for n, day in enumerate(MONDAYS, 1)), "%"),),
        "behind": (Behind(client="c", words="Okafor, Ada"),),
    } | more  # fmt: skip
    return Metric(**values)  # type: ignore[arg-type]


def _read(
    metrics: list[Metric], scope: Scope = Scope("team", "t", "North"), over: Period = WEEK
) -> list[dict[str, str]]:
    told = csv_file.text(csv_file.rows(metrics, scope, over))
    assert told.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"), newline=""), strict=True))


def _sheet(metrics: list[Metric]) -> str:
    return text.make(report_sheet(metrics, "North", WEEK.name, "November 23, 12:00", "Printed by Sue Sato"))


def test_the_report_says_whose_when_each_number_with_its_definition_n_line_and_source() -> None:
    told = " ".join(_sheet([_metric()]).split())
    for words in (
        "North", "Week of 16 Nov", "Counted November 23, 12:00", "In the community: 67 %", "of 12 visits", "Visits at home of all visits.",
        "From the records on this laptop.", "75 %: low end (a study)", "Nothing: –", "none counted", "▲",
    ):  # fmt: skip
        assert words in told, words


def test_metrics_that_tell_people_apart_are_on_neither_paper_nor_table() -> None:
    apart = _metric("clients_per_clinician", 1, title="Per clinician", about_staff=True)
    assert "Per clinician" not in _sheet([apart, _metric()])
    assert {row["metric"] for row in _read([apart, _metric()])} == {"place_mix"}


def test_the_report_is_a_tagged_page_in_its_language_with_nothing_that_acts() -> None:
    read = printed(report_sheet([_metric()], "North", WEEK.name, "noon", "Printed"), "page")
    assert read.root["/Lang"] in ("en", "en-US")
    assert bool(read.root["/MarkInfo"]["/Marked"])
    assert read.reader.metadata is not None
    assert read.reader.metadata.title == "Weekly report"
    tags = [node.tag for node in read.tags()]
    assert tags.count("/H1") == 1
    assert "/Table" in tags
    assert {"/TH", "/TD"} <= set(tags)
    assert read.names() & {"/JS", "/JavaScript", "/OpenAction", "/URI", "/Launch", "/Annots"} == set()


def test_each_row_of_the_table_says_scope_time_and_number_that_parse_back() -> None:
    rows = _read([_metric()])
    assert {(row["scope"], row["from"], row["to"]) for row in rows} == {("North", "2026-11-16", "2026-11-22")}
    assert {row["as_of"] for row in rows} == {"2026-11-23T12:00-08:00"}
    figure, empty, first, second, line = rows
    assert (figure["what"], figure["value"], figure["unit"], figure["n"], figure["of"]) == (
        "figure",
        "66.6667",
        "%",
        "12",
        "visits",
    )
    assert (empty["value"], empty["words"]) == ("", "none counted")
    assert [(row["label"], row["value"]) for row in (first, second)] == [
        ("2026-11-09", "33.3333"),
        ("2026-11-16", "66.6667"),
    ]
    assert (line["what"], line["value"], line["words"]) == ("line", "75", "a study")


@given(st.fractions(-10_000, 10_000))
def test_a_number_in_the_table_is_the_number_to_four_places(number: Fraction) -> None:
    [row] = _read([_metric(figures=(Figure("f", number),), series=(), lines=())])
    assert abs(Fraction(row["value"]) - number) <= Fraction(1, 20_000)


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("http://x")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1",
        "  =1+1",
        "\n@x",
        "\ufeff=1",
        "\u200b=1",
        "\uff1d1+1",
    ],
)
def test_no_name_of_a_team_is_run_as_a_formula(name: str) -> None:
    rows = _read([_metric()], Scope("team", "t", name))
    assert len(rows) == 5
    for row in rows:
        assert not row["scope"].lstrip("\ufeff\u200b \t\r\n").startswith(("=", "+", "-", "@", "\uff1d"))


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=30), st.text(alphabet=",\"\r\n'=;ab", max_size=12)
)
def test_whatever_words_there_are_the_table_keeps_its_shape(scope: str, label: str) -> None:
    table = csv_file.rows([_metric(figures=(Figure(label, Fraction(7)),))], Scope("team", "t", scope), WEEK)
    told = csv_file.text(table).removeprefix("\ufeff")
    assert told.endswith("\r\n")
    again = list(csv.reader(io.StringIO(told, newline=""), strict=True))
    assert [len(row) for row in again] == [len(csv_file.HEAD)] * len(table)
    assert told.count("\n") == told.count("\r\n") == len(table)


def test_small_groups_are_hidden_on_paper_and_in_the_table() -> None:
    small = for_paper(
        _metric("safety_plans", 10, figures=(Figure("Without a plan", Fraction(3), "", 40, "clients at risk", "error"),), series=(), lines=()), 5
    )  # fmt: skip
    [row] = _read([small])
    assert (row["value"], row["flag"]) == ("", "")
    assert "fewer than 5" in row["words"]
    told = _sheet([small])
    assert "fewer than 5" in told
    assert "Without a plan: 3" not in told


def test_a_real_report_names_no_client_in_any_form(world: World) -> None:
    for name in ("Okafor, Ada", "Lindqvist, Sam"):
        client = world.client(name)
        world.contact(client, name, start_ms=NOON_MS - 30 * HOUR_MS, note_required=True)
    sue = world.laptop(SUE)
    with opened(sue).store.writing() as tx:
        for feed in ("org", f"team:{TEAM}", f"notes:{TEAM}"):
            tx.set_feed(FeedRow(name=feed, number=1, head="ab" * 32))
    ready = sue.print_sheet(Wanted("weekly_report", scope=Scope("team", TEAM, "North")))
    assert period(1, 1, NOON_MS, TZ).name in ready.sheet.subtitle
    for form in ("text", "csv"):
        told = made(ready.sheet, form, table=ready.table).data.decode()
        assert "North" in told
        assert not [word for word in ("Okafor", "Ada", "Lindqvist", "Sam ") if word in told]


@given(st.integers(-200_000, 200_000))
def test_a_number_said_in_words_is_rounded_as_by_hand(hundredths: int) -> None:
    number = Decimal(hundredths) / 100
    places = Decimal(1) if abs(number) >= 100 else Decimal("0.1")
    assert Decimal(digits(Fraction(hundredths, 100))) == number.quantize(places, ROUND_HALF_UP)
