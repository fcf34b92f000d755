"""The pages of a treatment plan's form: what it answers to, a page for each goal, what is agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..clinical.goal_starters import starters
from ..records.canonical import Json
from ..records.kinds.consent import METHODS
from ..records.kinds.treatment_plan import (
    COPIES,
    DOMAINS,
    GOALS_MAX,
    LINES_MAX,
    MODALITIES,
    SOURCES,
    STATES,
    TOOK_PART,
)
from ..widgets.form_choice import FormChoice
from ..widgets.form_line import FormLine, FormText
from ..widgets.form_past_day import FormPastDay
from ..widgets.form_row import Column
from ..widgets.form_rows import FormRows
from ..widgets.form_time import FormDay
from ..widgets.text import styled
from .form_pages import Page

NEEDS, AGREE = 0, GOALS_MAX + 1
"""The numbers of the first and the last page; the goals stand between them."""
NEEDS_MAX = 6

NEED = (Column("text", "In few words"), Column("source", "Who says so", 17, tuple(SOURCES.items())))
STEP = (
    Column("text", "What will be seen"),
    Column("measure", "Measured by", 12),
    Column("baseline", "Now", 9),
    Column("target", "Target", 9),
    Column("due", "By", 12),
)
HELP = (
    Column("what", "What we do"),
    Column("modality", "How", 14, tuple(MODALITIES.items())),
    Column("frequency", "How often", 12),
    Column("who", "Who", 12),
    Column("code", "Code", 8),
)


class FormStarters(FormChoice):
    """Ways to begin a goal; they are no value of the form, only words to be said anew."""

    def paths(self) -> tuple[str, ...]:
        return ()

    def values(self) -> Mapping[str, Json]:
        return {}

    def restore(self, values: Mapping[str, Json], typed: Mapping[str, str]) -> None:
        self.box.show([])

    def offer(self, domain: str, language: str) -> None:
        """Offer the words of a domain."""
        self.box.offer(tuple((words, words) for words in starters(domain, language)))
        if self.value not in dict(self.box.options):
            self.box.show([])


class FormNeed(FormChoice):
    """Which need a goal answers: one of those on the first page."""

    def offer(self, needs: Sequence[str]) -> None:
        """Offer the needs; what was chosen stays."""
        self.box.offer(tuple((need, need) for need in needs))


def path_of(goal_id: str, name: str) -> str:
    """Return the path of a goal's field."""
    return f"goals.{goal_id}.{name}"


def pages(order: Sequence[str], now: Callable[[], int], tz: str) -> Iterator[Page]:
    """Return all pages; `order` is the goal id of each page of a goal."""
    yield Page(
        NEEDS,
        styled("What the plan answers to", "bold $text-primary"),
        None,
        [
            FormRows("needs", "", NEED, most=NEEDS_MAX),
            FormText(
                "strengths", "Strengths", placeholder="what the client is good at, and what has helped before"
            ),
            FormText("supports_role", "Supports", placeholder="who helps with what, as the client wants it"),
        ],
        "A new version starts from the one that stands. The old one is kept.",
    )
    for number, goal_id in enumerate(order, 1):
        yield Page(
            number,
            styled(f"Goal {number}", "bold $text-primary"),
            None,
            [
                FormChoice(path_of(goal_id, "domain"), "About", DOMAINS),
                FormStarters(
                    path_of(goal_id, "starter"), "Begin with", (), none="or in the client's own words"
                ),
                FormLine(
                    path_of(goal_id, "words"),
                    "Client's words",
                    placeholder="as the client says it: I want to ...",
                ),
                FormNeed(path_of(goal_id, "need"), "Because of", (), none="which need"),
                FormChoice(path_of(goal_id, "status"), "It is", STATES, none="worked on"),
                FormDay(path_of(goal_id, "target_date"), "Until", now=now, tz=tz, placeholder="+60, 12/24"),
                FormRows(path_of(goal_id, "objectives"), "Steps that can be measured", STEP, most=LINES_MAX),
                FormRows(path_of(goal_id, "help"), "What is done for it", HELP, most=LINES_MAX),
            ],
        )
    yield Page(
        AGREE,
        styled("What we agree", "bold $text-primary"),
        None,
        [
            FormText("step_down", "Less is enough", placeholder="how we will see it, and what comes after"),
            FormLine("made_with", "Made with", placeholder="who sat at the table"),
            FormChoice("participation", "The client", TOOK_PART),
            FormText("participation_reason", "Client's words", placeholder="what not, and why"),
            FormChoice("signature", "Client signed", METHODS),
            FormLine("signed_name", "Name as signed", placeholder="the client types it"),
            FormPastDay("signed_on", "Signed on", now=now, tz=tz, placeholder="today, -1"),
            FormLine("witness", "Witness", placeholder="who heard it"),
            FormChoice("copy_offered", "Copy offered", COPIES),
            FormDay("review_due", "Look again by", now=now, tz=tz, placeholder="90, +30, 12/24"),
        ],
        "Ctrl+s shows the whole plan and has it signed.",
    )
