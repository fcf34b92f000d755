"""How quick entry looks: each field as it was read and where it comes from, whom a name may mean, what was logged. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.content import Content

from ..clinical.quick_entry.people import Whom
from ..clinical.quick_entry.reading import Trouble
from ..clinical.quick_entry.words import label_of
from ..clinical.times import MINUTE_MS, moment_words, span_words
from ..records.envelope import instant_ms
from ..records.kinds.contact import POS, of_telehealth
from ..widgets.flags import STYLES, client_marks, marks_in, name_cells, with_risk
from ..widgets.identity import called
from ..widgets.text import clip, fit, join, plain, styled
from .quick_values import Come
from .today import draw_visit

if TYPE_CHECKING:
    from datetime import tzinfo

    from ..store.models import ClientLine, VisitLine

LABEL = 10
CANDIDATES = 6
ROWS = (
    ("client", "Client", "last or first name, initials (jd), street, #number"),
    ("outcome", "Outcome", "na · nh · lm · ns · cancelled …; a length says completed"),
    ("time", "When", "9:30 45m · 9:30-10:15 · 45m · now-45 · yesterday 2-3pm"),
    ("modality", "How", "in person · phone · video · text"),
    ("setting", "Where", "home · office · shelter · street · motel · jail …"),
    ("call", "Call", "consent ok · private · no camera · zoom · em 425-555-0100"),
    ("contact_type", "Type", "skills · cm · meds · counseling · peer · outreach …"),
    ("goals", "Goals", "g1 · g2 · g1+3"),
    ("remark", "Remark", "whatever follows the first comma"),
)
"""Field, label, and what may be typed for it."""
OF_TIME = ("start", "stop", "time")
OF_CALL = (
    "consent_on_file",
    "privacy_check",
    "platform",
    "audio_only_reason",
    "emergency_number",
    "callback",
)


@dataclass(frozen=True, slots=True)
class Logged:
    """One contact of this sitting."""

    record: str
    client: str
    name: str
    risk: str
    words: str
    values: Mapping[str, Any]
    state: str = "not sent"


def reading_rows(
    come: Come | None, line: ClientLine | None, offered: Sequence[str], now_ms: int, tz: str, width: int
) -> Content:
    """Return the fields as they were read, one on each line."""
    call = come is not None and (of_telehealth(come.values) or any(come.values.get(one) for one in OF_CALL))
    return Content("\n").join([_row(name, label, hint, come, line, offered, now_ms, tz, width)
                               for name, label, hint in ROWS if name != "call" or call])  # fmt: skip


def _row(
    name: str, label: str, hint: str, come: Come | None, line: ClientLine | None, offered: Sequence[str], now_ms: int,
    tz: str, width: int,
) -> Content:  # fmt: skip
    head = styled(fit(label, LABEL), "$text-muted")
    room = width - LABEL
    if come is None or not come.reading.line.strip():
        return join(head, styled(clip(hint, room), "$text-muted"))
    together = {"time": OF_TIME, "call": OF_CALL, "setting": ("setting", "client_location")}
    fields = together.get(name, (name,))
    wrong = next(
        (one for one in come.troubles if one.field in fields or (name == "client" and one.field == "again")),
        None,
    )
    if wrong is not None:
        if growing(come, wrong):
            return join(
                head, styled(clip(f"… {come.reading.line[wrong.start : wrong.stop]}", room), "$text-muted")
            )
        text = come.reading.line[wrong.start : wrong.stop]
        return join(head, styled(clip(f"✗ {text}", room), "$text-error"))
    missing = next((one for one in come.missing if one.field in fields), None)
    if name == "client":
        return join(head, _client(come, line, room, hint))
    if name == "goals":
        return join(head, _goals(come, offered, room, hint))
    words = _words(name, come, now_ms, tz)
    if missing is not None:
        # The check's sentence names what is wrong with a value that is there, too.
        said = f"{words} · {missing.sentence}" if words else missing.sentence
        return join(head, styled(clip(f"{'!' if not missing.stops else '?'} {said}", room), "$text-warning"))
    if not words:
        return join(head, styled("–", "$text-muted"))
    where = "start" if name == "time" else "consent_on_file" if name == "call" else name
    source = come.filled.sources.get(where, "")
    shown = clip(words, max(12, room - len(source) - 2)) if source else clip(words, room)
    return join(head, shown, styled(f"  {clip(source, room - 14)}" if source else "", "$text-muted"))


def growing(come: Come, trouble: Trouble) -> bool:
    """Tell whether a piece may only be unfinished: it is the last one, and no space follows it yet."""
    return trouble.stop == len(come.reading.line) and trouble.field != "remark"


def _client(come: Come, line: ClientLine | None, room: int, hint: str) -> Content:
    if not come.reading.client:
        return styled(clip(f"? {hint}", room), "$text-warning")
    if line is None:
        return plain("…")
    shown = with_risk(clip(called(line), 34), line.risk)
    apart = ", ".join(filter(None, [f"b. {line.dob[:4]}" if line.dob else "", line.street, line.mrn]))
    marks = [
        mark for mark in client_marks(line) if "no contact" not in mark[0] and "risk" not in mark[0].lower()
    ]
    left = room - shown.cell_length - 2
    if marks and marks[0][1] == "stop":
        return join(shown, "  ", marks_in(marks, max(12, left)))
    said = clip(apart, left)
    parts: list[Content | str] = [shown, "  ", styled(said, "$text-muted")]
    left -= len(said) + 2
    if marks and left > 14:
        parts += ["  ", marks_in(marks, left)]
    return join(*parts)


def _goals(come: Come, offered: Sequence[str], room: int, hint: str) -> Content:
    goals = come.values.get("goals")
    if goals:
        return plain(clip("; ".join(goals), room))
    listed = " · ".join(f"g{number} {goal}" for number, goal in enumerate(offered, 1))
    return styled(clip(listed or "–", room), "$text-muted")


def _words(name: str, come: Come, now_ms: int, tz: str) -> str:
    values = come.values
    if name == "time":
        return time_words(values, now_ms, tz)
    if name == "call":
        return _call_words(values)
    code = str(values.get(name) or "")
    if name == "remark":
        return code
    words = label_of(name, code) if code else ""
    if name == "setting":
        where = str(values.get("client_location") or "")
        place = f" (place of service {POS[code]})" if code in POS else ""
        return f"{words}{place}" + (f" · client at {where}" if where else "")
    if name == "contact_type" and values.get("service_code"):
        units = (
            f", {values['units']} unit{'' if values['units'] == 1 else 's'}"
            if values.get("units") is not None
            else ""
        )
        return f"{words} · {values['service_code']}{units}"
    if name == "modality" and values.get("travel_min") is not None:
        return f"{words} · travel {values['travel_min']} min"
    return words


def _call_words(values: Mapping[str, Any]) -> str:
    """Return what is said of a call, in the order of the form."""
    agreed, alone = values.get("consent_on_file"), values.get("privacy_check")
    why = str(values.get("audio_only_reason") or "")
    number, back = (str(values.get(one) or "") for one in ("emergency_number", "callback"))
    parts = [
        "" if agreed is None else "consent on file" if agreed else "no consent",
        "" if alone is None else "nobody listens" if alone else "somebody may listen",
        str(values.get("platform") or ""), label_of("audio_only_reason", why).lower(),
        f"emergency {number}" if number else "", f"call back {back}" if back else "",
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def time_words(values: Mapping[str, Any], now_ms: int, tz: str) -> str:
    """Return when a contact was, in words; "" when nothing is known."""
    if not values.get("start"):
        return ""
    start = instant_ms(values["start"])
    if not values.get("stop"):
        return f"{moment_words(start, now_ms, tz)}, stop time still open"
    stop = instant_ms(values["stop"])
    return (
        span_words(start, stop, now_ms, tz)
        if stop > start + MINUTE_MS - 1
        else moment_words(start, now_ms, tz)
    )


def logged_words(values: Mapping[str, Any], now_ms: int, tz: str) -> str:
    """Return one contact on one line."""
    parts = [
        label_of("outcome", str(values.get("outcome") or "")).partition(": ")[2]
        or label_of("outcome", str(values.get("outcome") or "")),
        time_words(values, now_ms, tz).removeprefix("today "),
        label_of("setting", str(values.get("setting") or "")),
        label_of("contact_type", str(values.get("contact_type") or "")),
    ]
    return " · ".join(part[:1].upper() + part[1:] for part in parts if part)


def candidate_rows(candidates: Sequence[Whom], risks: Mapping[str, str], at: int, width: int) -> Content:
    """Return whom a name may mean, with what tells them apart; the one picked out is marked."""
    rows = []
    name = min(32, width // 2)
    for number, who in enumerate(candidates[:CANDIDATES]):
        here = number == at
        row = join(
            "› " if here else "  ", name_cells(who.name, risks.get(who.client, ""), name), " ",
            styled(clip(who.told, width - name - 3), "$text-muted"),
        )  # fmt: skip
        rows.append(styled(row.plain, "bold reverse") if here else row)
    more = len(candidates) - CANDIDATES
    if more > 0:
        rows.append(styled(f"  and {more} more: type more of the name", "$text-muted"))
    return Content("\n").join(rows)


def logged_rows(logged: Sequence[Logged], width: int) -> Content:
    """Return what was logged in this sitting, newest first, with how far it got."""
    if not logged:
        return Content("")
    heading = styled(f"Logged in this sitting · {len(logged)}", "bold $text-primary")
    return Content("\n").join([heading, *(_logged(one, width) for one in reversed(logged))])


def _logged(one: Logged, width: int) -> Content:
    state = 11
    name = 22 if width < 100 else 30
    tone = (
        STYLES["done"]
        if one.state == "sent"
        else STYLES["error"]
        if one.state == "needs you"
        else STYLES["note"]
    )
    return join(
        name_cells(one.name, one.risk, name), " ", fit(one.words, width - name - state - 2), " ",
        styled(fit(one.state, state), tone),
    )  # fmt: skip


def plan_rows(visits: Sequence[VisitLine], tz: tzinfo, width: int) -> Content:
    """Return the day's visits, done or still to come."""
    if not visits:
        return styled("No visits planned today", "$text-muted")
    heading = styled(f"Today's plan · {len(visits)}", "bold $text-primary")
    return Content("\n").join([heading, *(draw_visit(visit, tz, width) for visit in visits)])
