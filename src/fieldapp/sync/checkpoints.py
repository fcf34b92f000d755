"""Checkpoints: the authority's signature over the heads of a laptop's feeds, remembered and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldapp.clinical.told import laptop as told
from fieldapp.crypto.keys import verify
from fieldapp.errors import ServerRefused
from fieldapp.records.canonical import NotCanonical, loads
from fieldapp.records.ids import is_hash
from fieldapp.store.tables import FeedRow

from .pages import Diverged
from .wire import unb64


class FalseServer(ServerRefused):
    """The server cannot show that it belongs to this organisation."""

    def __init__(self) -> None:
        super().__init__(told.FALSE_SERVER.sentence)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The heads that the authority signed for this laptop."""

    at: str
    epoch: int
    heads: Mapping[str, tuple[int, str]]


def read_checkpoint(signed: Any, org: str, device: str, authority: bytes) -> Checkpoint:
    """Return a checkpoint for this organisation and laptop; raises FalseServer."""
    try:
        text, signature = signed[0].encode(), unb64(signed[1])
        value = loads(text)
        heads = {feed: (number, head) for feed, (number, head) in value["heads"].items()}
        found = Checkpoint(value["at"], value["epoch"], heads)
        right = value["org"] == org and value["device"] == device
    except (NotCanonical, ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise FalseServer from None
    if not right or type(found.epoch) is not int or not isinstance(found.at, str):
        raise FalseServer
    if not all(type(number) is int and number >= 0 and is_hash(head) for number, head in heads.values()):
        raise FalseServer
    if not verify(authority, "checkpoint", text, signature):
        raise FalseServer
    return found


def compare(checkpoint: Checkpoint, epoch: int, feeds: Mapping[str, FeedRow]) -> None:
    """Hold a checkpoint against where this laptop stands; raises Diverged for a shorter or other history.

    Args:
        epoch: the highest that this laptop has seen.
        feeds: where it stands once the answer is taken in.
    """
    if checkpoint.epoch < epoch:
        raise Diverged("", "is older than")
    for name, here in feeds.items():
        stated = checkpoint.heads.get(name)
        if stated is None or here.ended:
            continue
        number, head = stated
        if number < here.number:
            raise Diverged(name, "is shorter than")
        if number == here.number and head != here.head:
            raise Diverged(name, "does not agree with")
