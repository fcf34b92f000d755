"""A search through every byte that laptops and server leave on disk, running or not."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.e2e import acts, leaks
from tests.e2e.agency import CLINICIAN, NAMES, PASSPHRASE, SUPERVISOR, TECHNICIAN, Agency

CLIENT = "Schroeder"
WORDS = {
    "last name": "Koepp", "full first name": "Runolfsson", "street": "Lockman Row", "number": "E925B0F3-8006",
    "phone": "978-4581", "note": "marigold", "search index": "ferry", "plan": "Wilhelmina",
    "passphrase": PASSPHRASE, "draft": "periwinkle lighthouse",
}  # fmt: skip


@pytest.mark.parametrize(
    "form", [lambda w: w, str.upper, lambda w: base64.b64encode(b"xy" + w.encode() + b"z").decode()]
)
def test_the_search_finds_what_was_planted(form: object, tmp_path: Path) -> None:
    key = bytes(range(7, 39))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "log").write_text(f"……{form('periwinkle lighthouse')}……")  # type: ignore[operator]
    (tmp_path / "b").write_bytes(b"\xff" + key)
    (tmp_path / "c").write_text(key.hex().upper())
    found = leaks.found_in(tmp_path, {"draft": WORDS["draft"]}, {"key": key})
    assert found == {("draft", "a/log"), ("key", "b"), ("key", "c")}


@pytest.mark.tmux
def test_a_day_leaves_no_name_no_word_and_no_key_in_any_file(agency: Agency) -> None:
    keys: dict[str, bytes] = {}
    for who in NAMES:
        keys |= leaks.keys_of(agency, who)
    master = (agency.server / "keys" / "master.key").read_bytes()
    keys["master key"] = bytes.fromhex(master.decode().strip()) if len(master) > 32 else master
    assert len(keys["master key"]) == 32

    agency.serve()
    clinician = agency.app(CLINICIAN)
    acts.open_chart(clinician, "Koepp")
    acts.log_contact(clinician)
    clinician.type("1")
    acts.fill_note(clinician)
    acts.sign(clinician, "Sign this note")
    clinician.until("waits for co-sign")
    acts.make_plan(clinician)
    acts.sync(clinician)
    supervisor = agency.app(SUPERVISOR)
    acts.sync(supervisor)
    acts.review(supervisor, "DAP note")
    supervisor.until("marigold")
    acts.open_chart(clinician, "Hartmann")
    acts.start_note(clinician, WORDS["draft"])

    def found() -> set[tuple[str, str]]:
        # The typed commands' own output shows names on purpose; the test keeps it, not the app.
        names = {("last name", "said/commands.txt"), ("full first name", "said/commands.txt")}
        everything = leaks.found_in(agency.folder, WORDS, keys)
        return {
            (what, place)
            for what, place in everything - names
            if not (what == "master key" and place == "server/keys/master.key")
            and place != "said/commands.txt"
        }

    assert list(agency.folder.rglob("*-wal")), "nothing is searched while it is in use"
    assert found() == set()
    clinician.kill()
    clinician.wait()
    assert found() == set()
    supervisor.keys("C-q")
    assert supervisor.until_exit() == 0
    assert "fault" not in supervisor.screen()
    agency.close()
    assert found() == set()
    assert TECHNICIAN not in (agency.said / "server.log").read_text()
