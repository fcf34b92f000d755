"""PHQ-9, PHQ-2, GAD-7 and GAD-2: verbatim, with the line that their owner asks for (clinical.md 3.2, 3.3)."""

from __future__ import annotations

from .model import Change, Condition, Flag, Instrument, Item, Option, bands

NOTICE = (
    "Copyright © Pfizer Inc. All rights reserved. Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, "
    "Kurt Kroenke and colleagues, with an educational grant from Pfizer Inc. No permission required to "
    "reproduce, translate, display or distribute."
)
STEM = "Over the last 2 weeks, how often have you been bothered by any of the following problems?"
SELF_HARM = "self_harm_item"
"""Item 9 was answered with anything but "not at all": the suicide screen is due now."""
FREQUENCY = (
    Option(0, "Not at all", "LA6568-5"),
    Option(1, "Several days", "LA6569-3"),
    Option(2, "More than half the days", "LA6570-1"),
    Option(3, "Nearly every day", "LA6571-9"),
)
_PHQ = (
    ("Little interest or pleasure in doing things", "44250-9"),
    ("Feeling down, depressed, or hopeless", "44255-8"),
    ("Trouble falling or staying asleep, or sleeping too much", "44259-0"),
    ("Feeling tired or having little energy", "44254-1"),
    ("Poor appetite or overeating", "44251-7"),
    (
        "Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
        "44258-2",
    ),
    ("Trouble concentrating on things, such as reading the newspaper or watching television", "44252-5"),
    (
        "Moving or speaking so slowly that other people could have noticed? Or the opposite — being so fidgety "
        "or restless that you have been moving around a lot more than usual",
        "44253-3",
    ),
    ("Thoughts that you would be better off dead or of hurting yourself in some way", "44260-8"),
)
_GAD = (
    ("Feeling nervous, anxious, or on edge", "69725-0"),
    ("Not being able to stop or control worrying", "68509-9"),
    ("Worrying too much about different things", "69733-4"),
    ("Trouble relaxing", "69734-2"),
    ("Being so restless that it's hard to sit still", "69735-9"),
    ("Becoming easily annoyed or irritable", "69689-8"),
    ("Feeling afraid as if something awful might happen", "69736-7"),
)


def _items(rows: tuple[tuple[str, str], ...]) -> tuple[Item, ...]:
    return tuple(Item(f"q{n}", text, FREQUENCY, loinc) for n, (text, loinc) in enumerate(rows, 1))


_DIFFICULTY = Item(
    "difficulty",
    "If you checked off any problems, how difficult have these problems made it for you to do your work, take "
    "care of things at home, or get along with other people?",
    (
        Option(0, "Not difficult at all"),
        Option(1, "Somewhat difficult"),
        Option(2, "Very difficult"),
        Option(3, "Extremely difficult"),
    ),
    "69722-7",
    only_if=tuple(Condition(f"q{n}") for n in range(1, 10)),
    weight=0,
    stem="",
)

PHQ9 = Instrument(
    code="phq9",
    version="1",
    name="PHQ-9",
    about="Depression",
    licence=NOTICE,
    stem=STEM,
    items=(*_items(_PHQ), _DIFFICULTY),
    bands=bands(
        ("minimal", "Minimal", 0, 4),
        ("mild", "Mild", 5, 9),
        ("moderate", "Moderate", 10, 14, True),
        ("moderately_severe", "Moderately severe", 15, 19, True),
        ("severe", "Severe", 20, 27, True),
    ),
    flags=(Flag(SELF_HARM, Condition("q9"), "Item 9 was not answered with “not at all”"),),
    change=Change("lower", meaningful=5, response_percent=50, remission_below=5),
    panel_loinc="44249-1",
    total_loinc="44261-6",
)
PHQ2 = Instrument(
    code="phq2",
    version="1",
    name="PHQ-2",
    about="Depression, short",
    licence=NOTICE,
    stem=STEM,
    items=_items(_PHQ[:2]),
    bands=bands(("negative", "Negative", 0, 2), ("positive", "Positive", 3, 6, True)),
)
GAD7 = Instrument(
    code="gad7",
    version="1",
    name="GAD-7",
    about="Anxiety",
    licence=NOTICE,
    stem=STEM,
    items=_items(_GAD),
    bands=bands(
        ("minimal", "Minimal", 0, 4),
        ("mild", "Mild", 5, 9),
        ("moderate", "Moderate", 10, 14, True),
        ("severe", "Severe", 15, 21, True),
    ),
    change=Change("lower", meaningful=4),
    panel_loinc="69737-5",
    total_loinc="70274-6",
)
GAD2 = Instrument(
    code="gad2",
    version="1",
    name="GAD-2",
    about="Anxiety, short",
    licence=NOTICE,
    stem=STEM,
    items=_items(_GAD[:2]),
    bands=bands(("negative", "Negative", 0, 2), ("positive", "Positive", 3, 6, True)),
)
ALL = (PHQ9, GAD7, PHQ2, GAD2)
