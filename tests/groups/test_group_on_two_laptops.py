"""One grid that its facilitator filled in on two laptops: chosen or joined like any other form."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.records import group_rows
from fieldapp.records.joining import join
from fieldapp.records.kinds import KINDS
from tests.groups.circle import MEMBERS, SUMMARY, row, session
from tests.records.support import laws

KIND = KINDS["group_session"]


def test_each_laptops_lines_are_in_the_joined_grid_and_both_texts_stand() -> None:
    base: dict[str, Any] = {}
    here = session(
        rows={MEMBERS[0]: row(0), MEMBERS[1]: row(1, response="Spoke about the bus and the rain.")}
    )
    there = session(
        summary=f"{SUMMARY} It ended with the breathing round.",
        rows={
            MEMBERS[1]: row(1, response="Left the chair once and came back."),
            MEMBERS[2]: row(2, "no_show"),
        },
    )
    joined, kept = join(KIND, base, here, there)
    assert list(joined["rows"]) == [MEMBERS[0], MEMBERS[1], MEMBERS[2]]
    assert joined["rows"][MEMBERS[1]]["response"] == (
        "Spoke about the bus and the rain.\nLeft the chair once and came back."
    )
    assert joined["summary"] == there["summary"]
    assert kept == ()


def test_answers_that_contradict_each_other_stay_as_here_and_are_named() -> None:
    here = session(rows={MEMBERS[0]: row(0, "present")})
    there = session(rows={MEMBERS[0]: row(0, "late", minutes=20)})
    joined, kept = join(KIND, {}, here, there)
    assert joined["rows"][MEMBERS[0]]["attendance"] == "present"
    assert kept == ("rows",)


WAYS = st.sampled_from(["present", "late", "left_early", "no_show", "excused"])
GRIDS = st.dictionaries(st.sampled_from(MEMBERS[:4]), WAYS, max_size=4)


@given(GRIDS, GRIDS)
@laws(120)
def test_whatever_is_joined_can_be_opened_and_loses_nobody(
    mine: dict[str, str], other: dict[str, str]
) -> None:
    sides = [
        session(rows={client: row(MEMBERS.index(client), there) for client, there in grid.items()})
        for grid in (mine, other)
    ]
    joined, _ = join(KIND, {}, *sides)
    rows = joined.get("rows") or {}
    assert group_rows.fits(rows)
    assert set(rows) == set(mine) | set(other)
    for client, there in mine.items():
        assert rows[client]["attendance"] == there


@given(GRIDS)
@laws(80)
def test_whatever_a_grid_becomes_is_of_its_kinds_and_about_one_client_each(grid: dict[str, str]) -> None:
    """The bodies that signing writes are taken by every laptop and the server."""
    values = session(rows={client: row(MEMBERS.index(client), there) for client, there in grid.items()})
    record = MEMBERS[11]
    found = list(group_rows.written(values, record))
    for kind, _, client, said in found:
        part = {"doc": said} if KINDS[kind].is_document else {"set": said}
        assert KINDS[kind].check_body("sign" if kind == "note" else "save", part) is None
        assert not [other for other in MEMBERS[:4] if other != client and other in str(said)]
    assert [client for kind, _, client, _ in found if kind == "contact"] == [
        client for client in sorted(grid, key=MEMBERS.index)
    ]
    assert {client for kind, _, client, _ in found if kind == "note"} == {
        client for client, there in grid.items() if there in ("present", "late", "left_early")
    }
    own = group_rows.session_values(values)
    assert KIND.check_body("sign", {"doc": own}) is None
    assert not [client for client in MEMBERS[:4] if client in str(own)]
