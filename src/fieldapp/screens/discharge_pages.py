"""The pages of a discharge's form: how it ends, what was reached, what the client goes on with, who takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..records.kinds.discharge import GOAL_STATES, HANDOFFS, LEVELS, PLAN_DISPOSITIONS, READY, REASONS
from ..records.kinds.disclosure import BASES
from ..records.kinds.treatment_plan import GOALS_MAX
from ..widgets.form_choice import FormChoice
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_past_day import FormPastDay
from ..widgets.form_row import Column
from ..widgets.form_rows import FormLines, FormRows
from ..widgets.text import styled
from .form_pages import Page

END, REACHED, GOES_ON, HANDOFF = range(4)
TITLES = ("End", "Reached", "Goes on", "Hand-off")
_GOAL = (Column("words", "Goal"), Column("status", "How it ended", 18, tuple(GOAL_STATES.items())))
_APPOINTMENT = (
    Column("when", "Day", 12),
    Column("time", "Time", 8),
    Column("who", "With whom"),
    Column("where", "Where", 22),
)
_SUPPORT = (Column("name", "Name"), Column("relation", "Who they are", 18), Column("phone", "Phone", 16))
_DISPOSITIONS = {code: words for code, words in PLAN_DISPOSITIONS.items() if code != "ended"}
_SENT = tuple((code, words) for code, words in BASES.items() if code != "listen_only")


def pages(now: Callable[[], int], tz: str, people: Sequence[str]) -> Iterator[Page]:
    """Return all pages."""
    yield Page(
        END,
        styled("How it ends", "bold $text-primary"),
        None,
        [
            FormChoice("reason", "Reason", REASONS, optional=False),
            FormPastDay("date", "Day", now=now, tz=tz, placeholder="today, -1, 11/20"),
            FormChoice("to", "Goes on with", LEVELS),
            FormLine("to_where", "Where", placeholder="agency, person"),
            FormText(
                "summary", "Summary", placeholder="why they came, what was done, what changed, how it ends"
            ),
        ],
    )
    yield Page(
        REACHED,
        styled("What was reached", "bold $text-primary"),
        None,
        [FormRows("goals", "Goals", _GOAL, most=GOALS_MAX)],
    )
    yield Page(
        GOES_ON,
        styled("What the client goes on with", "bold $text-primary"),
        None,
        [
            FormChoice("plan_disposition", "Safety plan", _DISPOSITIONS),
            FormLine("plan_reason", "Why so", placeholder="why they leave without one"),
            FormRows("appointments", "Appointments", _APPOINTMENT, most=6),
            FormRows("supports", "Who stays", _SUPPORT, most=6),
            FormLines("relapse_signs", "Signs that it gets worse, in the client's words", most=6),
            FormText("return_instructions", "Coming back", placeholder="whom to call, what will happen"),
        ],
    )
    yield Page(
        HANDOFF,
        styled("Who takes over", "bold $text-primary"),
        None,
        [
            FormChoice("ready", "Ready", READY, several=True, none="what of it is so"),
            FormChoice("handoff", "Hand-off", HANDOFFS),
            FormLine("handoff_to", "To whom", placeholder="name, role"),
            FormPastDay("handoff_on", "On", now=now, tz=tz, placeholder="today, -1"),
            FormRows(
                "sent_to",
                f"Sent to ({', '.join(people[:3])})" if people else "Sent to",
                (Column("name", "Who gets the summary"), Column("basis", "Basis", 28, _SENT)),
                most=6,
            ),
        ],
        "Ctrl+s shows the whole discharge and has it signed. The episode ends with it.",
    )
