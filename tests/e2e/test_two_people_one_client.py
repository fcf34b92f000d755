"""Two people change one client without seeing each other's words; one of them settles it on screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fieldapp.commands.laptops import Network, laptop_in
from fieldapp.laptop.laptop import Laptop
from tests.e2e import acts
from tests.e2e.agency import CLINICIAN, NAMES, PASSPHRASE, SUPERVISOR, Agency


@contextmanager
def unlocked(agency: Agency, who: str) -> Iterator[Laptop]:
    with Network() as network:
        laptop = laptop_in(agency.laptop(who), network)
        laptop.unlock(PASSPHRASE)
        try:
            yield laptop
        finally:
            laptop.lock()


def change(laptop: Laptop, client: str, **values: Any) -> None:
    draft = laptop.start("client", client, client)
    laptop.save_draft(draft.id, {**draft.values, **values})
    laptop.submit(draft.id)


def send(laptop: Laptop) -> None:
    status = laptop.sync()
    assert (status.message, status.pending) == ("", 0)


@pytest.mark.tmux
def test_different_fields_are_both_kept_and_the_same_field_is_settled_into_one_leaf(agency: Agency) -> None:
    with unlocked(agency, SUPERVISOR) as one, unlocked(agency, CLINICIAN) as other:
        client = one.caseload("Koepp")[0].client
        change(one, client, pronouns="they/them", county="Cannery Island")
        change(other, client, pronouns="she/her", nickname="Skagit")
        agency.serve()
        for laptop in (one, other, one):
            send(laptop)
        for laptop in (one, other):
            values = laptop.record(client).values
            assert (values["county"], values["nickname"]) == ("Cannery Island", "Skagit")
            assert len(laptop.conflicts()) == 1

    supervisor = agency.app(SUPERVISOR)
    acts.sync(supervisor)
    acts.review(supervisor, "conflict", key="s", until="pick a side")
    shown = supervisor.until("they/them", "she/her", NAMES[SUPERVISOR], NAMES[CLINICIAN])
    number = next(n for n in "12" if any(f"{n} {NAMES[CLINICIAN]}" in line for line in shown.split("\n")))
    supervisor.type(number)
    supervisor.until(f"● {number} {NAMES[CLINICIAN]}")
    supervisor.keys("Enter")
    supervisor.until_gone("pick a side")
    acts.sync(supervisor)
    supervisor.keys("C-q")
    supervisor.until_exit()

    for who in NAMES:
        with unlocked(agency, who) as laptop:
            send(laptop)
            read = laptop.record(client)
            assert read.conflicts == ()
            assert read.values["pronouns"] == "she/her"
            assert (read.values["county"], read.values["nickname"]) == ("Cannery Island", "Skagit")
            assert sum(version.leaf for version in read.versions) == 1
