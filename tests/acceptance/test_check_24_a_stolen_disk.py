"""Check 24: a disk without the passphrase yields no name and no word of a note."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.laptop.laptop import Laptop
from tests.acceptance.field import Field
from tests.acceptance.notes import begun
from tests.e2e.leaks import found_in
from tests.sync.sync_world import CHEAP, PASSPHRASE, POLICY

WORDS = {
    "last name": "Okafor-Quillfeather", "first name": "Adaeze Zaphodine", "street": "Wisteria Terrace",
    "note": "marigold and periwinkle", "draft": "a lighthouse nobody keeps", "plan": "walk to the estuary",
    "colleague": "Ana Alvarez", "team": "North Sound Outreach", "passphrase": PASSPHRASE,
}  # fmt: skip


def worked(field: Field) -> Laptop:
    """Return a laptop on which everything was written that may not be read."""
    rig = field.enrolled(WORDS["colleague"])
    client = rig.client(f"{WORDS['last name']}, {WORDS['first name']}")
    rig.change(client, {"name_to_use": WORDS["first name"]})
    rig.contact(client, WORDS["street"])
    rig.note(client, WORDS["note"])
    rig.plan(client, WORDS["plan"])
    field.agency.settle()
    laptop = field.laptop(rig)
    draft = begun(laptop, client)
    laptop.save_draft(draft.id, {**draft.values, "sections": {"narrative": WORDS["draft"]}}, "sections")
    laptop.backup()
    return laptop


def image_of(laptop: Laptop, folder: Path) -> Path:
    """Return a copy of everything that the laptop keeps, as a thief takes it."""
    shutil.copytree(laptop.folder, folder)
    return folder


def readable(image: Path) -> set[str]:
    """Return which of the words stand in names or bytes of an image."""
    allowed = {("team", "help.json")}  # crisis help opens before unlock and names the program, no client
    return {what for what, place in found_in(image, WORDS, {}) - allowed}


@pytest.mark.parametrize("state", ["in use", "locked"])
def test_check_24_no_name_and_no_word_of_a_note_is_on_the_disk(
    field: Field, tmp_path: Path, state: str
) -> None:
    laptop = worked(field)
    if state == "locked":
        laptop.lock()
    image = image_of(laptop, tmp_path / "image")
    assert len([path for path in image.rglob("*") if path.is_file()]) >= 4
    assert list(image.rglob("backups/*")), "the backups are searched too"
    assert readable(image) == set()


def test_check_24_the_search_would_find_what_it_looks_for(tmp_path: Path) -> None:
    for number, word in enumerate(WORDS.values()):
        (tmp_path / f"{number}").write_text(f"…{word}…")
    assert readable(tmp_path) == set(WORDS)


def test_check_24_the_image_opens_with_the_passphrase_alone(field: Field, tmp_path: Path) -> None:
    laptop = worked(field)
    laptop.lock()
    stolen = Laptop(image_of(laptop, tmp_path / "image"), clock=laptop.clock, vault_policy=POLICY, kdf=CHEAP)
    try:
        for guess in ("", " ", PASSPHRASE.upper(), PASSPHRASE[:-1], "password"):
            with pytest.raises(WrongPassphrase):
                stolen.unlock(guess)
            laptop.clock.move(ms=60_000)  # type: ignore[attr-defined]
        assert not stolen.unlocked
        assert readable(stolen.folder) == set(), "and trying leaves nothing behind either"
        stolen.unlock(PASSPHRASE)
        assert stolen.caseload()
    finally:
        stolen.close()
