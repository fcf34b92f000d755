"""Keys and seconds of the flows of a technician's day, by the keystroke-level model (clinical.md 6).

    uv run python bench/keys.py

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
    """Names of keys; text that is typed begins with `=`, the letters of a client's name with `@`."""
    decisions: tuple[str, ...]
    most_keys: int
    """The budget, besides the letters of the name where `name_apart`."""
    most_s: float
    name_apart: bool = False
    secret: bool = False
    """The passphrase is typed before; neither its letters nor their time count."""

    @property
    def keys(self) -> int:
        """All keys that are pressed."""
        return sum(len(step) - 1 if step[0] in "=@" else 1 for step in self.steps)

    @property
    def counted(self) -> int:
        """The keys that the budget counts."""
        return self.keys - (
            sum(len(step) - 1 for step in self.steps if step[0] == "@") if self.name_apart else 0
        )

    @property
    def seconds(self) -> float:
        """What the model says: all keys, the name's letters too, and the decisions."""
        return round(self.keys * KEY_S + len(self.decisions) * DECISION_S, 1)


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
