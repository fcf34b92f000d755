"""What a credential stops and warns of on a laptop: signing, co-signing, settling, and the line on Today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.ids import one_per
from fieldapp.records.kind import DOC
from tests.laptop.laptop_world import (
    ANA,
    BEN,
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    SUE,
    TIM,
    World,
    note_values,
    plan_values,
    uid,
)

EXPIRED = {"expires": "2026-11-22"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def changed(world: World, staff: str, credential: dict[str, Any], **fields: Any) -> None:
    """Change what the staff record says of somebody."""
    entry = next(entry for entry in world.shared if entry.envelope.id == staff)
    world.add(
        "staff", staff, {"set": fields, "items": {"credentials": {"c": credential}}}, who=uid("office"),
        prev=[entry.hash],
    )  # fmt: skip


def pending_note(world: World, client: str, who: str = TIM) -> str:
    """Add a note that waits for a supervisor; returns its entry."""
    start_ms = NOON_MS - 3 * HOUR_MS
    body = {DOC: note_values(world.contact(client, "visit", start_ms=start_ms, who=who), start_ms),
            "cosign_required": "supervisor"}  # fmt: skip
    return world.add(
        "note", uid("note"), body, client=client, who=who, meaning="sign", at_ms=NOON_MS - HOUR_MS
    ).hash


def sign_a_note(laptop: Laptop, client: str, _: str = "") -> None:
    values = note_values("", NOON_MS - 2 * HOUR_MS)
    del values["contact"]
    laptop.submit(laptop.start("note", client, None, values).id)


def settle_a_plan(laptop: Laptop, client: str, _: str) -> None:
    laptop.settle(one_per(client, "safety_plan"), DOC, plan_values(alone=["Both"]))


def sign_the_risk(laptop: Laptop, client: str, _: str) -> None:
    laptop.sign_risk(client, "low", "Talked it through with her.", [])


def co_sign(laptop: Laptop, _: str, entry: str) -> None:
    laptop.cosign(entry)


ACTS: dict[str, Callable[[Laptop, str, str], None]] = {
    "sign": sign_a_note, "settle": settle_a_plan, "risk": sign_the_risk, "cosign": co_sign,
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("credential", [EXPIRED, {"expires": "2026-11-23"}], ids=["expired", "last day"])
def test_check_08_an_expired_credential_stops_whatever_is_attested_with_one_sentence(
    world: World, act: str, credential: dict[str, str]
) -> None:
    client = world.client("Okafor, Ada")
    waits = pending_note(world, client)
    for name in ("one", "two"):
        world.add("safety_plan", one_per(client, "safety_plan"), {DOC: plan_values(alone=[name])}, client=client,
                  meaning="sign", at_ms=NOON_MS - DAY_MS)  # fmt: skip
    changed(world, SUE, credential)
    laptop = world.laptop(SUE)
    if credential is not EXPIRED:
        ACTS[act](laptop, client, waits)
        return
    with pytest.raises(NotReady) as refused:
        ACTS[act](laptop, client, waits)
    assert refused.value.sentence.startswith(
        "Your credential LICSW expired on 2026-11-22: you can save drafts"
    )


def test_an_associate_who_supervises_co_signs_no_note_and_says_who_does(world: World) -> None:
    client = world.client("Okafor, Ada")
    waits = pending_note(world, client)
    changed(world, SUE, {"code": "LMHCA"})
    laptop = world.laptop(SUE)
    with pytest.raises(NotReady, match="a supervisor with a full licence co-signs this"):
        laptop.cosign(waits)
    assert waits in [line.entry for line in laptop.review()], "it still waits, and somebody sees that"


def test_a_credential_that_does_not_sign_notes_keeps_the_draft(world: World) -> None:
    client = world.client("Okafor, Ada")
    changed(world, ANA, {"may_sign": ["contact", "crisis"]})
    laptop = world.laptop(ANA)
    with pytest.raises(NotReady, match=r"Your credential \(LMHC\) does not sign this kind of record"):
        sign_a_note(laptop, client)
    assert [draft.kind for draft in laptop.drafts()] == ["note"]


def test_a_medical_visit_is_signed_by_a_prescriber_only(world: World) -> None:
    client = world.client("Okafor, Ada")
    laptop = world.laptop(ANA)
    values = note_values("", NOON_MS - HOUR_MS, format="med_visit")
    draft = laptop.start(
        "note", client, None, {name: value for name, value in values.items() if name != "contact"}
    )
    assert any("prescriber's note" in one.sentence and one.stops for one in laptop.problems(draft.id))


def lines(world: World, staff: str) -> list[tuple[str, str, bool]]:
    """Return what Today says of credentials: whose, what, whether it is urgent."""
    return [
        (line.name, line.what, line.late)
        for line in world.laptop(staff).today().due
        if line.kind == "credential"
    ]


@pytest.mark.parametrize(
    ("expires", "said", "urgent"),
    [
        ("2027-01-23", "", False),  # 61 days
        ("2027-01-22", "Credential AAC expires in 60 days (2027-01-22): renew it", False),
        ("2026-12-23", "Credential AAC expires in 30 days (2026-12-23): renew it", False),
        ("2026-12-01", "Credential AAC expires in 8 days (2026-12-01): renew it", False),
        ("2026-11-30", "Credential AAC expires in 7 days (2026-11-30): renew it", True),
        ("2026-11-23", "Credential AAC expires today (2026-11-23): renew it", True),
        ("2026-11-22", "Credential AAC expired on 2026-11-22: no signing until the renewal is entered", True),
    ],
)
def test_today_of_the_person_and_of_the_supervisor_warns_from_sixty_days_on(
    world: World, expires: str, said: str, urgent: bool
) -> None:
    changed(world, TIM, {"expires": expires})
    expected = [said] if said else []
    assert lines(world, TIM) == [("You", what, urgent) for what in expected]
    assert lines(world, SUE) == [("Tim Tran", what, urgent) for what in expected]
    assert lines(world, ANA) == []


def test_a_named_supervisor_is_told_and_not_the_teams(world: World) -> None:
    changed(world, TIM, {"expires": "2026-12-01"}, supervisor=BEN)
    assert [name for name, _, _ in lines(world, BEN)] == ["Tim Tran"]
    assert lines(world, SUE) == []


def test_who_has_left_needs_no_renewal(world: World) -> None:
    changed(world, TIM, {"expires": "2026-12-01"}, left_on="2026-11-20")
    assert lines(world, SUE) == []
