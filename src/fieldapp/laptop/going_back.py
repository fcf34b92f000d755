"""Going back to an older backup on request, while the data is whole: it says first what would be missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fieldapp.crypto import disk
from fieldapp.errors import UsageFailure
from fieldapp.store import backup, older
from fieldapp.store.older import OnlyHere

from .vaults import VaultPlace


class Unconfirmed(UsageFailure):
    """Unsent work is not in the backup, and nobody has said yes to that."""

    def __init__(self, missing: OnlyHere | None) -> None:
        super().__init__(
            "The present data does not open, so nobody can say what of it was never sent. It would be kept aside; "
            "nothing was changed. Give --yes to go on."
            if missing is None
            else f"{_counted(missing)} of the present data were never sent and are not in this backup. They would be "
            "kept aside, out of sight; nothing was changed. Send first, or give --yes to go on."
        )
        self.missing = missing


@dataclass(frozen=True, slots=True)
class WentBack:
    """What was put in place."""

    backup: Path
    aside: Path | None
    """Where the present data is kept; it opens with the same passphrase and can be put back the same way."""
    missing: OnlyHere | None
    """What of it was never sent and is not in the backup; None when it does not open."""


def go_back(place: VaultPlace, key: bytes, copy: Path | None, now_ms: int, *, confirmed: bool) -> WentBack:
    """Put a backup in the place of a vault's data; the caller holds the vault.

    Raises Unconfirmed, UsageFailure, DataDamaged, DiskFailure; then nothing was changed.

    Args:
        copy: None for the newest of the vault's own.
    """
    chosen = copy or next(iter(backup.listed(place.backups)), None)
    if chosen is None:
        raise UsageFailure("There is no backup here yet: name one with --from, or run `fieldapp backup`.")
    prepared = place.database.with_name(f"{place.database.name}.restoring")
    disk.remove_database(prepared)
    try:
        older.prepare(chosen, prepared, key)
        missing = older.only_here(place.database, prepared, key)
        if not confirmed and (missing is None or missing.entries or missing.drafts):
            raise Unconfirmed(missing)
        older.begin_series(prepared, key, now_ms)
        stamp = datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%dT%H%M%SZ")
        return WentBack(chosen, older.put_in_place(place.database, prepared, stamp), missing)
    finally:
        disk.remove_database(prepared)


def _counted(missing: OnlyHere) -> str:
    entries = f"{missing.entries} entries" if missing.entries != 1 else "1 entry"
    drafts = f"{missing.drafts} drafts" if missing.drafts != 1 else "1 draft"
    return " and ".join(
        words for words, count in ((entries, missing.entries), (drafts, missing.drafts)) if count
    )
