"""Which text is put into a note: the agency's, or one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .reason_ask import Choose

if TYPE_CHECKING:
    from .base import FieldScreen

_LIST = "list"
"""The answer that opens one's own list."""


async def ask_snippet(screen: FieldScreen[Any], agency: Sequence[tuple[str, str]]) -> str | None:
    """Return the text that was picked; None when there is nothing to put in.

    Args:
        agency: name and text of what the program keeps ready.
    """
    host = screen.host
    own = await host.ask(host.laptop.snippets)
    texts = {f"agency {number}": text for number, (_, text) in enumerate(agency)}
    rows = [(f"agency {number}", name) for number, (name, _) in enumerate(agency)]
    texts |= {line.record: line.text for line in own}
    # With the agency's in the list, one's own say so; alone nobody has to be told.
    rows += [(line.record, f"{line.name} (mine)" if agency else line.name) for line in own]
    rows.append((_LIST, "My snippets: write or change one"))
    picked = await screen.app.push_screen_wait(
        Choose("Put in which text?", "Fill its gaps (***) before you sign.", rows)
    )
    if picked == _LIST:
        host.open("snippets")
        return None
    return texts.get(picked or "")
