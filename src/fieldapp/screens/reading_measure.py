"""A measure as headed text: question by question, with what the answers add up to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..records.instruments.model import INCOMPLETE, POSITIVE
from ..records.instruments.scoring import asked
from ..records.kinds.measure import MODES, instrument_of, name_of, result_words

FLAGS = {POSITIVE: "At or above the cut", INCOMPLETE: "Not answered to the end"}


def measure_texts(doc: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (heading, text) of a measure; texts of a version that is not known here stay codes."""
    known = instrument_of(doc)
    items, declined = doc.get("items") or {}, doc.get("declined") or []
    found = [("Instrument", name_of(doc)), ("Result", result_words(doc))]
    flags = []
    for code in doc.get("flags") or []:
        own = next((flag.words for flag in known.flags if flag.code == code), "") if known is not None else ""
        flags.append(own or FLAGS.get(code, code.replace("_", " ")))
    found.append(("Look at", "; ".join(flags)))
    if known is None:
        found.append(("Answers", "; ".join(f"{key}: {value}" for key, value in items.items())))
    else:
        rows = []
        for item in asked(known, items, declined):
            if item.key not in items:
                rows.append(
                    f"{_short(item.text, item.key)}: {'rather not said' if item.key in declined else 'no answer'}"
                )
                continue
            words = next((option.words for option in item.options if option.value == items[item.key]), "")
            said = " ".join(filter(None, [str(items[item.key]), words]))
            rows.append(f"{_short(item.text, item.key)}: {said}")
        found.append(("Answers", "\n".join(rows)))
    found += [
        ("How", MODES.get(str(doc.get("mode") or ""), "")),
        ("Licence", str(doc.get("licence") or "")),
    ]
    return found


def _short(text: str, key: str) -> str:
    """Return a question as it stands, without the mark at its end; words of a pack are not kept here: the key."""
    return text.rstrip("?:") or key
