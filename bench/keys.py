"""Keys and seconds of the flows of a technician's day, by the keystroke-level model (clinical.md 6).

    uv run python -m bench.keys

A key costs 0.28 s and a decision 1.35 s (Card, Moran and Newell's figures for a typist of middling speed and for
making up one's mind); the app's own time is not in it, `bench/app.py` measures that. The keys are not imagined:
`tests/forms/test_key_budgets.py` types each flow into the real app and looks at what it brought about.
"""

from __future__ import annotations

from dataclasses import dataclass

KEY_S, DECISION_S = 0.28, 1.35


@dataclass(frozen=True, slots=True)
class Flow:
    """One thing that somebody does, key by key."""

    code: str
    """As in clinical.md 6."""
    way: str
    """By which screen."""
    what: str
    steps: tuple[str, ...]
    """Names of keys; text that is typed begins with `=`, the letters of a client's name with `@`, narrative with `~`:
    the budgets count keys besides narrative, and its seconds."""
    decisions: tuple[str, ...]
    most_keys: int
    """The budget, besides the letters of the name where `name_apart`."""
    most_s: float
    name_apart: bool = False
    secret: bool = False
    """The passphrase is typed before; neither its letters nor their time count."""

    @property
    def keys(self) -> int:
        """All keys that are pressed, besides narrative."""
        return sum(len(step) - 1 if step[0] in "=@" else 1 for step in self.steps if step[0] != "~")

    @property
    def counted(self) -> int:
        """The keys that the budget counts."""
        return self.keys - (
            sum(len(step) - 1 for step in self.steps if step[0] == "@") if self.name_apart else 0
        )

    @property
    def seconds(self) -> float:
        """What the model says: all keys, narrative and the name's letters too, and the decisions."""
        told = sum(len(step) - 1 for step in self.steps if step[0] == "~")
        return round((self.keys + told) * KEY_S + len(self.decisions) * DECISION_S, 1)


SUMMARY = "~The group looked at where a wave begins in the body, named its first sign, and tried cold water and breath."
LINES = (
    "Named the tight jaw as the first sign; will try cold water before calling.",
    "Quiet at first, then told how breathing had kept him on the bus on Friday.",
    "Did the sheet with help and laughed about the ice; wants to show her sister.",
    "Said nothing works at night; took the short list for the wall by the bed.",
    "Led the breathing round and noticed that others followed; stayed for tea.",
    "Restless, went out once, came back by himself and finished the exercise.",
    "Brought the diary; three days of it filled, the fourth one talked through.",
    "Listened with closed eyes; at the end asked for the name of the skill again.",
)
"""Eight people's own words, as long as they are in a group's notes."""


def _group_of_eight() -> tuple[str, ...]:
    """Return the keys of a group that is repeated with the goals and the homework of last week."""
    people = [key for line in LINES for key in ("1", "3", "1", "1", "enter", f"~{line}", "enter")]
    return ("G", "enter", SUMMARY, "f6", *people, "ctrl+s", "enter")


FLOWS = (
    Flow("A1", "lock screen", "unlock, see the day", ("enter",), ("it is I",), 1, 6, secret=True),
    Flow("A2", "caseload", "find any client", ("slash", "@li", "enter"), ("who",), 5, 3),
    Flow(
        "A3", "quick entry", "log an attempt: no answer", ("f4", "@li", "= na", "enter"),
        ("who", "what came of it", "read as meant"), 6, 8, name_apart=True,
    ),
    Flow(
        "A3", "contact form", "log an attempt: no answer", ("c", "@li", "enter", "3", "ctrl+s"),
        ("who", "what came of it", "read as meant"), 6, 8,
    ),
    Flow(
        "A4", "quick entry", "log a finished visit with two goals",
        ("f4", "@li", "= 45m g1+2", "enter"),
        ("who", "how long", "which goals", "defaults are right"), 12, 20, name_apart=True,
    ),
    Flow(
        "A4", "quick entry, on the client's chart", "log a finished visit, from when to when",
        ("f4", "=930-1015", "enter"), ("from when", "until when", "defaults are right"), 12, 20,
    ),
    Flow(
        "A4", "contact form", "log a finished visit", ("c", "@li", "enter", "1", "=45m", "ctrl+s"),
        ("who", "what came of it", "how long", "defaults are right"), 12, 20,
    ),
    Flow(
        "A11", "end of the day", "log a visit that nobody was home for, sign a note, send",
        ("e", "enter", "4", "ctrl+s", "3", "enter", "ctrl+s", "enter", "enter"),
        ("what is left", "what came of it", "no next try now", "the note is right", "send"), 10, 60, secret=True,
    ),
    Flow("C1", "red list", "morning triage: what cannot wait", ("enter", "U"), ("is anything red",), 3, 5, secret=True),
    Flow(
        "C2", "Review", "co-sign one note that was read, the PIN counted as one key", ("enter", "c", "PIN", "enter"),
        ("it is right as it stands",), 4, 30, secret=True,
    ),
    Flow(
        "C3", "Review", "return a note with a picked reason and words", ("enter", "r", "2", "~name the housing goal", "ctrl+s"),
        ("what is missing", "what to write"), 8, 30,
    ),
    Flow(
        "C4", "Caseloads", "have a colleague cover a caseload until Friday", ("L", "v", "2", "=fri", "ctrl+s"),
        ("whose clients", "who covers", "until when"), 10, 20,
    ),
    Flow(
        "C5", "Numbers", "the week's numbers, and the weekly report as a table", ("#", "P", "tab", "tab", "tab", "2", "ctrl+s"),
        ("are they right", "as which file"), 8, 20,
    ),
    Flow(
        "C6", "Review", "settle two values of one field", ("right", "enter", "2", "enter"),
        ("which is right",), 6, 60,
    ),
    Flow(
        "A10", "grid", "a group of 8: attendance and 8 lines", _group_of_eight(),
        ("which group", *("how it went", "risk", "goal still right", "what to write") * 8, "all is right"), 60, 480,
    ),
)  # fmt: skip


def main() -> None:
    """Print the table."""
    print(f"{'':4}{'by':36}{'what':42}{'keys':>6}{'most':>6}{'s':>7}{'most':>6}")
    for flow in FLOWS:
        print(
            f"{flow.code:4}{flow.way:36}{flow.what:42}{flow.counted:>6}{flow.most_keys:>6}{flow.seconds:>7}{flow.most_s:>6}"
        )


if __name__ == "__main__":
    main()
