"""Defences taken away one at a time, and the tests that must then fail.

As a plug-in of pytest (`-p tests.attacks.planted`, with the name in PLANTED) it takes one away before any test is
imported, so that whoever imports the function gets the one without it.
"""

from __future__ import annotations

import os
import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

PLANTED = "FIELDAPP_TESTS_PLANTED"
"""Which defence the plug-in takes away."""


@dataclass(frozen=True)
class Planted:
    """One defence that is gone."""

    area: str
    plant: Callable[[], None]
    caught_by: tuple[str, ...]
    """Each of these tests fails without it."""


def _set(path: str, value: Any) -> None:
    """Set `package.module:name` or `package.module:Class.name`."""
    module, _, name = path.partition(":")
    target: Any = import_module(module)
    *holders, last = name.split(".")
    for holder in holders:
        target = getattr(target, holder)
    if not hasattr(target, last):
        raise AttributeError(f"{path} is no more: the planted defect has to follow")
    setattr(target, last, value)


def _always(path: str, value: Any) -> Callable[[], None]:
    return lambda: _set(path, lambda *_, **__: value)


def _gone(path: str) -> Callable[[], None]:
    """Take a method away, so that the one of the class below holds."""

    def plant() -> None:
        module, _, name = path.partition(":")
        holder, _, method = name.partition(".")
        delattr(getattr(import_module(module), holder), method)

    return plant


def _connection(change: Callable[[Any, str], str | None]) -> Callable[[], None]:
    """Let something else be said to the encrypted file; None leaves the statement out."""

    def plant() -> None:
        engine = import_module("fieldapp.store.engine")
        real = engine.sqlcipher

        class Bent(real.Connection):  # type: ignore[misc,name-defined]
            def execute(self, sql: str, *more: Any) -> Any:
                said = change(self, sql)
                return super().execute("SELECT '1'" if said is None else said, *more)

        named = {name: getattr(real, name) for name in dir(real) if not name.startswith("__")}
        named["connect"] = lambda *a, **k: real.connect(*a, **{"factory": Bent, **k})
        _set("fieldapp.store.engine:sqlcipher", types.SimpleNamespace(**named))

    return plant


def _without_page_mac() -> None:
    def change(connection: Any, sql: str) -> str | None:
        if sql == "SELECT count(*) FROM sqlite_master":
            import_module("sqlcipher3.dbapi2").Connection.execute(connection, "PRAGMA cipher_use_hmac = OFF")
        return sql

    _connection(change)()


def _without_key() -> None:
    _connection(lambda _, sql: None if sql.startswith(("PRAGMA key", "PRAGMA cipher_status")) else sql)()


def _kinds_unknown_are_allowed() -> None:
    policy = import_module("fieldapp.clinical.policy")
    real, table = policy.allow, policy.TABLE

    def allow(actor: Any, meaning: str, kind: str, **more: Any) -> Any:
        return real(actor, meaning, kind, **more) if kind in table else policy.Verdict(True)

    _set("fieldapp.clinical.policy:allow", allow)


def _policy_with(**forced: Any) -> Callable[[], None]:
    def plant() -> None:
        real = import_module("fieldapp.clinical.policy").allow
        _set(
            "fieldapp.clinical.policy:allow",
            lambda actor, meaning, kind, **more: real(actor, meaning, kind, **(more | forced)),
        )

    return plant


def _everybody_in_scope() -> None:
    yes = import_module("fieldapp.clinical.policy").Verdict(True)
    _set("fieldapp.clinical.scope:in_scope", lambda facts: yes)


def _one_domain() -> None:
    keys = import_module("fieldapp.crypto.keys")
    _set("fieldapp.crypto.keys:_PREFIX", dict.fromkeys(keys.DOMAINS, keys.DOMAIN))


def _digest_unchecked() -> None:
    _set("fieldapp.crypto.requests:hmac", types.SimpleNamespace(compare_digest=lambda a, b: True))


def _profile_unchecked() -> None:
    requests = import_module("fieldapp.crypto.requests")

    def seen(self: Any, sig_input: Any, max_age: Any = None) -> None:
        said = sig_input.params
        self.seen = requests.Verified(said.get("keyid", ""), said.get("nonce", ""), said.get("created", 0))

    _set("fieldapp.crypto.requests:_Profile.validate_created_and_expires", seen)


def _any_spelling() -> None:
    import orjson

    _set("fieldapp.records.canonical:loads", lambda data, depth=0: orjson.loads(data))


def _place_unbound() -> None:
    _set("fieldapp.crypto.sealing:_joined", lambda *parts: b"")


def _bidi_kept() -> None:
    bidi = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    places = [("fieldapp.widgets.text", "CONTROL"), ("fieldapp.widgets.line_filter", "_NEVER"),
              ("fieldapp.records.text", "FORBIDDEN")]  # fmt: skip
    held = [getattr(import_module(module), name).pattern for module, name in places]
    for (module, name), pattern in zip(places, held, strict=True):
        if bidi not in pattern:
            raise AttributeError(f"{module}:{name} is no more: the planted defect has to follow")
        _set(f"{module}:{name}", re.compile(pattern.replace(bidi, "")))


def _markup_parsed() -> None:
    from textual.content import Content

    _set("fieldapp.widgets.text:plain", lambda text: Content.from_markup(str(text)))


VAULT, DISK, APP = "tests/crypto/test_vault_tampering.py::", "tests/attacks/test_disk.py::", "tests/app/"
PUSH, LYING, TABLE = (
    "tests/server/test_sync_push.py::",
    "tests/sync/test_lying_server.py::",
    "tests/clinical/test_role_table.py::",
)
REQUESTS, KEYS = "tests/crypto/test_signed_requests.py::", "tests/crypto/test_signing_keys.py::"

DEFECTS: dict[str, Planted] = {
    # ── vault and disk ───────────────────────────────────────────────────────────────────────────
    "slots-unbound": Planted("vault", _always("fieldapp.crypto.slots:aad", b""), (
        VAULT + "test_a_slot_moved_to_another_vault_does_not_open", VAULT + "test_a_changed_vault_id_does_not_open")),
    "header-unchecked": Planted("vault", _always("fieldapp.crypto.vaultfile:Header.mac_ok", True), (
        VAULT + "test_an_altered_header_opens_warns_and_heals",)),
    "any-cost-believed": Planted("vault", _always("fieldapp.crypto.vaultfile:Policy.accepts", True), (
        "tests/crypto/test_vault_file.py::test_hostile_files_are_refused_fast_small_and_without_deriving_a_key",)),
    "no-delay": Planted("vault", _always("fieldapp.crypto.attempts:wrong_delay", 0), (
        "tests/acceptance/test_check_23_idle_and_wrong_tries.py::"
        "test_check_23_a_thousand_wrong_tries_are_slowed_counted_and_told_and_delete_nothing",)),
    "page-mac-off": Planted("vault", _without_page_mac, (
        DISK + "test_none_of_two_hundred_flipped_bytes_changes_what_is_read",
        DISK + "test_two_pages_that_changed_places_are_refused")),
    "plaintext": Planted("vault", _without_key, (
        "tests/store/test_encrypted_file.py::test_no_word_of_a_client_is_readable_in_any_file",)),
    "key-kept": Planted("vault", _always("fieldapp.crypto.secret:VaultKey.wipe", None), (
        "tests/laptop/test_vault_sessions.py::test_locking_forgets_the_key_and_refuses_everything",)),
    "tail-unchecked": Planted("vault", _always("fieldapp.laptop.doctor:own_tail", []), (
        "tests/laptop/test_vault_sessions.py::test_an_older_database_put_back_is_told_at_unlock",)),
    "pin-without-end": Planted("vault", lambda: _set("fieldapp.laptop.proof:TRIES", 10**6), (
        "tests/laptop/test_vault_sessions.py::test_a_session_pin_has_three_tries",)),
    # ── policy ───────────────────────────────────────────────────────────────────────────────────
    "default-allow": Planted("policy", _kinds_unknown_are_allowed, (
        TABLE + "test_unknown_kinds_and_meanings_are_denied_to_all_roles_together",)),
    "anybody-is-the-author": Planted("policy", _policy_with(own_target=True), (
        TABLE + "test_every_role_meaning_and_kind_is_judged_as_written",
        PUSH + "test_only_the_author_corrects_a_note_and_signs_again_only_after_a_return")),
    "labels-ignored": Planted("policy", _policy_with(sensitivity="normal"), (
        TABLE + "test_a_psychotherapy_note_is_its_authors_alone",)),
    "any-cosigner": Planted("policy", _policy_with(cosign_required="supervisor"), (
        TABLE + "test_what_waits_for_a_mental_health_professional_is_cosigned_by_one_and_by_no_other",)),
    "scope-ignored": Planted("policy", _everybody_in_scope, (
        PUSH + "test_an_entry_about_another_program_s_client_goes_to_both_supervisors",
        PUSH + "test_emergency_access_ends_after_four_hours")),
    # ── signatures ───────────────────────────────────────────────────────────────────────────────
    "small-order-keys": Planted("signatures", _always("fieldapp.crypto.keys:check_public_key", None), (
        KEYS + "test_small_order_keys_are_refused_everywhere",
        "tests/server/test_attacks_on_the_server.py::"
        "test_a_weak_key_is_refused_even_with_a_proof_of_possession_that_verifies")),
    "one-domain": Planted("signatures", _one_domain, (KEYS + "test_a_signature_counts_in_its_own_domain_only",)),
    "pull-unverified": Planted("signatures", _always("fieldapp.sync.trust:verify", True), (
        LYING + "test_an_entry_signed_by_nobody_is_not_taken_and_said",
        LYING + "test_a_certificate_that_the_authority_did_not_sign_admits_nobody")),
    "push-unverified": Planted("signatures", _always("fieldapp.server.offers:verify", True), (
        PUSH + "test_a_forged_signature_cannot_make_a_hash_refused_for_its_author",)),
    "checkpoint-unverified": Planted("signatures", _always("fieldapp.sync.checkpoints:verify", True), (
        LYING + "test_a_checkpoint_that_the_authority_did_not_sign",)),
    "nonce-forgotten": Planted("signatures", _always("fieldapp.server.exchange:_use_nonce", None), (
        "tests/server/test_server_http.py::"
        "test_a_replayed_request_is_refused_at_once_after_restart_and_by_another_worker",)),
    "digest-unchecked": Planted("signatures", _digest_unchecked, (REQUESTS + "test_any_change_is_refused",)),
    "thin-coverage": Planted("signatures", _profile_unchecked, (
        REQUESTS + "test_a_good_signature_outside_the_profile_is_refused",)),
    "any-spelling": Planted("signatures", _any_spelling, (
        "tests/records/test_canonical_bytes.py::test_bytes_in_any_other_form_are_refused",
        "tests/server/test_attacks_on_the_server.py::"
        "test_an_entry_has_one_spelling_and_every_other_is_rejected_though_it_is_signed")),
    "payloads-unbound": Planted("signatures", _place_unbound, (
        "tests/crypto/test_sealing.py::test_a_payload_moved_or_relabelled_does_not_open",)),
    # ── terminal ─────────────────────────────────────────────────────────────────────────────────
    "filter-off": Planted("terminal", lambda: _set(
        "fieldapp.widgets.line_filter:ControlFilter.apply", lambda self, segments, background: segments), (
        APP + "test_safe_text.py::test_the_last_filter_takes_out_what_is_left_and_keeps_the_width",
        APP + "test_terminal_bytes.py::test_textuals_own_widgets_write_no_control_characters_either")),
    "bidi-kept": Planted("terminal", _bidi_kept, (
        APP + "test_terminal_bytes.py::test_textuals_own_widgets_write_no_control_characters_either",
        "tests/records/test_clean_text.py::test_every_forbidden_code_point_is_found_and_nothing_else")),
    "markup-parsed": Planted("terminal", _markup_parsed, (
        APP + "test_safe_text.py::test_markup_of_any_kind_is_shown_literally",)),
    "unclean-entries": Planted("terminal", _always("fieldapp.records.text:is_clean", True), (
        PUSH + "test_what_is_not_as_the_protocol_says_is_rejected_with_a_reason",)),
    "traceback-shown": Planted("terminal", _gone("fieldapp.widgets.safe:SafeApp._fatal_error"), (
        APP + "test_crash_report.py::test_a_crash_saves_drafts_and_tells_only_type_and_place",)),
    "screenshots": Planted("terminal", _gone("fieldapp.widgets.safe:SafeApp.save_screenshot"), (
        APP + "test_terminal_bytes.py::test_no_way_writes_a_picture_of_the_screen",)),
    "clipboard-shared": Planted("terminal", _gone("fieldapp.widgets.safe:SafeApp.copy_to_clipboard"), (
        APP + "test_terminal_bytes.py::test_cut_text_stays_inside_the_app_and_is_forgotten_under_the_cover",)),
    "secrets-copied": Planted("terminal", _gone("fieldapp.widgets.form_secret:SecretInput.action_copy"), (
        APP + "test_terminal_bytes.py::test_nothing_is_copied_out_of_a_secret_field",)),
}  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Take the named defence away before anything of the tests is imported."""
    DEFECTS[os.environ[PLANTED]].plant()
