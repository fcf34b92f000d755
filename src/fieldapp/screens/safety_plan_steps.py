"""The pages of a safety plan's form: before it starts, seven steps, and what is agreed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..clinical.plan_spoken import place_words, prompts_of, steps_of
from ..records.kinds import PLANS
from ..records.kinds.client import LANGUAGES
from ..records.kinds.crisis_plan import ABOUT
from ..records.kinds.plan import (
    COPIES,
    LINES_MAX,
    MEANS,
    MEANS_ACTIONS,
    MEANS_STEP,
    NEEDED,
    SHARING,
    TRIGGERS_SHORT,
    PlanForm,
)
from ..widgets.form_choice import FormChoice, FormYes
from ..widgets.form_field import FormField
from ..widgets.form_line import FormLine, FormNumber, FormText
from ..widgets.form_row import Column
from ..widgets.form_rows import FormLines, FormRows
from ..widgets.form_time import FormDay
from ..widgets.text import lines, styled
from .form_pages import Page, Spoken

START, END = 0, 8
"""The numbers of the first and the last page; the seven steps of every plan stand between them."""
assert all(len(form.steps) == END - 1 for form in PLANS.values())  # noqa: S101 - else a page would be lost

PERSON = (
    Column("name", "Name or place"),
    Column("relation", "Who that is", 16),
    Column("phone", "Phone", 18),
    Column("knows", "Knows", 7, (("yes", "Yes"), ("no", "No"))),
)
DANGER = (
    Column("text", "What it is"),
    Column("means", "Kind", 12, tuple(MEANS.items())),
    Column("access", "Access", 9, (("yes", "Yes"), ("no", "No"), ("unknown", "Not known"))),
    Column("action", "Agreed", 16, tuple(MEANS_ACTIONS.items())),
    Column("who", "By whom", 12),
)
SHARED = (
    Column("who", "Who else has the plan"),
    Column("basis", "By which consent", 30, tuple(SHARING.items())),
)


def pages(form: PlanForm, now: Callable[[], int], tz: str) -> Iterator[Page]:
    """Return all pages in order."""
    yield Page(
        START,
        styled("Before we start", "bold"),
        None,
        [
            FormChoice(
                "declined", "Today", (("no", "We write the plan"), ("yes", "Client wants no plan now")),
                none="choose",
            ),
            FormText("declined_reason", "Client's words", placeholder="why there is no plan now"),
            *([FormChoice("about", "For a crisis of", ABOUT)] if form.kind == "crisis_plan" else []),
            FormChoice("language", "Language", LANGUAGES),
            FormLine("made_with", "Made with", placeholder="who sat at the table"),
        ],
        "A new version starts from the one that stands. The old one is kept.",
    )  # fmt: skip
    for number, step in enumerate(form.steps, 1):
        fields: list[FormField] = [_step_field(form, step)]
        if step not in NEEDED:
            fields.append(FormLine(f"not_yet.{step}", "Not yet: why", placeholder="why there is no line yet"))
        said = partial(_said, form.kind, step, number)
        staff_only = (
            "Only staff see this step, unless the client wants it printed." if step == MEANS_STEP else ""
        )
        yield Page(number, said("en").title, said, fields, staff_only, private=step == MEANS_STEP)
    yield Page(
        END,
        styled("What we agree", "bold $text-primary"),
        None,
        [
            FormNumber("likely_to_use", "Will I use it?", most=10, placeholder="0 not at all, 10 for sure"),
            FormLine("barriers", "Could stop me", placeholder="what might get in the way"),
            FormLine("where_kept", "Kept where", placeholder="phone, fridge, wallet"),
            FormChoice("copy_given", "Copy given", COPIES),
            FormYes("client_agreed", "Client agrees"),
            FormYes("print_means", "Print step 6", yes="Yes, the client wants it", no="No, staff only"),
            FormDay("review_due", "Look again by", now=now, tz=tz, placeholder="30, +7, 12/24"),
            FormChoice(
                "trigger_for_review", "And also after", TRIGGERS_SHORT, several=True, none="all of these"
            ),
            FormRows("shared_with", "", SHARED, most=LINES_MAX),
        ],
        "Ctrl+s shows the whole plan and has it signed.",
    )


def _said(kind: str, step: str, number: int, language: str) -> Spoken:
    titles = steps_of(kind, language)
    place = styled(place_words(number, len(titles), language), "$text-muted")
    return Spoken(lines(place, styled(titles[step], "bold $text-primary")), prompts_of(kind, language)[step])


def _step_field(form: PlanForm, step: str) -> FormField:
    if step in form.people:
        return FormRows(step, "", PERSON, most=LINES_MAX)
    if step == MEANS_STEP:
        return FormRows(step, "", DANGER, most=LINES_MAX)
    return FormLines(step, "", most=LINES_MAX)
