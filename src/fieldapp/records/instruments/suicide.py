"""Suicide screens: the ASQ, asking in one's own words, and a triage whose questions only a pack brings.

The questions of the C-SSRS are other people's text and stand nowhere here (clinical.md 3.9): only the keys, the
order and the triage of clinical.md 3.4 do.
"""

from __future__ import annotations

from .model import INCOMPLETE, Band, Condition, Instrument, Item, Option, Rule, yes_no

NIMH = (
    "ASQ: Ask Suicide-Screening Questions, National Institute of Mental Health. Free to use; the wording is not "
    "to be changed."
)
_BANDS = (
    Band("none", "No risk found", risk="none"),
    Band(INCOMPLETE, "Not answered to the end", risk="screen_needed"),
    Band("low", "Low risk", positive=True, risk="low"),
    Band("moderate", "Moderate risk", positive=True, risk="moderate"),
    Band("high", "High risk", positive=True, risk="high"),
)

_ASKED = (
    "In the past few weeks, have you wished you were dead?",
    "In the past few weeks, have you felt that you or your family would be better off if you were dead?",
    "In the past week, have you been having thoughts about killing yourself?",
    "Have you ever tried to kill yourself?",
)
# Whoever would rather not answer one of the four counts as positive.
_ANY = tuple(Condition(f"q{n}", or_declined=True) for n in range(1, 5))
ASQ = Instrument(
    code="asq",
    version="1",
    name="ASQ",
    about="Suicide screen",
    licence=NIMH,
    items=(
        *(Item(f"q{n}", text, yes_no()) for n, text in enumerate(_ASKED, 1)),
        Item("now", "Are you having thoughts of killing yourself right now?", yes_no(), only_if=_ANY),
    ),
    bands=(
        Band("negative", "Negative", risk="none"),
        Band(INCOMPLETE, "Not answered to the end", risk="screen_needed"),
        Band("positive", "Positive, not acute", positive=True, risk="moderate"),
        Band("acute", "Acute positive", positive=True, risk="high"),
    ),
    triage=(
        Rule("acute", Condition("now", or_declined=True)),
        *(Rule("positive", condition) for condition in _ANY),
    ),
    suicide_screen=True,
    needs_setting="asq_adults",
)

ASKED = Instrument(
    code="asked",
    version="1",
    name="Asked directly",
    about="Suicide, in your own words",
    licence="Your agency's way of asking; fieldapp gives no wording. The level is your own judgement.",
    items=(
        Item(
            "level",
            "Ask directly about thoughts of suicide, the way your agency teaches it. What is your judgement?",
            (
                Option(0, "No risk found"),
                Option(1, "Low"),
                Option(2, "Moderate"),
                Option(3, "High"),
                Option(4, "Imminent"),
            ),
        ),
    ),
    bands=(*_BANDS, Band("imminent", "Imminent risk", positive=True, risk="imminent")),
    triage=tuple(
        Rule(band, Condition("level", least))
        for least, band in ((4, "imminent"), (3, "high"), (2, "moderate"), (1, "low"))
    ),
    suicide_screen=True,
)

_THEN = (Condition("q2"),)
_COLUMBIA = (
    Item("q1", "Q1", yes_no(), "93246-7"),
    Item("q2", "Q2", yes_no(), "93247-5"),
    Item("q3", "Q3", yes_no(), "93248-3", only_if=_THEN),
    Item("q4", "Q4", yes_no(), "93249-1", only_if=_THEN),
    Item("q5", "Q5", yes_no(), "93250-9", only_if=_THEN),
    Item("q6", "Q6", yes_no(), "93267-3"),
)
CSSRS_RECENT = Instrument(
    code="cssrs_recent",
    version="1",
    name="C-SSRS, recent",
    about="Suicide screen",
    licence="Comes with the agency's pack.",
    items=(*_COLUMBIA, Item("q6b", "Q6b", yes_no(), "93269-9", only_if=(Condition("q6"),))),
    bands=_BANDS,
    triage=(
        Rule("high", Condition("q4")),
        Rule("high", Condition("q5")),
        Rule("high", Condition("q6b")),
        # Until it is known when, the worst is taken.
        Rule("high", Condition("q6"), unanswered="q6b"),
        Rule("moderate", Condition("q3")),
        Rule("moderate", Condition("q6")),
        Rule("low", Condition("q2")),
        Rule("low", Condition("q1")),
    ),
    suicide_screen=True,
    needs_words=True,
    panel_loinc="93373-9",
    total_loinc="93374-7",
)
CSSRS_SINCE = Instrument(
    code="cssrs_since",
    version="1",
    name="C-SSRS, since last contact",
    about="Suicide screen",
    licence="Comes with the agency's pack.",
    # LOINC has no codes for this window (clinical.md 3.4).
    items=tuple(Item(item.key, item.text, item.options, only_if=item.only_if) for item in _COLUMBIA),
    bands=_BANDS,
    triage=(
        Rule("high", Condition("q4")),
        Rule("high", Condition("q5")),
        Rule("high", Condition("q6")),
        Rule("moderate", Condition("q3")),
        Rule("low", Condition("q2")),
        Rule("low", Condition("q1")),
    ),
    suicide_screen=True,
    needs_words=True,
)
ALL = (CSSRS_RECENT, CSSRS_SINCE, ASQ, ASKED)
"""In the order in which one is offered when a screen is due."""
