"""One person who works here: credentials, places, supervision and what of theirs is co-signed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from ..clinical.ratio import fte_words
from ..widgets.flags import STYLES
from ..widgets.row_list import Row, RowList, heading
from ..widgets.text import fit, join, lines, plain, styled
from .base import UNREAD, FieldScreen
from .keys import BACK, REFRESH, key
from .staff_rows import cosign_words, credential_words, draw_credential, mark, signing_words

if TYPE_CHECKING:
    from textual.content import Content

    from ..store.staff_models import StaffMember, StaffPlace

GONE = "This person is in none of your teams, so nothing is shown of them here."


def place_words(place: StaffPlace) -> str:
    """Return all of one role in one team."""
    when = {"now": "", "coming": "to come", "over": "over"}[place.standing]
    span = f"since {place.since}" if place.since else ""
    if place.until:
        span = f"{place.since} to {place.until}" if place.since else f"until {place.until}"
    return " · ".join(part for part in (place.role, place.team_name, span, when, place.program) if part)


def draw_place(place: StaffPlace, width: int) -> Content:
    """Return one role in one team on one line."""
    words = fit(place_words(place), max(8, width - 4))
    return join("    ", styled(words, "" if place.standing == "now" else STYLES["note"]))


def draw_line(label: str, words: str, width: int) -> Content:
    """Return one fact."""
    return join("    ", styled(fit(label, 14), "$text-muted"), fit(words, max(8, width - 18)))


def facts(member: StaffMember) -> tuple[tuple[str, str], ...]:
    """Return what else is on file of somebody: (what, words), without what nobody entered."""
    found = (
        ("Supervisor", member.supervisor),
        ("Supervises", ", ".join(member.supervises)),
        ("Field phone", member.phone),
        ("Languages", ", ".join(member.languages)),
        ("NPI", member.npi),
        ("Position", f"{fte_words(member.fte_hundredths)} FTE" if member.fte_hundredths is not None else ""),
        ("Co-signs", "Safety plans and crisis records (mental health professional)" if member.is_mhp else ""),
    )
    return tuple((label, words) for label, words in found if words)


class StaffMemberScreen(FieldScreen[None]):
    """What is known of one person."""

    CSS_PATH = "staff.tcss"
    AUTO_FOCUS = "#about"
    HELP = (
        "# One of the staff\n\nWhat the administrator entered. Above all: whether they may sign, and what of theirs waits for "
        "whom. Whoever holds several licences signs while one of them is good; a designation such as MHP rests on a licence and "
        "never stands for one. Renewals are entered on the server and come with the next sync."
    )
    BINDINGS = [key("s", "section", "Next group", "Jump to the next group of lines."), REFRESH, BACK]
    rows = query_one("#about", RowList)

    def __init__(self, staff: str) -> None:
        super().__init__()
        self._staff = staff
        self._told: dict[str, str] = {}
        """What a line says in full, by its key: lines are cut where they do not fit."""

    def compose_body(self) -> ComposeResult:
        yield Static("", id="head")
        yield RowList(GONE, id="about")
        yield Static("", id="detail")

    def on_mount(self) -> None:
        self.host.changed.subscribe(self, lambda _: self.action_refresh())
        self.action_refresh()

    @work(group="read", exclusive=True)
    async def action_refresh(self) -> None:
        """Read it again from the laptop."""
        read = False
        with self.saying("reading"):
            found = await self.host.browse(self.host.laptop.team_staff)
            read = True
            self._show(next((one for one in found.members if one.staff == self._staff), None))
        if not read:
            self.rows.fail(UNREAD)

    def _show(self, member: StaffMember | None) -> None:
        if member is None:
            self.rows.show([])
            return
        glyph, tone = mark(member)
        self.query_one("#head", Static).update(
            lines(
                styled(f"{member.name}, {member.shown}" if member.shown else member.name, "bold"),
                styled(f"{glyph} Signing: {signing_words(member)}".strip(), STYLES[tone]),
                styled(cosign_words(member), "$text-muted"),
            )
        )
        shown: list[Row] = [heading(f"Credentials · {len(member.credentials) or 'none on file'}")]
        told = self._told
        told.clear()
        for number, one in enumerate(member.credentials):
            told[f"c{number}"] = credential_words(one)
            shown.append(Row(f"c{number}", partial(draw_credential, one)))
        shown.append(heading("Roles and teams"))
        for number, place in enumerate(member.places):
            told[f"p{number}"] = place_words(place)
            shown.append(Row(f"p{number}", partial(draw_place, place)))
        said = facts(member)
        if said:
            shown.append(heading("More"))
            for label, words in said:
                told[f"f{label}"] = f"{label}: {words}"
                shown.append(Row(f"f{label}", partial(draw_line, label, words)))
        self.rows.show(shown)
        self._tell()

    @on(RowList.Moved, "#about")
    def _tell(self) -> None:
        found = self.query("#about")
        at = found.first(RowList).key if found else ""
        self.query_one("#detail", Static).update(plain(self._told.get(at, "")))

    def action_section(self) -> None:
        """Jump to the next group."""
        self.rows.next_group()
