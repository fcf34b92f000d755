"""The App: areas, keys, palette and what its actions open.

Nothing heavy is imported here: the lock screen paints first, and the Laptop (database, cryptography,
network) loads in a thread while the passphrase is typed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import work

from .clinical.policy import TABLE
from .errors import FieldappError
from .laptop.clock import SystemClock
from .process import RELAUNCH, relaunch
from .screens import routes
from .screens.base import FieldScreen, FormParts
from .screens.keys import EVERYWHERE
from .screens.palette import Actions, Clients
from .screens.pauses import Pauses
from .session_app import LOCKED, SessionApp
from .widgets.identity import called
from .widgets.themes import THEMES

if TYPE_CHECKING:
    from .laptop.laptop import Laptop

OUTSIDE_FORMS = frozenset(
    {
        "area", "find", "log_contact", "new_note", "open_plan", "open_goals", "open_risk", "print", "tasks", "field_mode",
        "next_theme", "medications", "adherence", "medical", "med_queue", "face_sheet", "groups", "check_in", "shift_reports",
        "episode", "new_client", "intake_list", "board", "plan_visit", "assignment", "caseloads", "triage",
    }
)  # fmt: skip
"""Actions on single letters that a form must not lose keys to."""
OF_A_CLIENT = frozenset(
    {
        "chart", "plan", "goals", "risk", "note", "contact", "print", "card", "crisis", "tasks", "task", "measures", "measure",
        "measure_number", "medications", "medicine", "adherence", "medical", "face_sheet", "sheet_form",
        "contact_plan", "agreement", "coverage", "episode", "episode_form", "stays", "stay", "discharge", "visit", "assignment",
    }
)  # fmt: skip
"""Screens that show a client's chart, or write into it."""
WHILE_LOCKED = frozenset({"crisis", "quit", "next_theme"})
"""What is open to somebody who has not unlocked."""
MEDICAL = frozenset({"prescriber", "medasst"})
"""Who takes vital signs, gives injections and has a queue of clients who wait for it."""


TAKE_IN = TABLE["client"].write
"""Who takes new clients in."""


class FieldApp(SessionApp):
    """fieldapp on a laptop."""

    CSS_PATH = "screens/base.tcss"
    MODES = {name: partial(routes.make, name) for name in (*LOCKED, "today", "caseload", "review", "sync")}
    DEFAULT_MODE = "lock"
    BINDINGS = [*EVERYWHERE]
    COMMANDS = {Actions, Clients}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    _coming = 0
    """Screens that open as soon as it is known by what right."""

    @property
    def opening(self) -> bool:
        """Whether the screen on top works, or another is about to open; keys wait for that."""
        return self._coming > 0 or super().opening

    def push_screen(self, screen: Any, *args: Any, mode: str | None = None, **kwargs: Any) -> Any:
        """Push a screen; what work in the background opens while the screen is covered waits below."""
        if mode is None and self.current_mode in LOCKED and not getattr(screen, "OPENS_LOCKED", False):
            mode = self.area
        return super().push_screen(screen, *args, mode=mode, **kwargs)

    def open(self, name: str, /, **arguments: Any) -> None:
        """Show another screen by its name in `routes`; a chart of another team asks for a reason first."""
        if name in OF_A_CLIENT and arguments.get("client"):
            self._coming += 1
            self._open_by_right(name, arguments)
        else:
            self.push_screen(routes.make(name, **arguments))

    @work(group="open")
    async def _open_by_right(self, name: str, arguments: dict[str, Any]) -> None:
        client = arguments["client"]
        try:
            way = await self.ask(self.laptop.way_in, client)
            line = await self.ask(self.laptop.client_line, client) if way is None else None
            if name == "card" and way is not None:
                arguments = arguments | {"card": await self.ask(self.laptop.card, client)}
        finally:
            self._coming -= 1
        if line is not None:
            answer = await self.push_screen_wait(routes.make("emergency", name=called(line), risk=line.risk))
            if answer is None:
                return
            # On disk before anything is shown (security.md, attack test 44).
            await self.ask(self.laptop.break_glass, client, *answer)
            self.touched()
        self.push_screen(routes.make(name, **arguments))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done here and now."""
        if not self.open_for_work:
            return action in WHILE_LOCKED
        if action == "close_help":
            return bool(self.screen.query("HelpPanel"))
        if action in OUTSIDE_FORMS and isinstance(self.screen, FormParts):
            return False
        if action == "new_client":
            return bool(TAKE_IN & set(self.me.roles))
        if action in ("medical", "med_queue"):
            return bool(MEDICAL & set(self.me.roles))
        if (action == "area" and parameters == ("review",)) or action == "triage":
            return self.me.reviews
        return super().check_action(action, parameters)

    async def action_area(self, name: str) -> None:
        """Show an area as it was left; the key of the area on screen goes back to its first screen."""
        if self.current_mode == name:
            while len(self.screen_stack) > 1 and not isinstance(self.screen, FormParts):
                await self.pop_screen()
        else:
            await self.switch_mode(name)
        self.tick()

    async def action_find(self) -> None:
        """Show the caseload, ready for typing a name."""
        if self.current_mode != "caseload" or len(self.screen_stack) > 1:
            await self.action_area("caseload")
        await self.screen.run_action("type")

    @property
    def client_at_hand(self) -> str | None:
        """The client whom the screen shows or has picked out."""
        return self.screen.client_at_hand if isinstance(self.screen, FieldScreen) else None

    async def action_log_contact(self) -> None:
        """Log a contact; on a planned visit that visit, without a client at hand the form asks for one."""
        if isinstance(self.screen, FieldScreen) and self.screen.visit_at_hand:
            await self.screen.run_action("start_visit")
        else:
            self.open("contact", client=self.client_at_hand)

    def action_quick_entry(self) -> None:
        """Log contacts by one line each; a screen about one client puts the name into the line."""
        if not any(isinstance(screen, routes.load("quick")) for screen in self.screen_stack):
            # The row of a list is picked out by chance, and whoever leaves a form for this means somebody else.
            on_purpose = len(self.screen_stack) > 1 and not isinstance(self.screen, FormParts)
            self.open("quick", client=self.client_at_hand if on_purpose else None)

    def action_new_note(self) -> None:
        """Write a note for the client at hand or one that is picked."""
        self._open_for_client("note", "Write a note for", self.client_at_hand)

    def action_open_plan(self) -> None:
        """Open the safety plan of the client at hand or one that is picked."""
        self._open_for_client("plan", "Open the safety plan of", self.client_at_hand)

    def action_shift_reports(self) -> None:
        """Show what was handed over from shift to shift."""
        if not isinstance(self.screen, routes.load("shift_reports")):
            self.open("shift_reports")

    def action_check_in(self) -> None:
        """Check in before a visit; who is checked in already says that they are safe, or stay longer."""
        visit = self.screen.visit_at_hand if isinstance(self.screen, FieldScreen) else None
        self._coming += 1
        self._check_in(self.client_at_hand, visit)

    @work(group="open")
    async def _check_in(self, client: str | None, visit: str | None) -> None:
        waits = True
        try:
            out = await self.ask(lambda: self.laptop.checked_in)
            if out is not None:
                self.push_screen(routes.make("checked_in", checkin=out))
                return
            if client is None:
                self._coming, waits = self._coming - 1, False
                client = await self.push_screen_wait(
                    routes.make("pick", question="Check in before you go to")
                )
            if client is not None:
                start = await self.ask(self.laptop.contact_start, client, None, visit)
                line = await self.ask(self.laptop.client_line, client)
                planned = next((one for one in start.visits if one.record == visit), None)
                self.push_screen(routes.make("checkin", client=client, line=line, visit=planned))
        except FieldappError as failure:
            self.known_failure(failure)
        finally:
            if waits:
                self._coming -= 1

    def action_groups(self) -> None:
        """Show the groups of the day and those that were signed."""
        if not isinstance(self.screen, routes.load("groups")):
            self.open("groups")

    def action_open_goals(self) -> None:
        """Open the treatment plan of the client at hand or one that is picked."""
        self._open_for_client("goals", "Open the treatment plan of", self.client_at_hand)

    def action_print(self) -> None:
        """Put on paper what the screen is about."""
        document = self.screen.print_at_hand if isinstance(self.screen, FieldScreen) else ""
        about = self.screen.print_about if isinstance(self.screen, FieldScreen) else {}
        self.open("print", client=self.client_at_hand, document=document, about=about)

    def action_numbers(self) -> None:
        """Show what one's team counts."""
        if not isinstance(self.screen, routes.load("numbers")):
            self.open("numbers")

    def action_open_risk(self) -> None:
        """Open the risk of the client at hand or one that is picked."""
        self._open_for_client("risk", "Look at the risk of", self.client_at_hand)

    def action_crisis(self) -> None:
        """Open the crisis card at once; before unlocking, the help that holds no client data."""
        if self.open_for_work:
            self._open_for_client("card", "Crisis: whose card?", self.client_at_hand, crisis=True)
        elif not isinstance(self.screen, routes.load("help")):
            self.open("help")

    def action_record_crisis(self) -> None:
        """Write a crisis record for the client at hand or one that is picked."""
        if not isinstance(self.screen, routes.load("crisis")):
            self._open_for_client("crisis", "Crisis: who is it about?", self.client_at_hand, crisis=True)

    def action_medications(self) -> None:
        """Open the medication list of the client at hand or one that is picked."""
        self._open_for_client("medications", "Open the medicines of", self.client_at_hand)

    def action_face_sheet(self) -> None:
        """Open the face sheet of the client at hand or one that is picked."""
        self._open_for_client("face_sheet", "Open the face sheet of", self.client_at_hand)

    def action_discharge(self) -> None:
        """Discharge the client at hand or one that is picked."""
        self._open_for_client("discharge", "Discharge", self.client_at_hand)

    def action_stays(self) -> None:
        """Show where the client at hand, or one that is picked, is or was: hospital, ED, jail."""
        self._open_for_client("stays", "Hospital, ED or jail of", self.client_at_hand)

    def action_episode(self) -> None:
        """Open the episode of the client at hand or one that is picked."""
        if not isinstance(self.screen, routes.load("episode")):
            self._open_for_client("episode", "Open the episode of", self.client_at_hand)

    def action_new_client(self) -> None:
        """Take a new client in."""
        self.open("new_client")

    def action_intake_list(self) -> None:
        """Show who was referred and waits."""
        if not isinstance(self.screen, routes.load("intake_list")):
            self.open("intake_list")

    def action_adherence(self) -> None:
        """Report on the medicines of the client at hand or one that is picked."""
        self._open_for_client("adherence", "Report on the medicines of", self.client_at_hand)

    def action_medical(self) -> None:
        """Take the vital signs of the client at hand or one that is picked."""
        self._open_for_client("medical", "Vital signs of", self.client_at_hand)

    def action_med_queue(self) -> None:
        """Show who waits for somebody medical."""
        if not isinstance(self.screen, routes.load("med_queue")):
            self.open("med_queue")

    def action_board(self) -> None:
        """Show the day of the team."""
        if not isinstance(self.screen, routes.load("board")):
            self.open("board")

    def action_triage(self) -> None:
        """Show what cannot wait."""
        if not isinstance(self.screen, routes.load("triage")):
            self.open("triage")

    def action_plan_visit(self) -> None:
        """Plan a visit to the client at hand or one that is picked."""
        day = self.screen.day_at_hand if isinstance(self.screen, FieldScreen) else ""
        self._open_for_client("visit", "Plan a visit to", self.client_at_hand, day=day)

    def action_assignment(self) -> None:
        """Show who works with the client at hand or one that is picked."""
        self._open_for_client("assignment", "Who works with", self.client_at_hand)

    def action_caseloads(self) -> None:
        """Show who carries how many clients."""
        if not isinstance(self.screen, routes.load("caseloads")):
            self.open("caseloads")

    def action_staff(self) -> None:
        """Show who works here."""
        self.open("staff")

    def action_tasks(self) -> None:
        """Show the open tasks of the client at hand, else one's own."""
        if not isinstance(self.screen, routes.load("tasks")):
            self.open("tasks", client=self.client_at_hand)

    @work(group="pick")
    async def _open_for_client(
        self, name: str, question: str, client: str | None, crisis: bool = False, **more: Any
    ) -> None:
        # The client is told from the screen as it was at the key: by now another one may be shown.
        client = client or await self.push_screen_wait(routes.make("pick", question=question, crisis=crisis))
        if client is not None:
            self.open(name, client=client, **more)

    async def action_keys(self) -> None:
        """Show or hide the help panel."""
        if self.screen.query("HelpPanel"):
            await self.action_close_help()
        else:
            self.action_show_help_panel()

    async def action_close_help(self) -> None:
        """Hide the help panel."""
        await self.screen.query("HelpPanel").remove()
        # Escape means again what the screen says.
        self.screen.refresh_bindings()

    async def action_lock(self) -> None:
        """Save everything and lock."""
        await self.leave_locked()

    async def action_quit(self) -> None:
        """Save everything, lock and leave."""
        await self.leave(0)

    def action_next_theme(self) -> None:
        """Take the next of our themes."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def action_field_mode(self) -> None:
        """Switch between locking after five and after two minutes."""
        self.switch_field_mode()


def run(folder: Path) -> int:
    """Run the app on a data folder until it is left, and return its exit code.

    `process.harden` must have been called before this module was imported.
    """

    def open_laptop() -> Laptop:
        # In a thread while the passphrase is typed: with the database it takes three times as long to load
        # as the lock screen itself.
        from .laptop.laptop import Laptop

        return Laptop(folder, clock=clock)

    def crisis_help() -> tuple[str, ...]:
        from .laptop.crisis_help import read_help

        return read_help(folder).lines

    clock = SystemClock()
    return start(FieldApp(open_laptop, clock=clock, crisis_help=crisis_help))


def start(app: FieldApp) -> int:
    """Run an App; when it locks, the process is replaced and this does not return."""
    app.pauses = Pauses()
    app.run()
    if app.return_code == RELAUNCH:
        relaunch()
    return app.return_code or 0
