"""The one key map: each action has one id, one key, one word in the footer and one sentence in the help.

F1, F10 and F11 belong to terminals, so crisis help is F2 (and ctrl+g where a keyboard hides its function
keys). Letters act while no field is being typed in; keys with ctrl always act.
"""

from __future__ import annotations

from textual.binding import Binding

CRISIS_KEYS = "f2,ctrl+g"
RECORD_KEYS = "f3,ctrl+r"
QUICK_KEYS = "f4,ctrl+o"
LOCK_KEY = "ctrl+l"

TABS = (("1", "today", "Today"), ("2", "caseload", "Caseload"), ("3", "review", "Review"),
        ("4", "sync", "Sync"))  # fmt: skip


def key(
    keys: str,
    action: str,
    word: str,
    sentence: str,
    *,
    show: bool = True,
    priority: bool = False,
    shown_key: str | None = None,
) -> Binding:
    """Return a binding whose id is its action, so that a key map of the user can name it."""
    name = action.partition("(")[0]
    argument = action.partition("(")[2].strip("')\"")
    return Binding(
        keys,
        action,
        word,
        id=f"{name}.{argument}" if argument else name,
        tooltip=sentence,
        show=show,
        key_display=shown_key,
        priority=priority,
    )


EVERYWHERE = (
    key("1", "area('today')", "Today", "The day: visits, what is due, alerts.", show=False),
    key("2", "area('caseload')", "Caseload", "All clients.", show=False),
    key("3", "area('review')", "Review", "What waits for the supervisor.", show=False),
    key("4", "area('sync')", "Sync", "What is sent, what is not, and why.", show=False),
    key("slash", "find", "Find", "Find a client by name, nickname, street or number."),
    key("c", "log_contact", "Log", "Log a contact, with this client or one that you pick."),
    key("n", "new_note", "Note", "Write a note for this client or one that you pick."),
    key("p", "open_plan", "Plan", "Open the safety plan of this client or one that you pick."),
    key(
        "g",
        "open_goals",
        "Goals",
        "The treatment plan of this client or one that you pick: goals, what was done for each, reviews.",
        show=False,
    ),
    key("R", "open_risk", "Risk", "Look at the risk of this client, and sign its level.", show=False),
    key(
        "U",
        "triage",
        "Red list",
        "What cannot wait of your teams: risk, crises, no contact, plans, laptops, credentials.",
        show=False,
    ),
    key("B", "board", "Board", "The team board: who sees whom, whom nobody sees, who is off.", show=False),
    key("b", "plan_visit", "Plan visit", "Plan a visit to this client or one that you pick.", show=False),
    key(
        "W",
        "assignment",
        "Who works here",
        "Who works with this client or one that you pick, from when until when.",
        show=False,
    ),
    key("L", "caseloads", "Caseloads", "Who carries how many clients; cover a leave, hand over.", show=False),
    key("t", "tasks", "Tasks", "Open tasks of this client, or your own.", show=False),
    key(
        "i",
        "face_sheet",
        "Face sheet",
        "Who the client is, people, consents, alerts, and who was told what.",
        show=False,
    ),
    key(
        "E",
        "episode",
        "Episode",
        "Referral, steps, red flags and what the record of this client or one that you pick still lacks.",
        show=False,
    ),
    key("N", "new_client", "New client", "Take a new client in, with the referral.", show=False),
    key("I", "intake_list", "Referrals", "Who was referred and waits, and for how long.", show=False),
    key(
        "M",
        "medications",
        "Medicines",
        "The medication list of this client or one that you pick.",
        show=False,
    ),
    key("A", "adherence", "Report", "Report what was taken, or a side effect to the prescriber.", show=False),
    key(
        "V",
        "medical",
        "Vitals",
        "Vital signs, an injection given and what was taken, in one form.",
        show=False,
    ),
    key("Q", "med_queue", "Medical queue", "Who waits: side effects, injections, visits, lists.", show=False),
    key(
        "H",
        "stays",
        "Hospital, jail",
        "Where this client is or was: hospital, ED, jail; and whether somebody saw them after.",
        show=False,
    ),
    key(
        "D",
        "discharge",
        "Discharge",
        "Discharge this client: summary, safety plan, appointments; or read the discharge.",
        show=False,
    ),
    key(
        RECORD_KEYS,
        "record_crisis",
        "Crisis record",
        "Write down a crisis: who called, how high the risk is, what you did.",
        show=False,
        priority=True,
        shown_key="F3",
    ),
    key(
        CRISIS_KEYS,
        "crisis",
        "Crisis",
        "The crisis card at once: phones, alerts, risk and the safety plan.",
        priority=True,
        shown_key="F2",
    ),
    key(
        QUICK_KEYS,
        "quick_entry",
        "Quick entry",
        "Log contacts by one typed line each: rivera 9:30 45m home skills.",
        show=False,
        priority=True,
        shown_key="F4",
    ),
    key(
        "C",
        "check_in",
        "Check in",
        "Say where you go and by when you are out; the same key says that you are safe.",
        show=False,
    ),
    key(
        "S",
        "shift_reports",
        "Shift reports",
        "What was handed over from shift to shift, and the on-call roster.",
        show=False,
    ),
    key("G", "groups", "Groups", "Group sessions: today's, and those that were signed.", show=False),
    key(
        "number_sign",
        "numbers",
        "Numbers",
        "What your team counts: contacts, notes, safety, laptops.",
        show=False,
        shown_key="#",
    ),
    key("P", "print", "Print", "Print the plan, a card, the day or a blank plan.", show=False),
    key("question_mark", "keys", "Help", "Explain this screen and all its keys."),
    key("escape", "close_help", "Close help", "Close this panel.", show=False, priority=True),
    key("ctrl+p", "command_palette", "Commands", "Clients and actions by name.", show=False, priority=True),
    key(LOCK_KEY, "lock", "Lock", "Save everything and lock now.", show=False, priority=True),
    key("ctrl+q", "quit", "Quit", "Save everything, lock and leave.", show=False, priority=True),
    key("F", "field_mode", "Field mode", "Lock after 2 minutes instead of 5.", show=False),
    key("T", "next_theme", "Theme", "Dark, light or high contrast.", show=False),
)

BACK = key("escape", "back", "Back", "Back to where you came from.")
REFRESH = key("r", "refresh", "Refresh", "Read this screen again from the laptop.", show=False)
