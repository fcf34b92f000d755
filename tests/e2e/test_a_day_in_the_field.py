"""Three people, three laptops, one server that is away for half the day: everything at real screens, 80×24."""

from __future__ import annotations

import pytest

from tests.e2e import acts
from tests.e2e.agency import CLINICIAN, SUPERVISOR, TECHNICIAN, Agency

CLIENT = "Koepp, Abdul"


@pytest.mark.tmux
def test_work_done_offline_is_sent_returned_corrected_and_cosigned(agency: Agency) -> None:
    technician, clinician = agency.app(TECHNICIAN), agency.app(CLINICIAN)
    acts.open_chart(technician, CLIENT)
    acts.log_contact(technician)
    technician.type("2")
    technician.until("Individual counseling", "↑ not sent", "offline since", "1 to send")

    acts.open_chart(clinician, CLIENT)
    acts.log_contact(clinician)
    clinician.type("1")
    acts.fill_note(clinician)
    acts.sign(clinician, "Sign this note")
    clinician.until("waits for co-sign", "↑ not sent")
    acts.make_plan(clinician)
    clinician.until("awaiting a mental health professional", acts.STEPS[0], acts.STEPS[-1])

    agency.serve()
    acts.sync(technician)
    acts.sync(clinician)
    supervisor = agency.app(SUPERVISOR)
    acts.sync(supervisor)
    acts.open_chart(supervisor, CLIENT)
    supervisor.until("Thi Nguyen", "Maja Lindqvist", "waits for co-sign", "Individual counseling")

    acts.review(supervisor, "DAP note")
    supervisor.until(acts.DATA, acts.ASSESSMENT, acts.PLAN, "waiting for co-signature")
    acts.send_back(supervisor)
    acts.sync(supervisor)

    acts.sync(clinician)
    acts.correct(clinician)
    acts.sync(clinician)

    acts.sync(supervisor)
    acts.review(supervisor, "answered")
    supervisor.until(acts.CORRECTED, "waiting for co-signature")
    acts.cosign(supervisor)
    acts.review(supervisor, "Safety plan")
    supervisor.until(acts.STEPS[1], "awaiting a mental health professional")
    acts.cosign(supervisor)
    acts.sync(supervisor)

    acts.sync(clinician)
    acts.open_chart(clinician, CLIENT)
    clinician.until_gone("waits for co-sign")
    clinician.keys("p")
    clinician.until("Version 1 · active", acts.STEPS[6])
    clinician.until_gone("awaiting a mental health professional")
