"""What the server says of itself: one line for each event, of fields that are allowed and values that are our own.

Nothing that a laptop sent is ever among them: causes are words of this program, ids are random and made here.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

LOGGER = "fieldapp.server"
FIELDS = ("event", "request", "route", "status", "cause", "entry", "ms", "bytes_in", "bytes_out", "entries")
"""Beside time, level and worker: all that a line may hold."""
_WORD = re.compile(r"[A-Za-z0-9_ ,.:/<>+-]{0,120}")
_LARGEST = 2**53
"""No count of ours is larger, and no reader of JSON takes more exactly; past it a number is written as a word."""
_HIDDEN = "?"


class Line(logging.Formatter):
    """Writes allowed fields of a record, as JSON or as words; a message of another library is named and not quoted."""

    def __init__(self, style: str = "text") -> None:
        super().__init__()
        self._json = style == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without a line break in it."""
        said = fields_of(record)
        if self._json:
            return orjson.dumps(said).decode()
        head = f"{said.pop('time')} {said.pop('level')}"
        return " ".join([head, *(f"{name}={value}" for name, value in said.items())])


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what may be said of a record."""
    at = datetime.fromtimestamp(record.created, UTC)
    said: dict[str, Any] = {
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "level": record.levelname.lower(),
        "worker": os.getpid(),
    }  # fmt: skip
    if not record.name.startswith(LOGGER):
        # What uvicorn says may quote a request.
        return said | {"event": "library", "cause": safe(record.name)}
    for name in FIELDS:
        value = getattr(record, name, None)
        if value is not None:
            said[name] = value if type(value) is int and abs(value) <= _LARGEST else safe(value)
    return said


def safe(value: object) -> str:
    """Return a value that looks like words of this program; anything else is hidden."""
    text = str(value)
    return text if _WORD.fullmatch(text) else _HIDDEN


def configured(style: str) -> Mapping[str, Any]:
    """Return the logging configuration of a process that serves: one handler, on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Line, "style": style}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "loggers": {
            LOGGER: {"handlers": ["stderr"], "level": "INFO" if style == "json" else "WARNING", "propagate": False},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "uvicorn.error": {"level": "WARNING"},
        },
    }  # fmt: skip
