"""A forgotten passphrase with unsent work: two people, nothing lost, new keys (security.md 9; attacks 54 and 55)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fieldapp.crypto import regain, vault
from fieldapp.crypto.keys import Identity, org_id, verify
from fieldapp.crypto.regain import Approval, NotThisRecovery, Reply, Request
from fieldapp.crypto.vault import WrongPassphrase
from fieldapp.errors import NotReached, UsageFailure
from fieldapp.laptop import regaining
from fieldapp.laptop.laptop import Laptop
from fieldapp.laptop.vaults import Vaults
from fieldapp.records.fold import View
from fieldapp.server import admin, keyfiles
from fieldapp.server import regaining as approving
from fieldapp.server.proof import verify as proof
from fieldapp.store import outbox
from fieldapp.store.tables import DraftRow
from fieldapp.sync.transport import Transport
from tests.sync.sync_world import CHEAP, HOUR_MS, PASSPHRASE, POLICY, Agency, Rig

NEW = "nine yellow otters"


@dataclass
class Forgotten:
    """Somebody with unsent work whose passphrase is gone, and the two people who help."""

    agency: Agency
    rig: Rig
    notes: list[str]

    @property
    def now_ms(self) -> int:
        return self.agency.clock.at_ms

    def asks(self) -> Request:
        self.rig.hold_clock()
        return regaining.request(self.rig.folder, self.rig.clock, policy=POLICY)

    def approved(self, request: Request, staff: str = "", digits: str = "") -> Approval:
        return approving.approve(
            self.agency.server, request.data(), staff or self.rig.staff, "", digits or request.code
        )

    def answered(self, request: Request, approval: Approval) -> Reply:
        key = keyfiles.open_recovery_files(
            keyfiles.keys_folder(self.agency.folder / "server"),
            self.agency.made.recovery_passphrase,
            policy=POLICY,
        )
        return regain.answer(request, approval, key.organisation, key.private, self.now_ms)

    def finishes(self, reply: Reply, passphrase: str = NEW) -> regaining.Regained:
        return regaining.finish(
            self.rig.folder, reply.data(), passphrase, clock=self.rig.clock, kdf=CHEAP, policy=POLICY
        )

    def renews(self, code: str = "") -> str:
        self.rig.hold_clock()
        return regaining.renew(
            self.rig.folder, NEW, clock=self.rig.clock, connect=self._connect, kdf=CHEAP, policy=POLICY, code=code
        ).message  # fmt: skip

    def _connect(self, _: str) -> Transport:
        return self.rig.line

    def laptop(self) -> Laptop:
        return Laptop(
            self.rig.folder, clock=self.rig.clock, vault_policy=POLICY, kdf=CHEAP, connect=self._connect
        )

    def opens(self, passphrase: str) -> bool:
        laptop = self.laptop()
        try:
            laptop.unlock(passphrase)
        except WrongPassphrase:
            self.rig.clock.move(minutes=1)
            return False
        finally:
            laptop.close()
        return True


@pytest.fixture
def forgotten(agency: Agency) -> Forgotten:
    rig = agency.laptop("Ana Alvarez")
    client = rig.client("Lee, Kim")
    rig.sync()
    notes = [rig.note(client, f"The nights are long, {n}.").hash for n in range(20)]
    with rig.store.writing() as tx:
        tx.put_draft(
            DraftRow(id="0199f8b1-6780-7000-8000-00000000aaaa", record="0199f8b1-6780-7000-8000-00000000bbbb", kind="note",
                     client=client, device=rig.device, meaning="sign", prev=b"[]", base=b"{}", body=b'{"sections":{"narrative":"half a note"}}',
                     created_ms=rig.clock.at_ms, updated_ms=rig.clock.at_ms)
        )  # fmt: skip
    rig.close()
    return Forgotten(agency, rig, notes)


def test_attack_54_twenty_unsent_notes_come_through_and_the_old_keys_end(forgotten: Forgotten) -> None:
    rig, server = forgotten.rig, forgotten.agency.server
    request = forgotten.asks()
    reply = forgotten.answered(request, forgotten.approved(request))
    rig.line.down = True
    found = forgotten.finishes(reply)
    assert (found.unsent, found.drafts) == (20, 1), "found without any network"
    assert not forgotten.opens(PASSPHRASE)
    assert forgotten.opens(NEW)
    with pytest.raises(NotReached, match="old keys stay for now"):
        forgotten.renews()
    rig.line.down = False
    forgotten.agency.clock.move(minutes=2)
    assert forgotten.renews() == ""
    laptop = forgotten.laptop()
    unlocked = laptop.unlock(NEW)
    assert not any("recovery" in warning for warning in unlocked.warnings)
    opened = laptop._open()
    with opened.store.reading() as rx:
        device, identity = rx.meta_text("device"), Identity.from_bytes(rx.get_meta("identity") or b"")
        entries = [rx.entry(one) for one in forgotten.notes]
        assert outbox.owed(rx) == 0
        assert [row.body for row in rx.drafts()] == [b'{"sections":{"narrative":"half a note"}}']
    laptop.close()
    assert device != rig.device
    assert identity.public != rig.identity.public
    assert all(e is not None and verify(rig.identity.public, "entry", e.data, e.signature) for e in entries)
    states = {line.id: line.state for line in admin.devices(server, rig.staff)}
    assert states == {rig.device: "revoked", device: "admitted"}
    assert len(Vaults(rig.folder).listed()) == 1
    assert not list(rig.folder.rglob("recovery.json"))
    assert proof(forgotten.agency.folder / "server").problems == []


def test_what_is_signed_with_the_old_keys_afterwards_is_kept_for_the_supervisor(forgotten: Forgotten) -> None:
    rig = forgotten.rig
    copied = rig.folder.with_name("a copy of the laptop")
    shutil.copytree(rig.folder, copied)
    request = forgotten.asks()
    forgotten.finishes(forgotten.answered(request, forgotten.approved(request)))
    forgotten.agency.clock.move(minutes=2)
    assert forgotten.renews() == ""
    rig.folder = copied
    rig.open()
    client = next(iter({view.client for view in _clients(rig)}))
    late = rig.note(client or "", "Signed by whoever has the copy.")
    rig.sync()
    assert rig.state(late) != "confirmed"
    rig.close()


def _clients(rig: Rig) -> list[View]:
    with rig.store.reading() as rx:
        return rx.views("client")


def test_attack_55_one_person_alone_the_wrong_reply_and_a_day_later_are_refused(forgotten: Forgotten) -> None:
    first = forgotten.asks()
    with pytest.raises(NotThisRecovery, match="digits"):
        forgotten.approved(first, digits="1111 2222 3333 4444")
    approval = forgotten.approved(first)
    key = keyfiles.open_recovery_files(
        keyfiles.keys_folder(forgotten.agency.folder / "server"),
        forgotten.agency.made.recovery_passphrase,
        policy=POLICY,
    )
    # Whoever has the recovery key alone writes an approval of their own.
    own = Identity.generate()
    made_up = regain.approve(first, own, forgotten.rig.staff, forgotten.rig.device, "code", forgotten.now_ms)
    for said in (
        made_up,
        replace(made_up, authority=approval.authority),
        replace(approval, staff="somebody else"),
    ):
        with pytest.raises(NotThisRecovery, match="not from your organisation"):
            regain.answer(first, said, key.organisation, key.private, forgotten.now_ms)
    with pytest.raises(NotThisRecovery, match="older than a day"):
        regain.answer(first, approval, key.organisation, key.private, forgotten.now_ms + 25 * HOUR_MS)
    reply = forgotten.answered(first, approval)
    second = forgotten.asks()
    with pytest.raises(NotThisRecovery, match="No account on this laptop waits"):
        forgotten.finishes(reply)
    with pytest.raises(NotThisRecovery, match="for another request"):
        forgotten.answered(second, approval)
    again = forgotten.answered(second, forgotten.approved(second))
    forgotten.rig.clock.move(hours=25)
    with pytest.raises(NotThisRecovery, match="older than a day"):
        forgotten.finishes(again)
    assert forgotten.opens(PASSPHRASE), "whatever was refused changed nothing"


def test_a_reply_that_was_approved_for_somebody_else_changes_nothing(forgotten: Forgotten) -> None:
    ben = forgotten.agency.laptop("Ben Brook")
    request = forgotten.asks()
    reply = forgotten.answered(request, forgotten.approved(request, staff=ben.staff))
    with pytest.raises(NotThisRecovery, match="somebody else's laptop"):
        forgotten.finishes(reply)
    assert forgotten.opens(PASSPHRASE)


def test_a_forged_reply_and_another_laptops_reply_open_nothing(forgotten: Forgotten) -> None:
    request = forgotten.asks()
    reply = forgotten.answered(request, forgotten.approved(request))
    bent = replace(reply, sealed=bytes([reply.sealed[0] ^ 1]) + reply.sealed[1:])
    with pytest.raises(NotThisRecovery, match="another request"):
        forgotten.finishes(bent)
    ben = forgotten.agency.laptop("Ben Brook")
    with pytest.raises(NotThisRecovery, match="No account on this laptop waits"):
        regaining.finish(ben.folder, reply.data(), NEW, clock=ben.clock, kdf=CHEAP, policy=POLICY)


def test_a_weak_passphrase_is_refused_and_the_reply_is_good_still(forgotten: Forgotten) -> None:
    request = forgotten.asks()
    reply = forgotten.answered(request, forgotten.approved(request))
    with pytest.raises(UsageFailure, match="15 characters"):
        forgotten.finishes(reply, "short")
    assert forgotten.finishes(reply).unsent == 20


def test_a_cut_after_the_key_file_leaves_a_laptop_that_opens_and_a_reply_that_is_good(
    forgotten: Forgotten, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = forgotten.asks()
    reply = forgotten.answered(request, forgotten.approved(request))
    real: Callable[..., int] = vault.rebuild

    def cut(*arguments: object, **more: object) -> int:
        real(*arguments, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(vault, "rebuild", cut)
    with pytest.raises(KeyboardInterrupt):
        forgotten.finishes(reply)
    monkeypatch.undo()
    assert forgotten.opens(NEW)
    assert forgotten.finishes(reply).unsent == 20
    forgotten.agency.clock.move(minutes=2)
    assert forgotten.renews() == ""


def test_until_the_keys_are_new_unlocking_says_so(forgotten: Forgotten) -> None:
    request = forgotten.asks()
    forgotten.finishes(forgotten.answered(request, forgotten.approved(request)))
    laptop = forgotten.laptop()
    assert any("fieldapp recovery renew" in warning for warning in laptop.unlock(NEW).warnings)
    laptop.close()


def test_a_code_that_is_too_old_is_replaced_by_a_new_one(forgotten: Forgotten) -> None:
    request = forgotten.asks()
    forgotten.finishes(forgotten.answered(request, forgotten.approved(request)))
    forgotten.agency.clock.move(hours=30)
    with pytest.raises(Exception, match="new one"):
        forgotten.renews()
    assert forgotten.opens(NEW)
    fresh = admin.issue_code(forgotten.agency.server, forgotten.rig.staff, replaces=forgotten.rig.device)
    assert forgotten.renews(fresh.text) == ""


def test_who_has_nothing_to_renew_is_told_so(forgotten: Forgotten) -> None:
    request = forgotten.asks()
    forgotten.finishes(forgotten.answered(request, forgotten.approved(request)))
    forgotten.agency.clock.move(minutes=2)
    forgotten.renews()
    with pytest.raises(UsageFailure, match="nothing to renew"):
        forgotten.renews()


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[" * 2_000, b'{"fmt":"fieldapp-recovery-reply","v":1}', b"\xff", b"0" * 20_000]
)
def test_what_is_no_file_of_a_recovery_is_one_sentence(data: bytes) -> None:
    for read in (regain.read_request, regain.read_approval, regain.read_reply):
        with pytest.raises(NotThisRecovery, match="This file is not the"):
            read(data)


def test_files_say_nothing_secret_and_come_back_as_they_were(forgotten: Forgotten) -> None:
    request = forgotten.asks()
    approval = forgotten.approved(request)
    reply = forgotten.answered(request, approval)
    assert regain.read_request(request.data()) == request
    assert regain.read_approval(approval.data()) == approval
    assert regain.read_reply(reply.data()) == reply
    assert org_id(approval.authority) == forgotten.rig.org
    for secret in (b"Lee", b"Ana", b"nights", forgotten.rig.identity.seed.hex().encode()):
        assert all(secret not in one.data() for one in (request, approval, reply))


def test_of_several_accounts_one_is_named(forgotten: Forgotten, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageFailure, match="fieldapp enrol"):
        regaining.request(tmp_path / "empty", forgotten.rig.clock, policy=POLICY)
    first = Vaults(forgotten.rig.folder).listed()[0].folder
    shutil.copytree(first, first.with_name("0123456789abcdef"))
    with pytest.raises(UsageFailure, match="2 accounts"):
        forgotten.asks()
    made = regaining.request(forgotten.rig.folder, forgotten.rig.clock, which=2, policy=POLICY)
    assert regain.read_request(made.data()) == made
