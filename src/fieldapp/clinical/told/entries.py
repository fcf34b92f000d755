"""A person's own work on its way: each state, and each reason that a server gives for not taking an entry in.

The server says these sentences, the author's laptop finds the advice again by them. A sentence of another version is
shown as it came, with the advice of its state.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .advice import Advice, Reason, find

_HERE = "It is safe on this laptop."
_BOTH = "It is safe: on this laptop and, set aside, on the server."
_DRAFT = "Your words are safe: they are back with you as a draft."

STATES: Mapping[str, Advice] = MappingProxyType(
    {
        "unsent": Advice(
            "The server does not have it yet.", _HERE,
            "Nothing: it goes by itself within five minutes of a connection, or now with s.",
            "not sent",
        ),
        "sent": Advice(
            "It went out, but the server has not confirmed it.", _HERE,
            "Nothing: it is sent again until the server confirms it. Twice does no harm.",
            "not sent",
        ),
        "confirmed": Advice(
            "The server has it.", "It is safe on the server and reaches everybody who may read it.", "Nothing.",
            "sent", "done",
        ),
        "held": Advice(
            "The server has it, but something that it builds on has not arrived there.", _BOTH,
            "Usually nothing: it goes on by itself. If it stays for a day, send from your other laptop.",
            "waiting for an earlier entry",
        ),
        "quarantined": Advice(
            "The server set it aside: a supervisor has to look at it first.", _BOTH,
            "Tell your supervisor why you wrote it. Do not write it again.",
            "with your supervisor",
        ),
        "rejected": Advice(
            "The server did not take it.", _DRAFT,
            "Enter opens it: put it right and sign it again, or throw it away.",
            "needs you", "error",
        ),
    }
)  # fmt: skip
"""By the state of an entry on its author's laptop."""

_TECHNICAL = Advice(
    "The server could not read it. That is a fault of the app, not of yours.", _DRAFT,
    "Enter opens it: sign it again. If it comes back again, tell your administrator.", tone="error",
)  # fmt: skip
_NOT_YOURS = Advice(
    "By the server's list this was not yours to write at that time.", _BOTH,
    "Tell your supervisor why you wrote it; they take it in or send it back. Do not write it again.",
)  # fmt: skip
_CLOSED = Advice(
    "It was written on a laptop that is closed for new work.", _BOTH,
    "Tell your supervisor: they decide about it. Go on writing on your other laptop.",
)  # fmt: skip
_OTHER_LAPTOP = Advice(
    "Somebody else's laptop wrote it, and only that one can send it.", "It is safe on the laptop that wrote it.",
    "Ask its owner to send, or write it again here in your own name.", tone="error",
)  # fmt: skip

HELD = Reason(
    "Waiting for an earlier entry that the server has not seen yet; it is sent on by itself.", STATES["held"]
)
FOLLOWS_QUARANTINED = Reason(
    "What this belongs to is with your supervisor; both are decided together.",
    Advice(
        "It belongs to something that your supervisor still has to look at.", _BOTH,
        "Nothing more than for that: both are decided together.",
    ),
)  # fmt: skip
FOLLOWS_REJECTED = Reason(
    "What this follows was not accepted. It is back with you as a draft: sign it again on the last accepted version.",
    Advice(
        "It builds on something that the server did not take.", _DRAFT,
        "Enter opens it: it now stands on the last version that was taken. Read it and sign it again.", tone="error",
    ),
)  # fmt: skip
FOLLOWS_HERE = Reason("It follows an entry that was not accepted. {}", FOLLOWS_REJECTED.advice)
"""Said by the laptop itself of what was signed on top of a rejected entry; ends with that one's reason."""
NOWHERE = Reason(
    "The team or program that this names is not known; ask your administrator.",
    Advice(
        "It names a team or program that the server does not know.", _BOTH,
        "Ask your administrator to check the team. It goes on by itself once the team is known.",
    ),
)  # fmt: skip
MOVED_MEANWHILE = Reason(
    "The client was moved to another team meanwhile.",
    Advice(
        "Somebody else moved the client before this arrived; the client stays where that move put them.", _DRAFT,
        "Look at where the client is now (W); move them again if it is still right, and throw this away.", tone="error",
    ),
)  # fmt: skip
OTHER_OWNER = Reason("The laptop that signed this belongs to somebody else.", _OTHER_LAPTOP)
NOT_READ_HERE = Reason("This laptop does not read where this entry belongs.", _OTHER_LAPTOP)
UNFIT = Reason(
    "It does not fit the record that it belongs to: {}",
    Advice(
        "It does not fit the record that it belongs to.", _DRAFT,
        "Enter opens it. Read the record as it is now; sign again, or say it in an addendum.", tone="error",
    ),
)  # fmt: skip
DRAINED = Reason(
    "It was written after this laptop was closed for new work; your supervisor decides.", _CLOSED
)
REVOKED = Reason("This laptop was revoked; your supervisor decides about what it still held.", _CLOSED)
ROLE_THEN = Reason(
    "You did not hold the role that it is signed in at that time; your supervisor decides.", _NOT_YOURS
)
ROLE_TABLE = Reason("Your agency's rules ask for a second look: {}", _NOT_YOURS)
UNPROTECTED = Reason(
    "It lowers the protection of what it follows; your supervisor decides.",
    Advice(
        "It is less protected than what it follows: more people could read it.", _BOTH,
        "Tell your supervisor whether that was meant. Do not write it again.",
    ),
)  # fmt: skip
OUT_OF_SCOPE = Reason(
    "You were not on this client's team, assigned or on call at that time; your supervisor decides "
    "whether it goes into the record.",
    Advice(
        "You were not on this client's team, assigned or on call when you wrote it.", _BOTH,
        "Tell your supervisor why you were there (covering, asked to help). Do not write it again.",
    ),
)  # fmt: skip
OFFICE_ONLY = Reason("Only the administrator writes this.", _NOT_YOURS)
OTHER_TEAM = Reason("You were not on the team or program that this names.", _NOT_YOURS)
REFUSED = Reason(
    "Your supervisor did not admit this entry: {}",
    Advice(
        "Your supervisor read it and did not take it into the record.", _DRAFT,
        "Read the reason, speak with your supervisor, then put it right or throw it away.", tone="error",
    ),
)  # fmt: skip
REFUSED_UNSAID = Reason("Your supervisor did not admit this entry.", REFUSED.advice)
BAD_SIGNATURE = Reason(
    "The signature does not fit the entry: send it again from the laptop that made it.", _OTHER_LAPTOP
)
_AGAIN = "It is back with you as a draft; check it and sign it again."
UNEXPECTED = Reason(f"The entry is not as the server expects ({{}}). {_AGAIN}", _TECHNICAL)
UNREADABLE = Reason(f"The entry could not be read. {_AGAIN}", _TECHNICAL)
UNSIGNED_FORM = Reason(f"The entry is not in the form that is signed. {_AGAIN}", _TECHNICAL)
TOO_LARGE = Reason(
    f"The entry is larger than 64 KiB. {_AGAIN}",
    Advice(
        "It is too long for one entry.", _DRAFT, "Enter opens it: shorten it, or write the rest as a second one.",
        tone="error",
    ),
)  # fmt: skip
OTHER_ORGANISATION = Reason(
    "The entry belongs to another organisation; it stays on this laptop.",
    Advice(
        "It was written for another agency's server.", _HERE, "Tell your administrator: the laptop may be set up wrong.",
        tone="error",
    ),
)  # fmt: skip

REASONS = (
    HELD, FOLLOWS_QUARANTINED, FOLLOWS_REJECTED, FOLLOWS_HERE, NOWHERE, MOVED_MEANWHILE, OTHER_OWNER, NOT_READ_HERE, UNFIT, DRAINED,
    REVOKED, ROLE_THEN, ROLE_TABLE, UNPROTECTED, OUT_OF_SCOPE, OFFICE_ONLY, OTHER_TEAM, REFUSED, REFUSED_UNSAID,
    BAD_SIGNATURE, UNEXPECTED, UNREADABLE, UNSIGNED_FORM, TOO_LARGE, OTHER_ORGANISATION,
)  # fmt: skip


def advice(state: str, sentence: str = "") -> Advice:
    """Return what the author of an entry is told of its state and of the reason that came with it."""
    known = find(REASONS, sentence) if sentence else None
    return known.advice if known is not None else STATES[state]
