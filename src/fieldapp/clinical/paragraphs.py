"""The paragraph that a cursor stands in, taken out of a text. Pure."""

from __future__ import annotations


def taken_out(text: str, row: int) -> tuple[str, str]:
    """Return (the paragraph around a line, the text without it); a paragraph ends at an empty line.

    With the cursor on an empty line it is the paragraph above, so that enter at the end of one changes nothing.

    Args:
        row: number of the line, from 0; one beyond the text is its last.
    """
    lines = text.split("\n")
    at = max(0, min(row, len(lines) - 1))
    while at > 0 and not lines[at].strip():
        at -= 1
    if not lines[at].strip():
        return "", text
    first = at
    while first > 0 and lines[first - 1].strip():
        first -= 1
    last = at
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    before, after = lines[:first], lines[last + 1 :]
    while before and not before[-1].strip():
        before.pop()
    while after and not after[0].strip():
        after.pop(0)
    between = [""] if before and any(line.strip() for line in after) else []
    return "\n".join(lines[first : last + 1]), "\n".join([*before, *between, *after])
