"""Which draft of a session is filled in, and with whom: one that was begun, a correction, or a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..records.group_rows import ROWS, ordered
from .contact_rules import start_of
from .group_rules import new_rows

if TYPE_CHECKING:
    from ..store.group_models import GroupDesk, GroupMember
    from ..store.models import Draft
    from .base import Host

KIND = "group_session"


@dataclass(frozen=True, slots=True)
class GroupWanted:
    """What the screen was opened with."""

    team: str = ""
    group: str = ""
    record: str | None = None
    draft: str | None = None
    like: str = ""
    """A session that is repeated."""
    same_as: str = ""
    """The session before it, whose people stay."""


@dataclass(frozen=True, slots=True)
class GroupBegun:
    """What the screen shows."""

    draft: Draft
    desk: GroupDesk
    members: dict[str, GroupMember] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


async def begin(host: Host, wanted: GroupWanted) -> GroupBegun:
    """Return the draft to fill in; a session that was begun for the same group is gone on with."""
    laptop = host.laptop
    if wanted.draft is not None:
        return await _opened(host, await host.ask(laptop.draft, wanted.draft))
    if wanted.record is not None:
        return await _opened(host, await host.ask(laptop.start, KIND, None, wanted.record))
    team = wanted.team or host.me.team or next(iter(host.me.teams), "")
    if wanted.group:
        drafts = await host.ask(laptop.drafts)
        # What stands here twice is chosen or joined from a list; here it goes on as on this laptop.
        copies = {there.id for _, there in await host.ask(laptop.drafts_side_by_side)}
        for one in (draft for draft in drafts if draft.id not in copies):
            said = (one.kind, one.values.get("team"), one.values.get("group"))
            if said == (KIND, team, wanted.group) and not one.prev:
                return await _opened(host, one)
    start = await host.ask(laptop.group_start, team, wanted.group, wanted.like, wanted.same_as)
    values = dict(start.values) | {ROWS: new_rows(start.members)}
    draft = await host.ask(laptop.start, KIND, None, None, values)
    desk = await host.ask(laptop.group_desk, team, wanted.group)
    return GroupBegun(draft, desk, {one.client: one for one in start.members}, start.left_out)


async def _opened(host: Host, draft: Draft) -> GroupBegun:
    team, group = str(draft.values.get("team") or host.me.team), str(draft.values.get("group") or "")
    desk = await host.ask(host.laptop.group_desk, team, group)
    clients = [client for client, _ in ordered(draft.values)]
    at = start_of(draft.values)
    found = await host.ask(
        host.laptop.group_members, clients, group, host.corrected_ms() if at is None else at
    )
    return GroupBegun(draft, desk, {one.client: one for one in found})
