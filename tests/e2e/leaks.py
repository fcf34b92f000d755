"""Looks for words and keys in every byte of every file of a folder, in the forms in which they could leak."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from fieldapp.crypto import vault
from fieldapp.laptop.vaults import Vaults
from fieldapp.store.store import Store
from tests.e2e.agency import PASSPHRASE, Agency

SHORTEST = 8


def forms_of_word(word: str) -> Iterator[bytes]:
    """Yield a word as it would stand in text, in UTF-16 and in base64 at each of its three offsets."""
    yield word.encode()
    yield word.encode("utf-16-le")
    for lead in range(3):
        coded = base64.b64encode(bytes(lead) + word.encode() + bytes(3))
        # Without the characters that depend on the neighbours; what is too short would be found by chance.
        sure = coded[(lead * 8 + 5) // 6 : (lead + len(word.encode())) * 8 // 6]
        if len(sure) >= SHORTEST:
            yield sure


def forms_of_key(key: bytes) -> Iterator[bytes]:
    """Yield a key raw, in hex and in both kinds of base64."""
    yield key
    yield key.hex().encode()
    yield key.hex().upper().encode()
    yield base64.b64encode(key).rstrip(b"=")
    yield base64.urlsafe_b64encode(key).rstrip(b"=")


def found_in(folder: Path, words: Mapping[str, str], keys: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Return (what, file) for each word or key that some file holds, in its name or its bytes."""
    wanted = [(what, form.lower()) for what, word in words.items() for form in forms_of_word(word)]
    raw = [(what, form) for what, key in keys.items() for form in forms_of_key(key)]
    found: set[tuple[str, str]] = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        held = path.name.encode()
        with contextlib.suppress(FileNotFoundError):
            held += b"\n" + path.read_bytes()
        low = held.lower()
        place = str(path.relative_to(folder))
        found |= {(what, place) for what, form in wanted if form in low}
        found |= {(what, place) for what, form in raw if form in held}
    return found


def keys_of(agency: Agency, who: str) -> dict[str, bytes]:
    """Return the secret keys of a person's laptop, which must not be in use."""
    place = Vaults(agency.laptop(who)).listed()[0]
    opened = vault.unlock(place.key_file, PASSPHRASE)
    try:
        keys = {f"{who} vault key": bytes(opened.vault_key.view())}
        for label in ("db", "header"):
            keys[f"{who} {label} key"] = opened.vault_key.derive(label)
    finally:
        opened.vault_key.wipe()
    store = Store.open(place.database, keys[f"{who} db key"])
    try:
        with store.reading() as rx:
            seed = rx.get_meta("identity")
    finally:
        store.close()
    assert seed is not None
    assert len(seed) == 32
    return keys | {f"{who} identity": seed}
