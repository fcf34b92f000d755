"""A client's risk as it is opened: the level in force, signals that nobody has weighed, what was signed before."""

from __future__ import annotations

from fieldapp.records.ids import one_per
from fieldapp.records.kinds import risk as kind

from ..models import RiskRead, RiskSignal, RiskSigned
from .lines import Asking
from .titles import title_of


def risk_read(asking: Asking, client: str) -> RiskRead:
    """Return the risk of a client; level none where nothing was ever said."""
    record = one_per(client, "risk")
    view = asking.rx.view(record)
    if view is None:
        return RiskRead(record, client, "none", None, (), ())
    entries = {entry.hash: entry for entry in asking.rx.entries(record)}
    steps = {step.hash: step for step in view.steps}
    waiting = set(view.derived.get("open_signals", ()))
    signals = []
    for signal in view.items("signals").values():
        writes = signal.fields["level"].writes if "level" in signal.fields else ()
        for write in writes:
            if write.hash in waiting:
                source = str(signal.get("source_kind") or "")
                level = kind.capped(str(write.value), source)
                what = title_of(source, "sign") if source else ""
                signals.append(
                    RiskSignal(
                        write.hash, level, what, str(signal.get("detail") or ""), write.name, write.at_ms
                    )
                )
    signals.sort(key=lambda signal: (-kind.rank(signal.level), -signal.at_ms, signal.entry))
    signed = []
    for entry_hash, step in steps.items():
        said = entries[entry_hash].envelope.body.get("set") or {}
        if said.get("level") in kind.ORDER and step.status != "error":
            signed.append(
                RiskSigned(
                    entry_hash, str(said["level"]), str(said.get("reason") or ""), step.name,
                    step.credential, step.at_ms, step.status, tuple(map(str, said.get("weighed") or ())),
                )
            )  # fmt: skip
    signed.sort(key=lambda one: (-one.at_ms, one.entry))
    changes = kind.turns(entries.values(), [step.hash for step in view.steps if step.status == "error"])
    level = kind.level_of(view)
    return RiskRead(
        record, client, level, changes[-1][0] if changes and level != "none" else None, tuple(signals),
        tuple(signed), str(view.get("next_review") or ""), tuple(view.heads), bool(view.conflicts),
    )  # fmt: skip
