"""PCL-5 and PC-PTSD-5 of the US National Center for PTSD, verbatim; AUDIT-C of the WHO (clinical.md 3.6)."""

from __future__ import annotations

from .model import Change, Condition, Instrument, Item, Option, bands, yes_no

VA = (
    "US Department of Veterans Affairs, National Center for PTSD. Made by the US government; not copyrighted. "
    "Not a diagnosis."
)
WHO = "AUDIT: World Health Organization, Saunders and colleagues, 1993. Treated as public domain."
_BOTHERED = tuple(
    Option(value, words)
    for value, words in enumerate(("Not at all", "A little bit", "Moderately", "Quite a bit", "Extremely"))
)
_PCL = (
    "Repeated, disturbing, and unwanted memories of the stressful experience?",
    "Repeated, disturbing dreams of the stressful experience?",
    "Suddenly feeling or acting as if the stressful experience were actually happening again (as if you were "
    "actually back there reliving it)?",
    "Feeling very upset when something reminded you of the stressful experience?",
    "Having strong physical reactions when something reminded you of the stressful experience (for example, "
    "heart pounding, trouble breathing, sweating)?",
    "Avoiding memories, thoughts, or feelings related to the stressful experience?",
    "Avoiding external reminders of the stressful experience (for example, people, places, conversations, "
    "activities, objects, or situations)?",
    "Trouble remembering important parts of the stressful experience?",
    "Having strong negative beliefs about yourself, other people, or the world (for example, having thoughts "
    "such as: I am bad, there is something seriously wrong with me, no one can be trusted, the world is "
    "completely dangerous)?",
    "Blaming yourself or someone else for the stressful experience or what happened after it?",
    "Having strong negative feelings such as fear, horror, anger, guilt, or shame?",
    "Loss of interest in activities that you used to enjoy?",
    "Feeling distant or cut off from other people?",
    "Trouble experiencing positive feelings (for example, being unable to feel happiness or have loving "
    "feelings for people close to you)?",
    "Irritable behavior, angry outbursts, or acting aggressively?",
    "Taking too many risks or doing things that could cause you harm?",
    "Being “superalert” or watchful or on guard?",
    "Feeling jumpy or easily startled?",
    "Having difficulty concentrating?",
    "Trouble falling or staying asleep?",
)
PCL5 = Instrument(
    code="pcl5",
    version="1",
    name="PCL-5",
    about="Trauma symptoms",
    licence=VA,
    stem="In the past month, how much were you bothered by:",
    items=tuple(Item(f"q{n}", text, _BOTHERED) for n, text in enumerate(_PCL, 1)),
    bands=bands(
        ("below", "Below the cut", 0, 30),
        ("at_cut", "At the cut (31 to 33)", 31, 33, True),
        ("above", "Above the cut", 34, 80, True),
    ),
    change=Change("lower", reliable=5, meaningful=10),
)

_EVENTS = (
    "Sometimes things happen to people that are unusually or especially frightening, horrible, or traumatic. For "
    "example: a serious accident or fire; a physical or sexual assault or abuse; an earthquake or flood; a war; "
    "seeing someone be killed or seriously injured; having a loved one die through homicide or suicide."
)
_AFTER = (
    "Had nightmares about the event(s) or thought about the event(s) when you did not want to?",
    "Tried hard not to think about the event(s) or went out of your way to avoid situations that reminded you of "
    "the event(s)?",
    "Been constantly on guard, watchful, or easily startled?",
    "Felt numb or detached from people, activities, or your surroundings?",
    "Felt guilty or unable to stop blaming yourself or others for the event(s) or any problems the event(s) may "
    "have caused?",
)
PC_PTSD5 = Instrument(
    code="pcptsd5",
    version="1",
    name="PC-PTSD-5",
    about="Trauma, short",
    licence=VA,
    stem="In the past month, have you:",
    items=(
        Item("event", "Have you ever experienced this kind of event?", yes_no(), weight=0, stem=_EVENTS),
        *(Item(f"q{n}", text, yes_no(), only_if=(Condition("event"),)) for n, text in enumerate(_AFTER, 1)),
    ),
    bands=bands(
        ("negative", "Negative", 0, 2),
        ("at_lower_cut", "At the lower cut (3)", 3, 3, True),
        ("positive", "Positive", 4, 5, True),
    ),
)

_TIMES = ("Never", "Less than monthly", "Monthly", "Weekly", "Daily or almost daily")
_DRINKS = (Condition("q1"),)
AUDIT_C = Instrument(
    code="auditc",
    version="1",
    name="AUDIT-C",
    about="Alcohol",
    licence=WHO,
    items=(
        Item(
            "q1",
            "How often do you have a drink containing alcohol?",
            tuple(
                Option(value, words)
                for value, words in enumerate(
                    (
                        "Never",
                        "Monthly or less",
                        "2 to 4 times a month",
                        "2 to 3 times a week",
                        "4 or more times a week",
                    )
                )
            ),
        ),
        Item(
            "q2",
            "How many drinks containing alcohol do you have on a typical day when you are drinking?",
            tuple(
                Option(value, words)
                for value, words in enumerate(("1 or 2", "3 or 4", "5 or 6", "7, 8, or 9", "10 or more"))
            ),
            only_if=_DRINKS,
        ),
        Item(
            "q3",
            "How often do you have six or more drinks on one occasion?",
            tuple(Option(value, words) for value, words in enumerate(_TIMES)),
            only_if=_DRINKS,
        ),
    ),
    # One band for the total at which the cuts for women and men part: the sex is not asked here.
    bands=bands(
        ("negative", "Negative", 0, 2),
        ("positive_women", "Positive for women, not for men", 3, 3, True),
        ("positive", "Positive", 4, 12, True),
    ),
    change=Change("lower"),
    panel_loinc="72109-2",
    total_loinc="75626-2",
)
ALL = (PCL5, PC_PTSD5, AUDIT_C)
