"""Paper leaves the laptop, and never without a line in the audit trail that says so first."""

from __future__ import annotations

from pathlib import Path

from fieldapp.errors import FieldappError
from fieldapp.prints.documents import OF_A_CLIENT, Wanted

from . import outlets
from .opened import Opened
from .printing import way_to


def hand_out(opened: Opened, wanted: Wanted, form: str, data: bytes, to: Path | None) -> str:
    """Write a file that must not exist yet, or send to the printer, and return what was done as a sentence.

    The audit trail has it before anything leaves, and again if it did not leave.

    Raises:
        UsageFailure: the file exists, or there is no printer.
        DiskFailure: it cannot be written.
    """
    what = "/".join(filter(None, (wanted.document, form, wanted.language, wanted.record)))
    where = "printer" if to is None else "file"
    client = wanted.client if wanted.document in OF_A_CLIENT else None
    with opened.writing() as work:
        way = way_to(work, wanted) if client else "team"
        work.tx.log("print", what, client, f"{where} {way}", work.device_ms)
    try:
        return outlets.send(data, form) if to is None else outlets.write(to, data)
    except FieldappError:
        with opened.writing() as work:
            work.tx.log("print", what, client, f"{where} failed", work.device_ms)
        raise
