"""Everything random in a run comes from its seed: ids, keys, nonces and the order of events."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from fieldapp.crypto.keys import Identity
from tests.simulation import plain_requests


class AtOnce:
    """An executor whose calls are done before `submit` returns: one order of events instead of many."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def submit(self, call: Any, *arguments: Any) -> Done:
        """Do it."""
        return Done(call, arguments)


class Done:
    """What such a call brought."""

    def __init__(self, call: Any, arguments: Any) -> None:
        self._failure: BaseException | None = None
        self._value: Any = None
        try:
            self._value = call(*arguments)
        except Exception as failure:
            self._failure = failure

    def result(self) -> Any:
        """Return or raise it."""
        if self._failure is not None:
            raise self._failure
        return self._value


async def at_once(call: Any, *arguments: Any) -> Any:
    """Call it here instead of in a thread."""
    return call(*arguments)


@contextmanager
def fixed(seed: object) -> Iterator[None]:
    """Make every source of chance in this process follow a seed."""
    dice = Random(str(seed))

    def some(count: int | None = 32) -> bytes:
        return dice.randbytes(32 if count is None else count)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", some)
        patch.setattr(secrets, "token_bytes", some)
        patch.setattr(secrets, "token_hex", lambda count=32: some(count).hex())
        patch.setattr(secrets, "choice", dice.choice)
        patch.setattr(Identity, "generate", classmethod(lambda cls: cls.from_bytes(some(32))))
        patch.setattr("fieldapp.sync.round.ThreadPoolExecutor", AtOnce)
        patch.setattr("fieldapp.server.app.run_in_threadpool", at_once)
        patch.setattr("fieldapp.sync.link.sign_headers", plain_requests.sign_headers)
        patch.setattr("fieldapp.server.service.verify_request", plain_requests.verify_request)
        yield
