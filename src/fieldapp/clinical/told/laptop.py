"""What stands between a laptop and its server: what a round ends with, and what the laptop finds of itself."""

from __future__ import annotations

from .advice import Advice, Reason, find

_HERE = "Your work is safe on this laptop; go on as usual."
_ALL = "Nothing is lost: your work is on this laptop until the server confirms it."

OFFLINE = Advice(
    "The server cannot be reached from here.", _HERE, "Nothing: it is tried again by itself. s tries now.", "offline"
)  # fmt: skip
_FALSE = Advice(
    "What answers is not your agency's server, or something in between changes what it says.",
    "Nothing was sent or taken. Your work is safe on this laptop.",
    "Try from another network. If it stays, tell your administrator.", "! not your server", "error",
)  # fmt: skip
_DISAGREES = Advice(
    "The server's records do not agree with what this laptop has already seen.",
    "Nothing new was taken from it. Your work is safe on this laptop.",
    "Tell your administrator today; go on writing meanwhile.", "! ask your administrator", "error",
)  # fmt: skip
_GARBLED = Advice(
    "The server's answer could not be understood.", _ALL,
    "Nothing: it is tried again. If it lasts a day, tell your administrator.", "! answer not understood",
)  # fmt: skip
_ADDRESS = Advice(
    "The server's address on this laptop is not right.", _HERE, "Tell your administrator.", "! wrong address", "error"
)  # fmt: skip
_BUSY = Advice(
    "The server has too much to do right now.", _HERE, "Nothing: it is tried again by itself.", "○ server is busy", "note"
)  # fmt: skip
_STUCK = Advice(
    "The server does not take some of what you wrote, without saying why.", _HERE,
    "Tell your administrator. Everything else is sent.", "! some cannot be sent", "error",
)  # fmt: skip

NOT_REACHED = Reason("The server was not reached; your work stays on this laptop until it is.", OFFLINE)
NO_ANSWER = Reason("The server did not answer in time; fieldapp will try again.", OFFLINE)
BROKE_OFF = Reason("The server's answer broke off; fieldapp will try again.", OFFLINE)
BUSY = Reason("The server is busy; fieldapp will try again soon. Your work stays on this laptop.", _BUSY)
ANOTHER_SENDS = Reason(
    "Another fieldapp is sending right now; this one waits.",
    Advice(
        "A second fieldapp on this laptop is sending.", _HERE, "Nothing: this one sends after it.", "", "note"
    ),
)
NOT_ACCEPTED = Reason(
    "The server did not accept this laptop; your work stays here. Ask your administrator to check it.",
    Advice(
        "The server does not let this laptop in.", "Your work is safe here, but it is not sent.",
        "Call your administrator; do not put the laptop away for long.", "! laptop not let in", "error",
    ),
)  # fmt: skip
BATCH_REFUSED = Reason(
    "The server could not take what was sent; it stays on this laptop. Tell your administrator "
    "if this does not pass.",
    _STUCK,
)
MOVED = Reason("The server's address points somewhere else; tell your administrator.", _ADDRESS)
NO_SERVER = Reason("This does not answer like a fieldapp server; check the server's address.", _ADDRESS)
BAD_ANSWER = Reason("The server's answer could not be read; fieldapp will try again.", _GARBLED)
TOO_MUCH = Reason("The server's answer is too large to be right; tell your administrator.", _GARBLED)
PACKED = Reason("The server's answer is packed in a way that was not asked for.", _GARBLED)
UNPACKED = Reason("The server's answer could not be unpacked; fieldapp will try again.", _GARBLED)
UNPROVEN = Reason(
    "The server could not prove who it is, so nothing was sent; tell your administrator.", _FALSE
)
UNSAFE = Reason("No safe connection to the server was possible, so nothing was sent.", _FALSE)
NOT_HTTPS = Reason("The server's address does not begin with https://; nothing was sent.", _ADDRESS)
_TYPED = Advice(
    "The server's address on this laptop cannot be used.", _HERE, "Tell your administrator.", "", "error"
)  # fmt: skip
NO_ADDRESS = Reason("Give the server's address like https://fieldapp.agency.org.", _TYPED)
ODD_ADDRESS = Reason("The server's address has a name, question mark or # in it; leave that out.", _TYPED)
PLAIN_ADDRESS = Reason("The server's address must begin with https://.", _TYPED)
FALSE_SERVER = Reason(
    "The server could not show that it belongs to your organisation. Nothing was taken from it; "
    "your work stays on this laptop. Tell your administrator.",
    _FALSE,
)
DIVERGED = Reason(
    "The server's history {} what this laptop has already seen. Nothing new was taken from it; "
    "your work stays here and is offered again. Tell your administrator.",
    _DISAGREES,
)
UNSETTLED = Reason("The server's history does not settle; tell your administrator.", _DISAGREES)
LOST_SOME = Reason(
    "The server had lost something that this laptop had already seen; it was offered again. "
    "Tell your administrator.",
    Advice(
        "The server was put back to an older copy and had lost something.",
        "This laptop still had it and gave it back. Nothing of yours is lost.",
        "Tell your administrator, so that everybody's laptop sends once.", "! server lost something",
    ),
)  # fmt: skip
UNVERIFIED = Reason(
    "{} from the server could not be verified and {} hidden; tell your administrator.",
    Advice(
        "The server sent something whose author could not be proved.",
        "It is kept out of every chart. Your own work is not touched.", "Tell your administrator.",
        "! unproved entries hidden",
    ),
)  # fmt: skip
UNSENDABLE = Reason(
    "Some entries could not be sent; they stay on this laptop. Tell your administrator.", _STUCK
)
NO_KEY = Reason(
    "This laptop has no signing key: ask your administrator for a new code.",
    Advice(
        "This laptop lost the key that it signs with.", _HERE, "Ask your administrator for a new code.",
        "! no signing key", "error",
    ),
)  # fmt: skip
COPIED = Reason(
    "This laptop's data seems to be in use in two places; it may send, but gets nothing new. Ask your administrator "
    "to check it.",
    Advice(
        "Two laptops send as if they were this one: its data was copied.",
        "What you write here is sent and kept. Nothing new of others comes in.",
        "Stop using the copy and call your administrator, who sets up one laptop afresh.", "! laptop copied", "error",
    ),
)  # fmt: skip
WITHDRAWN = Reason(
    "This laptop was withdrawn; it may send what it still holds, but gets nothing new. Ask your administrator.",
    Advice(
        "Your administrator withdrew this laptop.",
        "What it still holds is sent; your supervisor takes it in. Nothing new of others comes in.",
        "Write no more here. Call your administrator if you did not expect this.", "! laptop withdrawn", "error",
    ),
)  # fmt: skip
CLOSING = Reason(
    "This laptop is closed for new work; it may send what it still holds, but gets nothing new.",
    Advice(
        "This laptop is closed for new work.", "What it still holds is sent and kept.",
        "Let it send everything, then hand it in. What you write from now on waits for your supervisor.",
        "! laptop is closing", "error",
    ),
)  # fmt: skip
APP_OLD = Reason(
    "The server speaks a newer language than this app: update the app.",
    Advice(
        "This app is too old for the server.", "Your work is safe here, but it is not sent.",
        "Update the app, or ask your administrator to.", "! update the app", "error",
    ),
)  # fmt: skip
SERVER_OLD = Reason(
    "The server speaks an older language than this app; tell your administrator.",
    Advice(
        "The server is older than this app.", "Your work is safe here, but it is not sent.",
        "Tell your administrator that the server needs an update.", "! server too old", "error",
    ),
)  # fmt: skip
DISK_FULL = Reason(
    "The disk is full; the last change is not saved yet.{}",
    Advice(
        "There is no room on this laptop's disk.", "Everything up to the last change is saved.",
        "Delete or move other files, then save and send once more.", "! disk full", "error",
    ),
)  # fmt: skip
DISK_BROKEN = Reason(
    "The disk did not take the last change, so it is not saved yet: make room or check the disk, "
    "and save once more.",
    DISK_FULL.advice,
)
NOT_WRITABLE = Reason("The data folder cannot be written: check space and permissions.", DISK_FULL.advice)
NOT_READABLE = Reason(
    "The data folder cannot be read: check its permissions.",
    Advice(
        "The folder with your work cannot be read.", "Nothing in it was changed.",
        "Tell your administrator: its permissions are not right.", "! folder not readable", "error",
    ),
)  # fmt: skip
DATA_BUSY = Reason(
    "The local data is busy: wait a moment and try again.",
    Advice("This laptop is still working on something else.", _HERE, "Nothing: it is tried again.", "", "note"),
)  # fmt: skip
NO_BACKUP = Reason(
    "The backup cannot be written: check space and permissions.",
    Advice(
        "Today's safety copy on this laptop could not be made.", "Your work itself is saved.",
        "Make room on the disk; the copy is made with the next sync.", "! no backup today",
    ),
)  # fmt: skip

REASONS = (
    NOT_REACHED, NO_ANSWER, BROKE_OFF, BUSY, ANOTHER_SENDS, NOT_ACCEPTED, BATCH_REFUSED, MOVED, NO_SERVER, BAD_ANSWER,
    TOO_MUCH, PACKED, UNPACKED, UNPROVEN, UNSAFE, NOT_HTTPS, NO_ADDRESS, ODD_ADDRESS, PLAIN_ADDRESS, FALSE_SERVER, DIVERGED, UNSETTLED, LOST_SOME,
    UNVERIFIED, UNSENDABLE, NO_KEY, COPIED, WITHDRAWN, CLOSING, APP_OLD, SERVER_OLD, DISK_FULL, DISK_BROKEN,
    NOT_WRITABLE, NOT_READABLE, DATA_BUSY, NO_BACKUP,
)  # fmt: skip

LONG_SILENCE = Advice(
    "The server has confirmed nothing from this laptop for two weeks.",
    "Your work is here and only here: if the laptop is lost, so is it.",
    "Find a network today and press s.", "! two weeks without the server",
)  # fmt: skip
TOO_OLD_TO_WRITE = Advice(
    "The server takes what is written from version {} of fieldapp on.",
    "What you write stays on this laptop, sealed and safe, and is sent after the update; reading goes on.",
    "Update fieldapp, or ask your administrator to.", "! update the app", "error",
)  # fmt: skip
CLOCK_OFF = Advice(
    "This laptop's clock is {}.",
    "Times are corrected by the server's clock, and each entry says how far the clock was off.",
    "Set the clock in the settings of this computer.", "! clock is {}",
)  # fmt: skip
TEAM_ENDED = Advice(
    "You are no longer in {}: its clients leave this laptop.",
    "What you wrote and is not sent yet stays until it is. What you signed stays with the team.",
    "Nothing. If you are still in that team, call your administrator.", "no longer in {}", "note",
)  # fmt: skip
WENT_BACK = Advice(
    "This laptop was put back to an older copy of its data ({}).",
    "What the server has comes back by itself. What was never sent is in the data that was kept aside.",
    "Look through your last notes; tell your administrator if something is missing.", "put back to a backup",
)  # fmt: skip
PUT_BACK = Advice(
    "The server was put back to a backup by your administrator ({}).",
    "This laptop sends again what the backup lacked. Nothing of yours is lost.", "Nothing.",
    "server put back to a backup", "note",
)  # fmt: skip
SIDE_BY_SIDE = Advice(
    "You wrote on the same form on two laptops.", "Both versions are here; nothing was joined or dropped.",
    "Open it: keep one, or join both.", "choose or join", "error",
)  # fmt: skip
COMING = Advice(
    "{} asked for, and on the server only.", "They are safe on the server.",
    "Nothing: they come with the next sync.", "older records to fetch", "note",
)  # fmt: skip
WRITTEN_BY_NEWER = Advice(
    "{} written by a newer version of fieldapp.",
    "What came is kept on this laptop as it was signed, and stands on the screens of that version.",
    "Update fieldapp to see it here.", "! newer than this app",
)  # fmt: skip
UNKNOWN = Advice(
    "Sync stopped with something that this version does not know.", _ALL,
    "Tell your administrator what it says.", "! look at Sync", "warning",
)  # fmt: skip

STANDING = (
    OFFLINE, LONG_SILENCE, TOO_OLD_TO_WRITE, CLOCK_OFF, TEAM_ENDED, WENT_BACK, PUT_BACK, SIDE_BY_SIDE, COMING,
    WRITTEN_BY_NEWER, UNKNOWN,
)  # fmt: skip
"""What a laptop knows of itself, without a sentence of the last round."""


def advice(sentence: str) -> Advice:
    """Return what a person is told when a round ends with a sentence."""
    known = find(REASONS, sentence)
    return known.advice if known is not None else UNKNOWN
