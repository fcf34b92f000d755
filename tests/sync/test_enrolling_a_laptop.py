"""Enrolment against the real server, and against servers that are not what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from fieldapp.crypto import hpke, vault
from fieldapp.crypto.enrolment import BadCode, transcript_mac
from fieldapp.crypto.keys import Identity, org_id
from fieldapp.errors import FieldappError, KeyFailure, NotReached, ServerRefused, UsageFailure
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.crisis_help import read_help
from fieldapp.laptop.enrolment import EnrolmentFailed, enrol
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.canonical import dumps
from fieldapp.server import admin
from fieldapp.store.models import SyncStatus
from tests.sync.sync_world import CHEAP, HOUR_MS, PASSPHRASE, POLICY, URL, Agency, Line, make_template

Answer = dict[str, Any]


class Newcomer:
    """Somebody with a new laptop and a code."""

    def __init__(self, agency: Agency, folder: Path) -> None:
        self.agency, self.folder = agency, folder
        self.staff = agency.person("Ana Alvarez")
        self.code = admin.issue_code(agency.server, self.staff).text
        self.clock = HeldClock(agency.clock.at_ms)
        self.line = Line(agency)

    def enrol(self, code: str = "", passphrase: str = PASSPHRASE, url: str = URL) -> SyncStatus:
        return enrol(
            self.folder, url, code or self.code, passphrase, clock=self.clock, kdf=CHEAP, vault_policy=POLICY,
            connect=lambda _: self.line,
        )  # fmt: skip

    def nothing_is_left(self) -> bool:
        """Tell whether the folder holds no vault, no database and no help of a stranger."""
        return not [path for path in self.folder.rglob("*") if path.is_file()]

    def bend(self, change: Callable[[Answer], Answer], *, mac: bool = False) -> None:
        """Change the server's answer to the enrolment; with `mac` as somebody who knows the code could."""
        real = Line(self.agency)
        key = _mac_key(self.code)

        def instead(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            status, found, data = real.post(path, body, headers)
            if path == "/v1/enrol" and status == 200:
                answer = change(orjson.loads(data))
                if mac:
                    answer.pop("mac", None)
                    answer["mac"] = transcript_mac(key, "server", dumps(answer)).hex()
                data = orjson.dumps(answer)
            return status, found, data

        self.line.instead = instead


def _mac_key(code: str) -> bytes:
    from fieldapp.crypto.enrolment import Code

    return Code.parse(code).mac_key


@pytest.fixture
def ana(agency: Agency, tmp_path: Path) -> Newcomer:
    return Newcomer(agency, tmp_path / "new laptop")


def test_a_good_code_makes_a_laptop_that_knows_who_works_on_it(ana: Newcomer) -> None:
    status = ana.enrol()
    assert status.message == ""
    laptop = Laptop(ana.folder, clock=ana.clock, vault_policy=POLICY, kdf=CHEAP, connect=lambda _: ana.line)
    try:
        assert laptop.enrolled
        unlocked = laptop.unlock(PASSPHRASE)
        assert unlocked.warnings == ()
        assert laptop.me.staff == ana.staff
        assert laptop.me.name == "Ana Alvarez"
        assert laptop.me.role == "clinician"
        assert laptop.sync().message == ""
    finally:
        laptop.close()
    assert read_help(ana.folder).phone_24_7 == "206-555-0100"


def test_the_vault_has_a_recovery_slot_for_the_organisations_key(ana: Newcomer) -> None:
    ana.enrol()
    slots = orjson.loads(Vaults(ana.folder).listed()[0].key_file.read_bytes())["slots"]
    kid = ana.agency.server.meta["recovery_kid"]
    assert [slot["type"] for slot in slots] == ["passphrase", "recovery"]
    assert slots[1]["kid"] == kid


def test_the_code_is_typed_as_people_type(ana: Newcomer) -> None:
    assert ana.enrol(code=ana.code.lower().replace("-", " ")).message == ""


def test_a_mistyped_code_is_found_before_anything_is_sent(ana: Newcomer) -> None:
    wrong = ana.code[:-1] + ("0" if ana.code[-1] != "0" else "1")
    ana.line.down = True
    with pytest.raises(BadCode, match="mistyped"):
        ana.enrol(code=wrong)
    assert ana.nothing_is_left()


def test_a_weak_passphrase_is_refused_before_the_code_is_used(ana: Newcomer) -> None:
    with pytest.raises(UsageFailure, match="15 characters"):
        ana.enrol(passphrase="short")
    assert ana.nothing_is_left()
    assert ana.enrol().message == ""


@pytest.mark.parametrize("url", ["http://agency.org", "agency"])
def test_an_address_without_https_is_refused(ana: Newcomer, url: str) -> None:
    with pytest.raises(UsageFailure, match="address"):
        ana.enrol(url=url)
    assert ana.nothing_is_left()


def test_a_used_code_is_refused(ana: Newcomer, tmp_path: Path) -> None:
    ana.enrol()
    ana.folder = tmp_path / "second laptop"
    with pytest.raises(EnrolmentFailed, match="new one"):
        ana.enrol()
    assert ana.nothing_is_left()


def test_enrolment_leaves_no_connection_open(ana: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Line, "close", lambda _: closed.append("closed"), raising=False)
    ana.enrol()
    assert closed == ["closed"]
    with pytest.raises(EnrolmentFailed):
        ana.enrol()
    assert closed == ["closed", "closed"]


def test_an_expired_code_is_refused_in_the_same_words(ana: Newcomer) -> None:
    ana.agency.clock.move(hours=25)
    with pytest.raises(EnrolmentFailed, match="expired, used already, or from another server"):
        ana.enrol()
    assert ana.nothing_is_left()


def test_a_server_that_is_away_costs_no_code(ana: Newcomer) -> None:
    ana.line.down = True
    with pytest.raises(NotReached, match="same code again"):
        ana.enrol()
    assert ana.nothing_is_left()
    ana.line.down = False
    assert ana.enrol().message == ""


def test_an_answer_lost_on_the_way_costs_no_code(ana: Newcomer) -> None:
    ana.line.lose_replies = 2
    assert ana.enrol().message == ""
    assert len(admin.devices(ana.agency.server, ana.staff)) == 1


def test_a_first_round_that_fails_leaves_an_enrolled_laptop(ana: Newcomer) -> None:
    real = Line(ana.agency)

    def only_enrol(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path != "/v1/enrol":
            raise NotReached("The server was not reached.")
        return real.post(path, body, headers)

    ana.line.instead = only_enrol
    assert "not reached" in ana.enrol().message
    ana.line.instead = None
    laptop = Laptop(ana.folder, clock=ana.clock, vault_policy=POLICY, kdf=CHEAP, connect=lambda _: ana.line)
    try:
        laptop.unlock(PASSPHRASE)
        assert laptop.sync().message == ""
        assert laptop.me.name == "Ana Alvarez"
    finally:
        laptop.close()


def test_a_second_person_on_the_same_laptop_gets_a_vault_of_their_own(ana: Newcomer) -> None:
    ana.enrol()
    ben = Newcomer(ana.agency, ana.folder)
    ben.enrol(passphrase="nine copper lanterns at dusk")
    places = Vaults(ana.folder).listed()
    assert len(places) == 2
    opened = [vault.unlock(p.key_file, PASSPHRASE, POLICY) for p in places if _opens(p.key_file, PASSPHRASE)]
    assert len(opened) == 1


def _opens(path: Path, passphrase: str) -> bool:
    try:
        vault.unlock(path, passphrase, POLICY).vault_key.wipe()
    except KeyFailure:
        return False
    return True


def test_the_clock_is_known_from_the_first_entry_on(ana: Newcomer) -> None:
    ana.clock.move(ms=-2 * HOUR_MS)
    ana.enrol()
    laptop = Laptop(ana.folder, clock=ana.clock, vault_policy=POLICY, kdf=CHEAP, connect=lambda _: ana.line)
    try:
        assert any("120 min behind" in warning for warning in laptop.unlock(PASSPHRASE).warnings)
    finally:
        laptop.close()


# ── servers that are not what they say ──────────────────────────────────────────────────────────────


def refused(ana: Newcomer, words: str, kind: type[FieldappError] = EnrolmentFailed) -> None:
    with pytest.raises(kind, match=words):
        ana.enrol()
    assert ana.nothing_is_left()


def test_the_server_of_another_organisation_is_refused_before_a_slot_is_written(
    ana: Newcomer, tmp_path: Path
) -> None:
    other = Agency(tmp_path / "other", make_template(tmp_path / "template"))
    try:
        stranger = other.person("Ana Alvarez")
        ana.line = Line(other)
        with pytest.raises(EnrolmentFailed, match="did not accept this code"):
            ana.enrol()
        # A server that even answers: it is another organisation than the code names.
        theirs = Line(other)
        code = admin.issue_code(other.server, stranger).text
        newcomer = Newcomer(other, tmp_path / "elsewhere")
        newcomer.code, newcomer.line = code, theirs

        def swap(answer: Answer) -> Answer:
            false = Identity.generate()
            return answer | {"authority_public": false.public.hex(), "org": org_id(false.public)}

        newcomer.bend(swap, mac=True)
        refused(newcomer, "belongs to another organisation")
    finally:
        other.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer | {"recovery_public": "11" * 32},
        lambda answer: answer | {"device": "01999999-0000-7000-8000-000000000001"},
        lambda answer: answer | {"help": {"phone_24_7": "false number"}},
        lambda answer: {k: v for k, v in answer.items() if k != "certificate"},
        lambda answer: answer | {"mac": "00" * 32},
    ],
    ids=["recovery key", "device", "phone", "no certificate", "mac"],
)
def test_an_answer_changed_on_the_way_is_refused(ana: Newcomer, change: Callable[[Answer], Answer]) -> None:
    ana.bend(change)
    refused(ana, "may be a false one")


def _other_certificate(answer: Answer) -> Answer:
    text = answer["certificate"][0].replace('"label":"Laptop"', '"label":"Laptoq"')
    return answer | {"certificate": [text, answer["certificate"][1]]}


def _own_recovery(answer: Answer) -> Answer:
    public = Identity.generate().public
    return answer | {"recovery_public": public.hex(), "recovery_kid": hpke.key_id(public) + "0"}


@pytest.mark.parametrize(
    "change",
    [
        _other_certificate,
        _own_recovery,
        lambda answer: answer | {"staff": "01999999-0000-7000-8000-000000000001"},
        lambda answer: answer | {"recovery_public": "11"},
        lambda answer: answer | {"epoch": "1"},
        lambda answer: answer | {"now": "soon"},
        lambda answer: answer | {"certificate": 5},
    ],
    ids=["certificate", "recovery kid", "staff", "short key", "epoch", "now", "no certificate"],
)
def test_an_answer_whose_parts_contradict_each_other_is_refused(
    ana: Newcomer, change: Callable[[Answer], Answer]
) -> None:
    ana.bend(change, mac=True)
    refused(ana, "does not fit together")


@pytest.mark.parametrize("data", [b"<html>", b"[]", b'"x"', b"{}", b"\xff"])
def test_what_is_no_fieldapp_server_is_said(ana: Newcomer, data: bytes) -> None:
    ana.line.instead = lambda *_: (200, {}, data)
    refused(ana, "does not answer like a fieldapp server", ServerRefused)


@pytest.mark.parametrize(
    ("status", "kind"), [(404, ServerRefused), (503, NotReached), (429, NotReached), (500, ServerRefused)]
)
def test_other_answers_are_one_sentence(ana: Newcomer, status: int, kind: type[FieldappError]) -> None:
    ana.line.instead = lambda *_: (status, {}, b"{}")
    with pytest.raises(kind):
        ana.enrol()
    assert ana.nothing_is_left()
