"""Where each screen lives, so that a screen opens another by name and loads only when it is opened.

Screens are made with keyword arguments only. The four areas (`today`, `caseload`, `review`, `sync`) take none, and what covers
or stands before them (`lock`, `blank`, `pin`, `help`, `emergency`) is opened by the app alone. The others:

* `contact(client=None, record=None, draft=None, visit=None)`: log or change a contact; without a client
  it asks for one; `visit` is the planned visit that it finishes.
* `note(client=None, contact=None, record=None, draft=None)`: write or correct a note.
* `plan(client, draft=None, kind="safety_plan")`: read the safety plan or the crisis plan, or write one.
* `goals(client, draft=None)`: read the treatment plan with what was done for each goal, or write one.
* `risk(client, draft=None, level="")`: sign the client's level of risk.
* `measures(client)`: what can be asked of a client and how it went.
* `measure(client=None, instrument="", record=None, draft=None, title="")`: ask an instrument, or correct a result.
* `measure_number(client=None, instrument="", record=None, draft=None)`: note the number of one asked elsewhere.
* `medications(client)`: the client's medication list.
* `medicine(client=None, draft=None, item="", lab=False, stop=False)`: one line of it, or one lab.
* `adherence(client=None, record=None, draft=None, medicine="")`: what was taken, and side effects.
* `medical(client=None, record=None, draft=None, kind="vitals")`: vital signs, an injection and what was taken.
* `med_queue()`: who waits for somebody medical.
* `face_sheet(client)`: who a client is, who is around them, what they agreed to, who was told what.
* `sheet_form(kind, client=None, record=None, draft=None)`: one record of the face sheet.
* `board()`: the day of one's teams.
* `visit(client=None, record=None, draft=None, day="")`: plan a visit, or change one; `day` is typed already.
* `assignment(client)`: who works with a client, from when until when.
* `triage()`: what cannot wait of one's teams, for supervisors and managers.
* `caseloads()`: who carries how many clients.
* `staff()`: the people of one's teams and their credentials.
* `staff_member(staff)`: one of them.
* `sweep()`: what is left at the end of the day.
* `housing(client=None, draft=None, item="")`: one place where the client lives or lived.
* `episode(client)`: the client's episode: steps, red flags, what the record lacks.
* `episode_form(part="", client=None, draft=None, step="", new=False)`: one part of it, its next step, or a new referral.
* `new_client(draft=None)`: take somebody in.
* `intake_list()`: who was referred and waits.
* `contact_plan(client)`: how often client and team agreed to meet, and how that goes.
* `agreement(client=None, draft=None)`: write the next agreement of it.
* `coverage(client=None, draft=None)`: the payers of the client's episode.
* `stays(client)`: where the client is or was: hospital, ED, jail; and whether somebody saw them after.
* `stay(client=None, record=None, draft=None, values=None, ending=False)`: write a stay down, or its end.
* `discharge(client=None, record=None, draft=None)`: discharge a client, or correct what was signed.
* `record(record, entry="")`: read any record.
* `settle(record, path)`: two values side by side.
* `chart(client)`: the client's chart.
* `same_visit(record, other)`: two contacts that may be one visit.
* `own(entry)`: read one's own words that the server did not take.
* `print(client=None, document="", record="", about=None)`: put something on paper; the document is the one offered first, the
  record one that is a document of its own, `about` what other fields begin with.
* `quick(client=None, draft=None)`: contacts by one typed line each.
* `groups()`: today's groups, those of other days, and the sessions that were signed.
* `group_session(team="", group="", record=None, draft=None, like="", same_as="")`: run and sign a session, or correct one.
* `pick(question, crisis=False, typed="")`: a dialog that is dismissed with a client's id, or None.
* `crisis(client=None, record=None, draft=None)`: write, complete or correct a crisis record.
* `card(client)`: the crisis card.
* `tasks(client=None)`: open tasks of a client, or one's own.
* `task(client=None, record=None, draft=None)`: make a task, or change one.
* `oncall()`: who answers at night, from when until when.
* `oncall_shift(item="", draft=None)`: one shift of that roster.
* `shift_reports()`: what was handed over, and who has read it.
* `shift_report(record)`: read one.
* `shift_form(record=None, draft=None)`: write one, or change one.
* `checkin(client, line, visit=None)`: go on a visit and say by when one is out.
* `checked_in(checkin)`: say that one is safe, or stays longer.
* `numbers()`: what a team, a program or oneself counts.
* `number(key, scopes, at=0, weeks=1, back=0)`: one metric, its chart and the records behind it.
* `snippets()`: one's own texts for notes.
* `snippet(record=None, draft=None)`: write one of them, or change it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from textual.screen import Screen

ROUTES = {
    "lock": "fieldapp.screens.lock:LockScreen",
    "blank": "fieldapp.screens.blank:BlankScreen",
    "today": "fieldapp.screens.today:TodayScreen",
    "sweep": "fieldapp.screens.sweep:SweepScreen",
    "caseload": "fieldapp.screens.caseload:CaseloadScreen",
    "review": "fieldapp.screens.review:ReviewScreen",
    "sync": "fieldapp.screens.sync:SyncScreen",
    "triage": "fieldapp.screens.triage:TriageScreen",
    "board": "fieldapp.screens.board:BoardScreen",
    "visit": "fieldapp.screens.visit:VisitScreen",
    "assignment": "fieldapp.screens.assignment:AssignmentScreen",
    "caseloads": "fieldapp.screens.caseloads:CaseloadsScreen",
    "staff": "fieldapp.screens.staff:StaffScreen",
    "staff_member": "fieldapp.screens.staff_member:StaffMemberScreen",
    "chart": "fieldapp.screens.chart:ChartScreen",
    "contact": "fieldapp.screens.contact:ContactScreen",
    "quick": "fieldapp.screens.quick:QuickScreen",
    "note": "fieldapp.screens.note:NoteScreen",
    "risk": "fieldapp.screens.risk:RiskScreen",
    "goals": "fieldapp.screens.goals:GoalsScreen",
    "plan": "fieldapp.screens.safety_plan:SafetyPlanScreen",
    "measures": "fieldapp.screens.measures:MeasuresScreen",
    "measure": "fieldapp.screens.measure:MeasureScreen",
    "measure_number": "fieldapp.screens.measure_number:MeasureNumber",
    "medications": "fieldapp.screens.medications:MedicationsScreen",
    "medicine": "fieldapp.screens.medicine:MedicineScreen",
    "adherence": "fieldapp.screens.adherence:AdherenceScreen",
    "medical": "fieldapp.screens.medical:MedicalScreen",
    "med_queue": "fieldapp.screens.med_queue:QueueScreen",
    "face_sheet": "fieldapp.screens.face_sheet:FaceSheetScreen",
    "sheet_form": "fieldapp.screens.sheet_form:SheetForm",
    "housing": "fieldapp.screens.housing:HousingScreen",
    "episode": "fieldapp.screens.episode:EpisodeScreen",
    "episode_form": "fieldapp.screens.episode_form:EpisodeForm",
    "new_client": "fieldapp.screens.new_client:NewClientScreen",
    "intake_list": "fieldapp.screens.intake_list:IntakeListScreen",
    "contact_plan": "fieldapp.screens.contact_plan:ContactPlanScreen",
    "agreement": "fieldapp.screens.agreement:AgreementScreen",
    "coverage": "fieldapp.screens.coverage:CoverageScreen",
    "discharge": "fieldapp.screens.discharge:DischargeScreen",
    "stays": "fieldapp.screens.stays:StaysScreen",
    "stay": "fieldapp.screens.stay:StayScreen",
    "record": "fieldapp.screens.reading:ReadingScreen",
    "same_visit": "fieldapp.screens.same_visit:SameVisitScreen",
    "own": "fieldapp.screens.own_entry:OwnEntryScreen",
    "settle": "fieldapp.screens.settle:SettleScreen",
    "crisis": "fieldapp.screens.crisis:CrisisScreen",
    "card": "fieldapp.screens.crisis_card:CrisisCardScreen",
    "tasks": "fieldapp.screens.tasks:TasksScreen",
    "task": "fieldapp.screens.task:TaskScreen",
    "oncall": "fieldapp.screens.oncall:OncallScreen",
    "oncall_shift": "fieldapp.screens.oncall_shift:ShiftScreen",
    "shift_reports": "fieldapp.screens.shift_reports:ShiftReportsScreen",
    "shift_report": "fieldapp.screens.shift_report:ShiftReportScreen",
    "shift_form": "fieldapp.screens.shift_form:ShiftFormScreen",
    "checkin": "fieldapp.screens.checkin:CheckIn",
    "checked_in": "fieldapp.screens.checkin:CheckedIn",
    "snippets": "fieldapp.screens.snippets:SnippetsScreen",
    "snippet": "fieldapp.screens.snippet:SnippetScreen",
    "groups": "fieldapp.screens.groups:GroupsScreen",
    "group_session": "fieldapp.screens.group:GroupScreen",
    "pick": "fieldapp.screens.pick_client:PickClient",
    "numbers": "fieldapp.screens.numbers:NumbersScreen",
    "number": "fieldapp.screens.number:NumberScreen",
    "emergency": "fieldapp.screens.emergency:EmergencyAccess",
    "pin": "fieldapp.screens.pin:PinDialog",
    "help": "fieldapp.screens.crisis_help:CrisisHelpScreen",
    "print": "fieldapp.screens.print_out:PrintScreen",
}


def load(name: str) -> type[Screen[Any]]:
    """Return the class of a screen by its name; the module is imported on first use."""
    module, _, class_name = ROUTES[name].partition(":")
    found: type[Screen[Any]] = getattr(import_module(module), class_name)
    return found


def make(name: str, /, **arguments: Any) -> Screen[Any]:
    """Return a new screen by its name."""
    return load(name)(**arguments)


def preload() -> None:
    """Import every screen, so that none has to when it is opened; done while unlocking, in a thread."""
    for name in ROUTES:
        load(name)
