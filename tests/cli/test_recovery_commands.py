"""A forgotten passphrase by commands: request, approve, answer, finish, renew, each as a person types it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from fieldapp.laptop.clock import SystemClock
from fieldapp.laptop.laptop import Laptop
from fieldapp.server.serve import Running
from fieldapp.server.service import Server
from tests.cli.test_by_hand import Agency

OLD, NEW, OFFLINE = "three green boats at anchor", "nine yellow otters ashore", "eleven grey geese over marsh"


@pytest.fixture
def agency(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Agency:
    return Agency(tmp_path, capsys)


def test_a_forgotten_passphrase_is_replaced_by_five_commands(agency: Agency) -> None:
    where, server, laptop = agency.folder, agency.server, agency.laptop
    agency.run(
        "org", "--folder", server, "init", "North Sound", "--supervisor", "Pat Larsen", "--supervisor-code", "p.larsen",
        "--passphrase-fd", "@fd", secrets=(OFFLINE,),
    )  # fmt: skip
    said = agency.run("org", "--folder", server, "code", "p.larsen")
    code = re.search(r"FA1[0-9A-Z-]+", said)
    assert code is not None
    offline = where / "stick"
    offline.mkdir()
    for name in ("recovery.key", "recovery.vault.json"):
        shutil.move(server / "keys" / name, offline / name)
    with Server(server) as opened, Running(opened) as running:
        agency.run(
            "enrol", "--folder", laptop, "--server", running.url, "--code-fd", "@fd", "--passphrase-fd", "@fd",
            secrets=(code.group(), OLD),
        )  # fmt: skip
        request, approval, reply = (where / f"{name}.json" for name in ("request", "approval", "reply"))
        shown = agency.run("recovery", "request", "--folder", laptop, "--to", request)
        digits = re.search(r"(\d{4} ){3}\d{4}", shown)
        assert digits is not None
        again = agency.run("recovery", "request", "--folder", laptop, "--to", request, code=2)
        assert "is there already" in again
        wrong = agency.run(
            "recovery", "approve", request, "--folder", server, "--staff", "p.larsen", "--digits", "0000", "--to", approval,
            code=2,
        )  # fmt: skip
        assert "not the digits of this request" in wrong
        assert not approval.exists()
        request.unlink()
        shown = agency.run("recovery", "request", "--folder", laptop, "--to", request)
        digits = re.search(r"(\d{4} ){3}\d{4}", shown)
        assert digits is not None
        agency.run(
            "recovery", "approve", request, "--folder", server, "--staff", "p.larsen", "--digits", digits.group(),
            "--to", approval,
        )  # fmt: skip
        agency.run(
            "recovery", "answer", request, approval, "--keys", offline, "--passphrase-fd", "@fd", "--to", reply,
            secrets=(OFFLINE,),
        )  # fmt: skip
        for path in (request, approval, reply):
            assert path.stat().st_mode & 0o777 == 0o600
        shown = agency.run(
            "recovery", "finish", reply, "--folder", laptop, "--passphrase-fd", "@fd", secrets=(NEW,)
        )
        assert "0 entries that wait to be sent" in shown
        shown = agency.run("recovery", "renew", "--folder", laptop, "--passphrase-fd", "@fd", secrets=(NEW,))
        assert "the old ones are revoked" in shown
        listed = agency.run("org", "--folder", server, "list")
        assert "revoked" in listed
    found = Laptop(laptop, clock=SystemClock())
    assert found.unlock(NEW).warnings == ()
    found.close()
