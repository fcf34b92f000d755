"""Carrying out acts: every one is signed by its author's own laptop and travels through the real server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fieldapp.clinical.coding import coded
from fieldapp.clinical.group_entry import coded_row
from fieldapp.errors import DataDamaged
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.failures import NotReady
from fieldapp.laptop.laptop import Laptop
from fieldapp.records.canonical import Json
from fieldapp.records.ids import one_per

from .acts import Act
from .away import filled

Progress = Callable[[str, int, int], None]
"""What is done, how much of it, of how much."""
WEEK_MS = 7 * 86_400_000
_WHY = "Visits here follow the same order on purpose; wording checked."


class Runner:
    """Writes acts in the order of time, and sends and receives when one needs what another wrote."""

    def __init__(
        self, laptops: Mapping[str, Laptop], ids: Mapping[str, str], clock: HeldClock, passphrase: str
    ) -> None:
        """Take unlocked laptops by author, and ids by `@kind:code` name."""
        self._laptops = laptops
        self._ids = dict(ids)
        self._clock = clock
        self._passphrase = passphrase
        self._count = 0
        self._written: dict[str, tuple[str, int]] = {}
        """Record name to who wrote it last, and as which act."""
        self._sent: dict[str, int] = dict.fromkeys(laptops, 0)
        """Author to the number of acts when they last sent."""
        self._last: dict[str, int] = dict.fromkeys(laptops, 0)
        """Author to the number of their last act."""
        self._seen: dict[str, dict[str, int]] = {author: {} for author in laptops}
        """Author to what the others had sent when they last received."""
        self.asked = 0
        """How many forms asked for a reason that the demo gave."""

    def run(self, acts: Iterable[Act], on_progress: Progress = lambda what, done, of: None) -> None:
        """Carry out all acts; everybody sends at least weekly and at the end."""
        todo = list(acts)
        week = todo[0].at_ms // WEEK_MS if todo else 0
        for number, act in enumerate(todo, 1):
            if act.at_ms // WEEK_MS != week:
                week = act.at_ms // WEEK_MS
                self._send_all()
            self._clock.at_ms = max(self._clock.at_ms, act.at_ms)
            if not act.blind:
                self._catch_up(act)
            self._carry_out(act)
            self._count += 1
            self._written[act.record] = (act.author, self._count)
            self._last[act.author] = self._count
            if number % 10 == 0 or number == len(todo):
                on_progress("Writing eight weeks of work", number, len(todo))
        self._send_all()

    def receive(self, authors: Iterable[str]) -> None:
        """Bring some laptops up to date."""
        for author in authors:
            self._sync(author)

    def _send_all(self) -> None:
        """Let every laptop that has something to send do so."""
        for author in self._laptops:
            if self._sent[author] < self._last[author]:
                self._sync(author)

    def _sync(self, author: str) -> None:
        status = self._laptops[author].sync()
        if status.message:
            raise DataDamaged(f"The demo's server did not take everything: {status.message}")
        self._sent[author] = self._count
        self._seen[author] = dict(self._sent)

    def _catch_up(self, act: Act) -> None:
        """Send what the act builds on from its author's laptop, and receive it here."""
        for name in {act.record, act.client, *act.needs, *_names(act.values)} & self._written.keys():
            writer, number = self._written[name]
            if writer == act.author or self._seen[act.author].get(writer, 0) >= number:
                continue
            if self._sent[writer] < number:
                self._sync(writer)
            self._sync(act.author)

    def _carry_out(self, act: Act) -> None:
        laptop = self._laptops[act.author]
        if act.deed in ("cosign", "return", "stays"):
            self._review(laptop, act)
            return
        client = self._ids[f"@record:{act.client}"] if act.client and act.kind != "client" else None
        if act.deed == "risk":
            self._prove(laptop)
            considered = [
                version.entry for version in laptop.record(self._ids[f"@record:{act.record}"]).versions
            ]
            level, reason = act.values["level"], act.values["reason"]
            laptop.sign_risk(client or "", level, reason, considered, act.values["next_review"])
            return
        if act.deed == "flags":
            laptop.ask_red_flags(client or "", act.values["answers"], act.values["remark"])
            return
        known = self._ids.get(f"@record:{act.record}")
        values = self._resolved(act.values)
        if act.kind == "discharge":
            values = filled(laptop.discharge_start(client or "").values, values)
        if act.kind == "contact" and values.get("start"):
            values = coded(values, laptop.coding(client or ""))
        meaning = "sign" if act.deed == "attest" else None
        draft = laptop.start(act.kind, client, known, values if known is None else None, meaning)
        merged = _merged(draft.values, values)
        if act.kind == "group_session":
            merged = self._grid(laptop, draft.record, merged)
        if merged != dict(draft.values) or act.deed == "draft":
            laptop.save_draft(draft.id, merged, "sections.data" if act.deed == "draft" else "")
        self._ids[f"@record:{act.record}"] = draft.record
        if act.deed == "draft":
            return
        if draft.meaning != "save":
            self._prove(laptop)
        try:
            laptop.submit(draft.id)
        except NotReady as refusal:
            # What stops a signature is a fault of the demo; the rest is answered as a person would.
            laptop.submit(draft.id, overrides={problem.field: _WHY for problem in refusal.problems})
            self.asked += 1
        if act.kind == "note" and (act.values.get("risk_block") or {}).get("answer") == "present":
            risk = act.client.replace("client:", "risk:")
            self._ids[f"@record:{risk}"] = one_per(client or "", "risk")
            self._written[risk] = (act.author, self._count + 1)

    def _grid(self, laptop: Laptop, record: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a session with its grid by the ids of its people, each line with its service code."""
        leading = values.get("facilitators") or ()
        names = laptop.group_desk(str(values["team"]), str(values.get("group") or "")).leaders
        rows = {}
        for name, row in (values.get("rows") or {}).items():
            client = self._ids[f"@record:{name}"]
            rows[client] = coded_row(values, row, record, client, laptop.coding(client))
        return {**values, "rows": rows, "leaders": [names.get(one, "") for one in leading]}

    def _review(self, laptop: Laptop, act: Act) -> None:
        read = laptop.record(self._ids[f"@record:{act.record}"])
        entry = next(version.entry for version in read.versions if version.leaf)
        if act.deed == "return":
            laptop.send_back(entry, act.reason)
        elif act.deed == "stays":
            self._prove(laptop)
            laptop.review_goals(entry, act.values["text"], act.values["next_due"])
        else:
            self._prove(laptop)
            laptop.cosign(entry)

    def _prove(self, laptop: Laptop) -> None:
        if laptop.needs_reauth:
            laptop.reauthenticate(self._passphrase)

    def _resolved(self, value: Any) -> Json:
        if isinstance(value, str):
            return self._ids[value] if value.startswith("@") else value
        if isinstance(value, Mapping):
            return {key: self._resolved(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._resolved(inner) for inner in value]
        return value


def _merged(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a form's values with those of an act written over them; items of lists field by field."""
    found = dict(base)
    for name, value in values.items():
        before = found.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            found[name] = _merged(before, value)
        else:
            found[name] = value
    return found


def _names(value: Any) -> set[str]:
    """Return the names of records that values refer to."""
    if isinstance(value, str):
        return {value.removeprefix("@record:")} if value.startswith("@record:") else set()
    if isinstance(value, Mapping):
        return {name for inner in value.values() for name in _names(inner)}
    return set()
