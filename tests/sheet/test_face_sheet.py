"""The face sheet by keys alone: people, consents and alerts are added, changed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.envelope import instant
from fieldapp.records.ids import one_per
from fieldapp.screens.face_sheet import FaceSheetScreen, WhichKind
from fieldapp.screens.reason_ask import AskReason
from fieldapp.screens.sheet_form import SheetForm
from fieldapp.store.sheet_models import SheetLine
from fieldapp.widgets.text import CONTROL
from tests.app.hostile import LITERAL
from tests.forms.desk import (
    ADA,
    DANA,
    HOUR,
    NOW,
    PASSPHRASE,
    TOM,
    Desk,
    form,
    keys,
    make_app,
    settled,
    shown,
    top,
    typed,
    unlocked,
)

Make = Callable[..., Desk]
TODAY = "2026-11-22"


def person(desk: Desk, name: str, kind: str, client: str = ADA, **values: Any) -> str:
    """Store a related person; returns the record."""
    record = one_per(client, f"person {name}")
    desk.add("related_person", record, {"set": {"name": name, "kind": kind, **values}}, client=client)
    return record


def release(desk: Desk, who: str, client: str = ADA, **values: Any) -> str:
    """Store a release that is in order, changed as given; returns the record."""
    record = one_per(client, f"release {who} {len(values)}")
    said = {
        "kind": "roi_hipaa", "recipient": who, "what": ["attendance", "plan"], "purpose": "support", "since": "2026-01-02",
        "signed_on": "2026-01-02", "signature": "paper_wet_scan", "expires": "2027-01-01", "copy_given": True,
    }  # fmt: skip
    desk.add("consent", record, {"set": said | values}, client=client)
    return record


def land(app: Any, path: str, place: str = "") -> None:
    """Put the cursor into a field of the form on top."""
    field = form(app).field_at(path)
    assert field is not None
    field.land(place)


def at_work(desk: Desk) -> Laptop:
    """Return the desk's laptop, unlocked."""
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    return laptop


def lines_of(laptop: Laptop, kind: str, client: str = ADA) -> tuple[SheetLine, ...]:
    """Return one section of a face sheet."""
    return next(part.lines for part in laptop.face_sheet(client).sections if part.kind == kind)


def logged(laptop: Laptop, who: str, basis: str, client: str = ADA, **values: Any) -> str:
    """Log a talk in which somebody took part; returns the contact's record."""
    draft = laptop.start("contact", client, None, {
        "start": instant(NOW - HOUR), "stop": instant(NOW - HOUR + 900_000), "outcome": "completed", "modality": "phone",
        "contact_type": "housing_landlord", "note_required": False,
        "participants": {"p": {"who": who, "disclosure_basis": basis}}, **values,
    })  # fmt: skip
    laptop.submit(
        draft.id,
        overrides={problem.field: "Seen." for problem in laptop.problems(draft.id) if not problem.stops},
    )
    return draft.record


def test_people_say_whether_they_may_hear(desk_of: Make) -> None:
    desk = desk_of(DANA)
    person(desk, "Rosa Vega", "family")
    person(desk, "Ed Stone", "landlord")
    person(desk, "Dr. Yun", "pcp")
    person(desk, "Old Friend", "friend", former=True)
    release(desk, "Rosa Vega")
    laptop = at_work(desk)
    found = {line.title: line.mark_words for line in lines_of(laptop, "related_person")}
    assert found == {
        "Dr. Yun": "ALLOWED: They treat the client too: what they need for that.",
        "Ed Stone": "LISTEN ONLY: No release names them.",
        "Rosa Vega": "ALLOWED: Release of information, until 2027-01-01",
        "Old Friend": "",
    }


def test_check_15_landlord_call_without_release_only_listen_only_allowed(desk_of: Make) -> None:
    desk = desk_of(TOM)
    person(desk, "Ed Stone", "landlord")
    laptop = at_work(desk)
    for basis in ("roi", "tpo", "client_present_agreed"):
        with pytest.raises(NotReady) as refused:
            logged(laptop, "Ed Stone", basis)
        assert "Ed Stone: LISTEN ONLY: No release names them." in str(refused.value)
    logged(
        laptop,
        "Ed Stone",
        "listen_only",
        start=instant(NOW - 3 * HOUR),
        stop=instant(NOW - 3 * HOUR + 600_000),
    )
    assert lines_of(laptop, "disclosure") == ()


def test_what_was_told_is_logged_corrected_and_withdrawn_with_its_contact(desk_of: Make) -> None:
    desk = desk_of(TOM)
    landlord = person(desk, "Ed Stone", "landlord")
    consent = release(desk, "Ed Stone")
    laptop = at_work(desk)
    contact = logged(laptop, "ed stone", "roi")
    (line,) = lines_of(laptop, "disclosure")
    view = laptop.record(line.record)
    said = view.versions[-1].body["set"]
    assert (said["to"], said["related"], said["consent"], said["basis"]) == (
        "ed stone",
        landlord,
        consent,
        "roi",
    )
    assert "landlord" in line.words
    # The worker corrects who it was: the accounting follows.
    draft = laptop.start("contact", ADA, contact)
    laptop.save_draft(
        draft.id,
        {**draft.values, "participants": {"p": {"who": "Ed Stone", "disclosure_basis": "listen_only"}}},
        "",
    )
    laptop.submit(draft.id, overrides={}, reason="He only complained.")
    (line,) = lines_of(laptop, "disclosure")
    assert line.mark_words == "did not take place"


def test_a_contact_in_error_leaves_no_disclosure(desk_of: Make) -> None:
    desk = desk_of(TOM)
    release(desk, "Ed Stone")
    laptop = at_work(desk)
    contact = logged(laptop, "Ed Stone", "roi")
    laptop.mark_error(laptop.record(contact).versions[-1].entry, "Wrong client.")
    assert [line.mark_words for line in lines_of(laptop, "disclosure")] == ["did not take place"]


def test_a_revocation_holds_at_once(desk_of: Make) -> None:
    desk = desk_of(DANA)
    consent = release(desk, "Ed Stone")
    person(desk, "Ed Stone", "landlord")
    laptop = at_work(desk)
    laptop.revoke_consent(consent, "verbal")
    assert [line.mark_words for line in lines_of(laptop, "consent")] == [f"REVOKED {TODAY}"]
    (hearer,) = laptop.hearers(ADA, ["Ed Stone"])
    assert (hearer.answer.standing, hearer.answer.why) == (
        "listen_only",
        f"The release was revoked on {TODAY}.",
    )
    with pytest.raises(NotReady):
        logged(laptop, "Ed Stone", "roi")


async def test_a_release_is_written_with_the_client_by_keys(desk_of: Make) -> None:
    desk = desk_of(DANA)
    rosa = person(desk, "Rosa Vega", "family")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("chart", client=ADA)
        await settled(pilot)
        await keys(pilot, "i")
        assert top(app) is FaceSheetScreen
        await keys(pilot, "a")
        assert top(app) is WhichKind
        await keys(pilot, "3")
        assert top(app) is SheetForm, shown(app)
        await keys(pilot, "ctrl+s")
        assert "Choose what the client agrees to." in shown(app)
        await keys(pilot, "3")
        await typed(pilot, "rosa vega")
        await keys(pilot, "enter", "enter", "enter", "enter", "enter")
        await typed(pilot, "support")
        await keys(pilot, "enter", "1", "2", "enter", "tab", "tab")
        await typed(pilot, "+365")
        await keys(pilot, "enter", "enter", "1")
        land(app, "copy_given")
        await keys(pilot, "1", "ctrl+s")
        await settled(pilot)
        assert top(app) is FaceSheetScreen, shown(app)
        assert "ALLOWED: Release of information" in shown(app)
        (line,) = lines_of(laptop, "consent")
        said = laptop.record(line.record).versions[-1].body["set"]
    assert said["related"] == rosa
    assert (said["kind"], said["signature"], said["signed_on"]) == ("roi_hipaa", "paper_wet_scan", TODAY)


async def test_an_alert_is_added_confirmed_and_cleared_by_keys(desk_of: Make) -> None:
    desk = desk_of(TOM)
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("face_sheet", client=ADA)
        await settled(pilot)
        await keys(pilot, "a", "1")
        assert top(app) is SheetForm, shown(app)
        # A dog is a caution, two people required a stop, unless somebody says otherwise.
        await keys(pilot, "e", "ctrl+s")
        await settled(pilot)
        (line,) = lines_of(laptop, "alert")
        said = laptop.record(line.record).versions[-1].body["set"]
        assert (said["severity"], said["cls"], said["review_by"]) == ("stop", "home_safety", "2027-02-20")
        assert laptop.client_line(ADA).alerts
        await keys(pilot, "down", "down", "down")
        assert "Two people required" in shown(app)
        await keys(pilot, "y")
        await settled(pilot)
        assert "Confirmed." in shown(app)
        await keys(pilot, "x")
        assert top(app) is AskReason, shown(app)
        await typed(pilot, "The dog is gone.")
        await keys(pilot, "ctrl+s")
        await settled(pilot)
        assert laptop.client_line(ADA).alerts == ()


async def test_a_phone_is_changed_where_it_stands_and_hostile_names_stay_text(desk_of: Make) -> None:
    desk = desk_of(DANA)
    desk.add(
        "client",
        ADA,
        {"items": {"phones": {"a": {"number": "425-555-0100", "ok_to_text": True}}}},
        client=ADA,
    )
    person(desk, LITERAL, "friend")
    laptop = desk.opened()
    app = make_app(laptop)
    async with app.run_test(size=(80, 24)) as pilot:
        await unlocked(pilot)
        app.open("face_sheet", client=ADA)
        await settled(pilot)
        assert not CONTROL.search(shown(app).replace("\n", ""))
        await keys(pilot, "enter")
        assert top(app) is SheetForm
        land(app, "phones", "0:0:0")
        await keys(pilot, "end", "backspace", "9", "ctrl+s")
        await settled(pilot)
        said = laptop.record(ADA).versions[-1].body
    assert said == {"items": {"phones": {"a": {"number": "425-555-0109"}}}}
