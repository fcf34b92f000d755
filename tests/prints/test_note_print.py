"""A progress note on paper: the original first, three dates, who signed and co-signed, and all that was added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.errors import UsageFailure
from fieldapp.laptop import outlets
from fieldapp.laptop.failures import NotAllowed
from fieldapp.prints import text
from fieldapp.prints.documents import Wanted, made
from fieldapp.prints.note import Added, NotePaper, Signed, note_sheet
from fieldapp.prints.sheet import Sheet, tidy
from fieldapp.records.envelope import Entry
from fieldapp.records.kind import DOC
from tests.laptop.laptop_world import (
    ANA,
    DAY_MS,
    HOUR_MS,
    NOON_MS,
    SUE,
    TIM,
    World,
    give,
    note_values,
    opened,
    uid,
)
from tests.prints.paper import printed
from tests.prints.test_pdf_is_safe_and_accessible import ACTING, HOSTILE, seen

NOTE = uid("the note")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made_world = World(tmp_path)
    yield made_world
    made_world.close()


def signed(
    world: World, client: str, *, who: str = TIM, ago_ms: int = 3 * HOUR_MS, waits: bool = True, **doc: Any
) -> Entry:
    """Add a note that was signed an hour after its service."""
    start_ms = NOON_MS - ago_ms - HOUR_MS
    contact = world.contact(client, "visit", start_ms=start_ms, who=who)
    body: dict[str, Any] = {DOC: note_values(contact, start_ms, **doc)}
    if waits:
        body["cosign_required"] = "supervisor"
    return world.add("note", NOTE, body, client=client, who=who, meaning="sign", at_ms=NOON_MS - ago_ms)


def said_of(world: World, client: str, who: str = ANA) -> str:
    """Return the paper as plain text with one space for every gap."""
    sheet = world.laptop(who).print_sheet(Wanted("note", client, record=NOTE)).sheet
    return " ".join(text.make(sheet).split())


def test_a_note_says_whose_it_is_its_three_dates_and_that_it_is_not_co_signed_yet(world: World) -> None:
    client = world.client("Okafor, Ada", dob="1984-03-09", mrn="4001", name_to_use="Addie")
    world.add("organisation", uid("org"), {"set": {"name": "Harbor Agency"}}, who=uid("office"))
    signed(world, client)
    said = said_of(world, client)
    for part in (
        "CONFIDENTIAL health record", "Progress note: Okafor, Ada", "Born: 1984-03-09", "MRN: 4001",
        "Agency: Harbor Agency, Community IOP", "Contact: Individual counseling, In person, Home",
        "Service: Mon 23 Nov 2026 08:00-08:45 (45 min) PST", "Entry: Mon 23 Nov 2026 09:00 PST",
        "Signature: Mon 23 Nov 2026 09:00 PST", "Data: what was seen and said", "spoke of sleep and of the neighbours",
        "Asked and denied",
        "Electronically signed by the author: Tim Tran, AAC (Mental health technician), Mon 23 Nov 2026 09:00 PST",
        "NOT YET CO-SIGNED: a supervisor has to.", "Printed November 23, 2026 12:00 by Ana Alvarez, LMHC",
    ):  # fmt: skip
        assert part in said, part
    for absent in ("LATE ENTRY", "ENTERED IN ERROR", "42 CFR", "Correction"):
        assert absent not in said, absent


def test_a_late_note_says_so_with_three_dates_and_why(world: World) -> None:
    client = world.client("Okafor, Ada")
    start_ms = NOON_MS - 5 * DAY_MS
    contact = world.contact(client, "visit", start_ms=start_ms)
    doc = note_values(contact, start_ms, late_reason="I was ill for three days.")
    world.add("note", NOTE, {DOC: doc}, client=client, meaning="sign", at_ms=NOON_MS - HOUR_MS)
    said = said_of(world, client)
    assert (
        "LATE ENTRY: service Wed 18 Nov 2026 12:00-12:45 (45 min) PST, entry Mon 23 Nov 2026 11:00 PST, "
        "signature Mon 23 Nov 2026 11:00 PST"
    ) in said
    assert "I was ill for three days." in said


def test_check_06_the_original_prints_first_and_corrections_and_additions_follow_in_their_order(
    world: World,
) -> None:
    client = world.client("Okafor, Ada")
    first = signed(world, client, who=ANA, waits=False)
    contact = uid("visit")
    sections = {
        "data": "THE CORRECTED WORDS of this visit.",
        "assessment": "As before, no change.",
        "plan": "As before.",
    }
    second = world.add(
        "note", NOTE, {DOC: note_values(contact, NOON_MS - 4 * HOUR_MS, sections=sections), "reason": "Wrong street"},
        client=client, meaning="amend", prev=[first.hash], at_ms=NOON_MS - 2 * HOUR_MS,
    )  # fmt: skip
    for about, words, hours in ((first, "FIRST ADDENDUM", 1.5), (second, "SECOND ADDENDUM", 1)):
        world.add(
            "note", NOTE, {"text": words}, client=client, who=SUE, meaning="addendum", about=about.hash,
            at_ms=NOON_MS - round(hours * HOUR_MS),
        )  # fmt: skip
    said = said_of(world, client)
    order = [
        "Note as it was signed first", "An earlier version: a correction follows", "spoke of sleep",
        "Addendum: Sue Sato, LICSW, Mon 23 Nov 2026 10:30 PST", "FIRST ADDENDUM", "Correction 1",
        "Why it was corrected: Wrong street", "THE CORRECTED WORDS",
        "Electronically correction, signed by the author: Ana Alvarez, LMHC (Master clinician), Mon 23 Nov 2026 10:00 PST",
        "SECOND ADDENDUM",
    ]  # fmt: skip
    places = [said.index(part) for part in order]
    assert places == sorted(places)


def test_co_sign_return_and_error_stand_with_names_and_times_and_every_page_says_the_error(
    world: World,
) -> None:
    client = world.client("Okafor, Ada")
    note = signed(world, client)
    taken = world.add(
        "note",
        NOTE,
        {},
        client=client,
        who=SUE,
        meaning="cosign",
        about=note.hash,
        at_ms=NOON_MS - 2 * HOUR_MS,
    )
    laptop = world.laptop(ANA)

    def now() -> str:
        return " ".join(text.make(laptop.print_sheet(Wanted("note", client, record=NOTE)).sheet).split())

    assert "Electronically co-signed (review): Sue Sato, LICSW, Mon 23 Nov 2026 10:00 PST" in now()
    assert "NOT YET" not in now()
    give(laptop, [
        world.scribe.entry("note", NOTE, {"reason": "Looked too fast"}, client=client, who=SUE, meaning="error",
                           about=taken.hash, at_ms=NOON_MS - HOUR_MS),
        world.scribe.entry("note", NOTE, {"reason": "Name the risk"}, client=client, who=SUE, meaning="return",
                           about=note.hash, at_ms=NOON_MS - HOUR_MS + 1),
    ])  # fmt: skip
    assert "NOT YET CO-SIGNED" in now()
    assert "Returned to its author: Sue Sato, LICSW, Mon 23 Nov 2026 11:00 PST Name the risk" in now()
    assert "Taken back: Sue Sato, LICSW, Mon 23 Nov 2026 11:00 PST Looked too fast" in now()
    give(laptop, [world.scribe.entry("note", NOTE, {"reason": "Wrong client"}, client=client, who=TIM,
                                     meaning="error", about=note.hash, at_ms=NOON_MS)])  # fmt: skip
    prepared = laptop.print_sheet(Wanted("note", client, record=NOTE))
    assert "every page says so" in " ".join(prepared.remarks)
    for page in text.make(prepared.sheet).split("\f"):
        assert page.startswith("ENTERED IN ERROR · CONFIDENTIAL")
    assert "[in error] Met at home" in now()
    assert "Entered in error: Tim Tran, AAC, Mon 23 Nov 2026 12:00 PST Wrong client" in now()


@pytest.mark.parametrize(
    ("status", "noticed"), [("protected", True), ("pending", True), ("not_protected", False)]
)
def test_the_part_2_notice_stands_on_every_page_of_labelled_records_only(
    world: World, status: str, noticed: bool
) -> None:
    client = world.client("Okafor, Ada")
    world.add("episode", uid("second episode"), {"set": {"part2_status": status}}, client=client)
    signed(world, client, who=ANA, waits=False)
    sheet = world.laptop().print_sheet(Wanted("note", client, record=NOTE)).sheet
    for page in printed(sheet).reader.pages:
        assert ("42 CFR part 2 prohibits" in page.extract_text()) == noticed
        assert "Page 1 of 1" in page.extract_text()


def test_a_psychotherapy_note_never_prints_and_nothing_but_a_note_of_this_client_does(world: World) -> None:
    client, other = world.client("Okafor, Ada"), world.client("Berg, Lea")
    start_ms = NOON_MS - 4 * HOUR_MS
    walled = uid("walled note")
    for kind, record, doc in (
        ("psychotherapy_note", uid("apart"), {"on": "2026-11-20", "text": "SECRET WORDS"}),
        ("note", walled, note_values("", start_ms)),
    ):
        world.add(kind, record, {DOC: doc}, client=client, meaning="sign", sensitivity="psychotherapy")
    signed(world, client, who=ANA, waits=False)
    laptop = world.laptop()
    with pytest.raises(NotAllowed, match="never printed"):
        laptop.print_sheet(Wanted("note", client, record=walled))
    for wrong in (Wanted("note", client, record=uid("apart")), Wanted("note", other, record=NOTE),
                  Wanted("note", client, record=client)):  # fmt: skip
        with pytest.raises(UsageFailure):
            laptop.print_sheet(wrong)


def test_the_audit_trail_names_the_note_that_was_printed_and_no_word_of_it(
    world: World, tmp_path: Path
) -> None:
    client = world.client("Okafor, Ada")
    signed(world, client)
    laptop = world.laptop()
    wanted = Wanted("note", client, record=NOTE)
    finished = made(laptop.print_sheet(wanted).sheet, "page")
    laptop.print_out(wanted, "page", finished.data, tmp_path / "note.pdf")
    with opened(laptop).store.reading() as rx:
        found = [str(row) for row in rx.all("SELECT * FROM audit") if "print" in str(row)]
    assert len(found) == 1
    assert NOTE in found[0]
    assert "Ada" not in found[0]
    assert outlets.proposed("note", "page").endswith("progress-note.pdf")


def paper(words: str) -> Sheet:
    """Return a sheet with these words everywhere."""
    version = Signed(
        heading="Note", marks=[words], dates=[("Service", words)], body=[("Data", words), ("Plan", "plain")],
        signature=[words], added=[Added("Addendum", [words]), Added("Taken back", [words], struck=True)], struck=True,
    )  # fmt: skip
    return note_sheet(
        NotePaper("Okafor, Ada", [("Born", words)], [version], in_error=True, notice="Notice"), "Printed"
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_of_a_note_stay_words(hostile: str) -> None:
    read, usual = printed(paper(f"x{hostile}x")), printed(paper("xhellox"))
    assert read.names() & ACTING == set()
    kinds = {str(value.get("/Type")) for value in read.objects() if isinstance(value, dict)}
    assert kinds == {str(value.get("/Type")) for value in usual.objects() if isinstance(value, dict)}
    bodies = [seen(node.text) for node in read.tags() if node.tag == "/P"]
    assert seen(tidy(f"x{hostile}x")) in bodies
    plain = text.make(paper(hostile))
    assert not [letter for letter in plain if letter < " " and letter not in "\n\f"]


def test_headings_of_a_note_are_headings_for_a_screen_reader_and_its_title_names_nobody() -> None:
    read = printed(paper("words"))
    tags = [node for node in read.tags() if node.tag in ("/H1", "/H2", "/H3")]
    assert [node.tag for node in tags] == ["/H1", "/H2", "/H3", "/H3", "/H3", "/H3", "/H3"]
    assert [node.text for node in tags][1:] == ["Note", "Data", "Plan", "Signature", "Addendum", "Taken back"]
    assert read.reader.metadata is not None
    assert read.reader.metadata.title == "Progress note"
    assert "<pdfuaid:part>1</pdfuaid:part>" in read.described


def test_a_long_note_goes_over_pages_that_are_counted_and_loses_no_word() -> None:
    read = printed(paper("\n".join(f"word{number} " * 30 for number in range(60))))
    pages = [page.extract_text() for page in read.reader.pages]
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "ENTERED IN ERROR" in page
    assert " ".join(pages).split().count("word59") >= 30 * 4
