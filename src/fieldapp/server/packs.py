"""Packs on the server: what is loaded, loading another, taking one out of use. All of it are entries of the organisation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from fieldapp.errors import UsageFailure
from fieldapp.records.envelope import Entry
from fieldapp.records.fold import View, project
from fieldapp.records.ids import uuid7
from fieldapp.records.kinds import KINDS
from fieldapp.records.packs import Content, Part, part_of, split, whole

from .service import Server
from .speaker import Statement, administrator, say
from .tables import entry

_KIND = KINDS["pack_part"]
_NAMES = ("pack", "version", "part", "of", "sha256", "content", "withdrawn")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One version of a pack that was loaded."""

    pack: str
    version: str
    sha256: str
    state: str
    """in force, replaced, withdrawn, or why it cannot be used."""
    content: Content | None = None


def _views(server: Server) -> list[View]:
    """Return the parts in the order in which laptops add them."""
    with server.database.reading() as rx:
        rows = rx.execute(select(entry).where(entry.c.kind == _KIND.name)).all()
        found = server.seals.sound(rx, rows)
    by_record: dict[str, list[Entry]] = {}
    for one in found:
        by_record.setdefault(one.envelope.id, []).append(one)
    views = [project(_KIND, known) for known in by_record.values()]
    return sorted((view for view in views if not view.in_error), key=lambda view: (view.first_ms, view.id))


def parts(server: Server) -> tuple[Part, ...]:
    """Return the parts of all packs as laptops read them."""
    return tuple(part_of({name: view.get(name) for name in _NAMES}) for view in _views(server))


def loaded(server: Server) -> tuple[Loaded, ...]:
    """Return every version of every pack, in the order in which they were loaded."""
    here = parts(server)
    names = {one.sha256: (one.pack, one.version) for one in here}
    gone = {one.sha256 for one in here if one.withdrawn}
    found = list(whole(here))
    latest = {content.pack: sha256 for content, sha256, _ in found if content is not None}
    lines = []
    for content, sha256, problem in found:
        state = "withdrawn" if sha256 in gone else problem
        if content is not None:
            state = "in force" if latest[content.pack] == sha256 else "replaced"
        lines.append(Loaded(*names[sha256], sha256, state, content))
    return tuple(lines)


def in_force(server: Server, pack: str) -> Loaded | None:
    """Return the version of a pack that is in force."""
    return next((one for one in loaded(server) if one.pack == pack and one.state == "in force"), None)


def load_pack(server: Server, text: str) -> int:
    """Sign the parts of a pack in the administrator's name; returns how many; raises BadPack, UsageFailure.

    A version that is here is never loaded again: laptops tell versions apart by what they hold.
    """
    pieces = split(text)
    pack, version = pieces[0]["pack"], pieces[0]["version"]
    for one in loaded(server):
        if (one.pack, one.version) == (pack, version) or one.sha256 == pieces[0]["sha256"]:
            raise UsageFailure(
                f"{one.pack} {one.version} was loaded before; a correction or another try is a new version."
            )
    _say(server, [Statement(_KIND.name, uuid7(server.now_ms()), {"set": piece}) for piece in pieces])
    return len(pieces)


def withdraw(server: Server, pack: str, version: str) -> None:
    """Take one version of a pack out of use on every laptop; raises UsageFailure."""
    views = [v for v in _views(server) if (v.get("pack"), v.get("version")) == (pack, version)]
    if not views:
        raise UsageFailure(f"There is no {pack} {version} here; list the packs first.")
    if any(view.get("withdrawn") for view in views):
        raise UsageFailure(f"{pack} {version} was withdrawn before.")
    body = {"set": {"withdrawn": True}}
    _say(server, [Statement(_KIND.name, view.id, body, prev=tuple(view.heads)) for view in views])


def _say(server: Server, statements: list[Statement]) -> None:
    dk = server.seals.current()
    server.database.run(lambda tx: say(server, tx, administrator(server, server.roster(tx)), statements, dk))
