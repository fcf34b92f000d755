"""What a supervisor is told of each line in Review: what it is, that nothing is lost by waiting, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .advice import Advice

LINES: Mapping[str, Advice] = MappingProxyType(
    {
        "lowered": Advice(
            "Somebody signed a lower risk than stood before.", "The higher one and its reasons stay readable.",
            "Enter opens it: read what it rests on, and talk with its author if you doubt it.", "risk lower",
        ),
        "task": Advice(
            "A task was not done in time.", "Nothing is lost; it stays open.",
            "Enter opens the client's tasks: do it, or give it to somebody.", "overdue",
        ),
        "glass": Advice(
            "Somebody opened a chart in an emergency, outside their own team.", "What they read is in the audit trail.",
            "Enter opens it: read the reason, and co-sign that you have looked at it.", "emergency",
        ),
        "alert": Advice(
            "Somebody wrote, changed or cleared an alert.", "It stands before every visit already.",
            "Enter opens it: co-sign that you have looked at it, or talk with its author.", "alert",
        ),
        "cosign": Advice(
            "It waits for your co-signature.", "It is signed and in the record.",
            "Enter opens it: co-sign it, or return it with a reason.", "co-sign",
        ),
        "answered": Advice(
            "Its author corrected what you returned.", "Both versions are kept.",
            "Enter opens it: co-sign it, or return it again.", "answered",
        ),
        "returned": Advice(
            "You or a colleague sent it back; its author has not answered yet.", "It stays readable.",
            "Remind its author.", "returned",
        ),
        "error": Advice(
            "Its author says it was entered in error.", "It is struck through, not deleted.",
            "Enter opens it: approve that, or lift it with a reason.", "error",
        ),
        "conflict": Advice(
            "Two people wrote without seeing each other's words.", "Both versions are kept and shown.",
            "Enter opens them side by side: choose one or write a third.", "conflict",
        ),
        "same_visit": Advice(
            "Two contacts with this client at the same time: perhaps one visit, logged twice.",
            "Both are kept; nothing is joined by itself.",
            "Enter shows both. Mark one as an error, or say that both took place.", "same visit?",
        ),
        "late": Advice(
            "It was signed or changed later than your rules allow.", "It is in the record, marked as late.",
            "Nothing has to be done; it leaves this list after two weeks.", "late entry",
        ),
        "no_goal": Advice(
            "A note names no goal of the client's, and does not say why.",
            "It is signed and in the record; it may not be billed like this.",
            "Enter opens it: return it, or ask its author to correct it. It leaves this list after two weeks.", "no goal",
        ),
        "quarantine": Advice(
            "The server set it aside: by its list the author had no right to write it.",
            "It is kept on the author's laptop and on the server, and is in no record yet.",
            "Enter opens it: admit it into the record, or refuse it with a reason.", "held back",
        ),
        "missing": Advice(
            "The server knows that this laptop wrote more than it sent.",
            "The missing work is on that laptop, unless it was lost or put back to an older copy.",
            "Ask for the laptop and let it send. Do not wipe it before.", "missing",
        ),
        "forked": Advice(
            "Two laptops send as if they were one: the data of one was copied.",
            "Everything both wrote is kept. Neither gets anything new until this is settled.",
            "Ask the person which laptop is theirs; your administrator sets it up afresh.", "copied",
        ),
        "revoked": Advice(
            "This laptop is withdrawn, and said that it holds work that was not sent.",
            "It may still send; what it wrote after that comes to you for a decision.",
            "Ask for the laptop and let it send before it is wiped.", "withdrawn",
        ),
        "drain": Advice(
            "This laptop is closed for new work, and holds work that was not sent.",
            "It may still send everything that it holds.", "Ask for the laptop and let it send.", "closing",
        ),
        "silent": Advice(
            "Nobody heard from this laptop for two weeks.",
            "What it wrote since then is on it and nowhere else.",
            "Call the person: they connect and press s, or the laptop is lost.", "silent",
        ),
        "draft": Advice(
            "A form was begun and not finished for a week. Only its author reads it.",
            "It is kept on the author's laptop and on the server.", "Ask its author to finish or discard it.",
            "unfinished",
        ),
        "flagged": Advice(
            "The server took it, but something about it should be looked at.", "It is in the record as it was signed.",
            "Enter opens it: return it, add words, or leave it. It leaves this list after two weeks.", "look at it",
        ),
    }
)  # fmt: skip
"""By what a line of Review is; the last part is its word in the list."""

FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "future": "dated ahead of the server's clock",
        "fork": "written on a laptop whose data was copied",
        "form": "signed with something missing or unusual",
    }
)
"""By the flag that the server set, up to its colon."""
SILENT_MS = 14 * 86_400_000
DRAFT_MS = 7 * 86_400_000


def flag_words(flags: list[str]) -> str:
    """Return what the flags of an entry say, each once."""
    known = dict.fromkeys(FLAGS.get(flag.partition(":")[0], "flagged by the server") for flag in flags)
    return "; ".join(known)
