"""The face sheet: who a client is, who is around them, what they agreed to, who was told what (clinical.md 2.1-2.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fieldapp.clinical import due, housing
from fieldapp.clinical.disclosing import STANDINGS, Answer, stands
from fieldapp.clinical.policy import Actor, allow
from fieldapp.clinical.stays import away_words, effective_status, open_visit
from fieldapp.records.changes import values_of
from fieldapp.records.fold import View
from fieldapp.records.kinds import KINDS, consent
from fieldapp.records.kinds.client import failed_placements, lived, shown_name
from fieldapp.records.kinds.episode import open_episode

from ..sheet_models import FaceSheet, SheetLine, SheetSection
from . import lenient
from .chart import address, phones
from .lines import Asking
from .record import NotHere
from .releases import answers, person_of
from .words import one_line, value_words

_SECTIONS = (
    ("client", "Identity"),
    ("episode", "Episode of care"),
    ("coverage", "Payers"),
    ("alert", "Alerts"),
    ("related_person", "People around the client"),
    ("consent", "Consents and releases"),
    ("disclosure", "Told to others"),
    ("housing", "Where they live and lived"),
)
_STANDING = {"allowed": "", "not_allowed": "warning", "listen_only": "warning"}
_RECORD_OF = {"coverage": "episode", "housing": "client"}
"""Where a section is a part of a record."""
_TOLD = 20
"""Disclosures that are listed; the whole accounting is printed."""


def face_sheet(asking: Asking, client: str) -> FaceSheet:
    """Return a client's face sheet; raises NotHere."""
    own = asking.rx.view(client)
    if own is None:
        raise NotHere
    actor = Actor(asking.me.staff, frozenset(asking.me.roles), asking.me.is_mhp)
    lines: Mapping[str, Callable[[], tuple[SheetLine, ...]]] = {
        "client": lambda: (_identity(own),),
        "episode": lambda: tuple(_episode(asking, view) for view in _of(asking, "episode", client)),
        "coverage": lambda: _payers(_of(asking, "episode", client), asking.day),
        "alert": lambda: _ranked(_alert(view, asking.day) for view in _of(asking, "alert", client)),
        "related_person": lambda: _people(asking, client),
        "consent": lambda: _ranked(_consent(view, asking.day) for view in _of(asking, "consent", client)),
        "disclosure": lambda: tuple(
            _told(asking, view) for view in _of(asking, "disclosure", client)[-_TOLD:][::-1]
        ),
        "housing": lambda: _housing(own),
    }
    sections = tuple(
        SheetSection(
            kind,
            title,
            lines[kind](),
            bool(allow(actor, "save", _RECORD_OF.get(kind, kind))),
            _failed(own) if kind == "housing" else "",
        )
        for kind, title in _SECTIONS
    )
    shown = {line.record for section in sections for line in section.lines}
    drafts = frozenset(row.record for row in asking.rx.drafts() if row.record in shown)
    return FaceSheet(client, sections, drafts)


def _failed(own: View) -> str:
    failed = failed_placements(row.to_data() for row in own.items("addresses").values())
    return f"{failed} failed {'placement' if failed == 1 else 'placements'}" if failed else ""


def _housing(own: View) -> tuple[SheetLine, ...]:
    """Return where the client lives, then where they lived, newest first."""
    rows = [{**row.to_data(), "item": item} for item, row in own.items("addresses").items()]
    found = []
    for row in lived(rows):
        ended = housing.ended_words(row)
        found.append(
            SheetLine(
                "housing", own.id, housing.place_name(row), _joined(housing.place_words(row)), "over" if ended else "",
                ended, str(row["item"]),
            )
        )  # fmt: skip
    return tuple(found)


def _of(asking: Asking, kind: str, client: str) -> list[View]:
    return [view for view in asking.rx.views(kind, client) if not view.in_error]


def _ranked(lines: Iterable[SheetLine]) -> tuple[SheetLine, ...]:
    """Return lines with what no longer holds below what does."""
    return tuple(sorted(lines, key=lambda line: line.mark == "over"))


def _joined(*parts: str) -> str:
    return one_line(" · ".join(part for part in parts if part))


def _identity(view: View) -> SheetLine:
    said = [f"{number} ({remark})" if remark else number for number, remark in phones(view)]
    words = _joined(
        str(view.get("pronouns") or ""),
        f"born {view.get('dob')}" if view.get("dob") else "",
        value_words("client", "language", view.get("language")),
        "interpreter" if view.get("interpreter_needed") else "",
        ", ".join(said),
        address(view),
    )
    missing = [
        words for name, words in (("dob", "date of birth"), ("language", "language")) if not view.get(name)
    ]
    return SheetLine(
        "client", view.id, shown_name(view), words, "warning" if missing else "",
        f"missing: {', '.join(missing)}" if missing else "",
    )  # fmt: skip


def _episode(asking: Asking, view: View) -> SheetLine:
    facts = asking.known.clients.get(view.client or "")
    stay = open_visit(facts.stays) if facts is not None else None
    words = _joined(
        value_words("episode", "track", view.get("track")),
        value_words("episode", "intensity_tier", view.get("intensity_tier")),
        f"admitted {view.get('admit_date')}" if view.get("admit_date") else "",
        str(view.get("county") or ""),
        away_words(stay, asking.day) if stay is not None else "",
        str(view.get("status_reason") or ""),
    )
    status = effective_status(str(view.get("status") or ""), facts.stays if facts is not None else ())
    return SheetLine(
        "episode", view.id, value_words("episode", "status", status) or "No status", words,
        "over" if status == "discharged" else "warning" if status == "on_hold" else "",
    )  # fmt: skip


def _payers(episodes: list[View], day: str) -> tuple[SheetLine, ...]:
    view = open_episode(episodes)
    if view is None:
        return ()
    found = []
    for row in view.items("coverage").values():
        until = str(row.get("auth_to") or "")
        words = _joined(
            f"member {row.get('member_id')}" if row.get("member_id") else "",
            f"authorization {row.get('auth_no')}" if row.get("auth_no") else "",
            f"until {until}" if until else "",
            f"{row.get('auth_units')} units" if row.get("auth_units") is not None else "",
        )
        over = bool(until) and until < day
        name = str(row.get("payer") or "(no name)")
        found.append(
            SheetLine("coverage", view.id, name, words, "warning" if over else "", "ended" if over else "")
        )
    if not found:
        found.append(SheetLine("coverage", view.id, "Nobody yet", "", "warning", "no payer is written down"))
    return tuple(found)


def _alert(view: View, day: str) -> SheetLine:
    code = str(view.get("code") or "")
    severity = str(view.get("severity") or "caution")
    standing = view.derived.get("active", True)
    review = str(view.get("review_by") or "")
    mark = "over" if not standing else "error" if severity == "stop" else "warning"
    late = f"still so? (asked {review})" if standing and review and review <= day else ""
    said = "Cleared" if not standing else value_words("alert", "severity", severity)
    return SheetLine(
        "alert", view.id, value_words("alert", "code", code) or "Alert",
        _joined(said, str(view.get("detail") or ""), str(view.get("cleared_reason") or "") if not standing else ""),
        mark, late,
    )  # fmt: skip


def _people(asking: Asking, client: str) -> tuple[SheetLine, ...]:
    views = _of(asking, "related_person", client)
    standing = answers(asking, client, [person_of(view) for view in views])
    found = [_person(view, answer) for view, answer in zip(views, standing, strict=True)]
    return _ranked(sorted(found, key=lambda line: line.title.casefold()))


def _person(view: View, answer: Answer) -> SheetLine:
    words = _joined(
        value_words("related_person", "kind", view.get("kind")),
        str(view.get("organisation") or ""),
        str(view.get("phone") or ""),
        str(view.get("phone2") or ""),
    )
    name = str(view.get("name") or "(no name)")
    if view.get("former"):
        return SheetLine("related_person", view.id, name, _joined("Not any more", words), "over")
    return SheetLine(
        "related_person", view.id, name, words, _STANDING[answer.standing], standing_words(answer)
    )


def standing_words(answer: Answer) -> str:
    """Return whether somebody may hear, and why: `ALLOWED: Release of information, until 2026-12-31`."""
    return f"{STANDINGS[answer.standing]}: {answer.why}"


def _consent(view: View, day: str) -> SheetLine:
    values = values_of(KINDS["consent"], view)
    kind = str(values.get("kind") or "")
    who = _joined(str(values.get("recipient") or ""), str(values.get("organisation") or ""))
    until = str(values.get("expires") or values.get("expires_event") or "")
    what = "; ".join(
        filter(None, [value_words("consent", "what", values.get("what")), str(values.get("what_else") or "")])
    )
    if values.get("revoked"):
        mark, said = "over", f"REVOKED {values.get('revoked_on') or ''}".strip()
    elif stands(values, day):
        mark, said = "", ""
    else:
        mark, said = (
            "over",
            "ENDED" if values.get("expires") and str(values["expires"]) < day else "NOT IN ORDER",
        )
    words = _joined(who, what, f"until {until}" if until else "", f"agreed {values.get('signed_on') or '?'}")
    return SheetLine("consent", view.id, consent.CONSENTS.get(kind, kind) or "Consent", words, mark, said)


def _told(asking: Asking, view: View) -> SheetLine:
    at_ms = lenient.moment(view.get("at"))
    day = due.day_of(at_ms, asking.me.tz) if at_ms is not None else ""
    words = _joined(
        day, str(view.get("what") or ""), value_words("disclosure", "basis", view.get("basis")),
        "with notice" if view.get("notice_attached") else "",
    )  # fmt: skip
    gone = bool(view.get("withdrawn"))
    return SheetLine(
        "disclosure",
        view.id,
        str(view.get("to") or ""),
        words,
        "over" if gone else "",
        "did not take place" if gone else "",
    )
