"""Screens read the time by which entries are judged, however wrong the laptop's own clock is."""

from __future__ import annotations

from fieldapp.records.envelope import instant, instant_ms
from tests.laptop.laptop_world import ANA, HOUR_MS, MINUTE_MS, PASSPHRASE, World, opened


def _attempt(at_ms: int) -> dict[str, str]:
    return {
        "outcome": "attempt_no_answer", "contact_type": "outreach_engagement", "start": instant(at_ms),
        "stop": instant(at_ms),
    }  # fmt: skip


def test_the_time_for_forms_is_the_one_that_signing_writes(world: World) -> None:
    client = world.client("Rossi, Rosa")
    laptop = world.laptop(ANA)
    with opened(laptop).store.writing() as tx:
        tx.set_meta("clock_offset_ms", -2 * HOUR_MS)
    laptop.today()
    world.clock.move(minutes=3)
    shown = laptop.corrected_ms()
    assert shown == world.clock.now_ms() - 2 * HOUR_MS
    draft = laptop.start("contact", client, values=_attempt(shown))
    (entry_hash,) = laptop.submit(draft.id)
    with opened(laptop).store.reading() as rx:
        entry = rx.entry(entry_hash)
    assert entry is not None
    assert entry.envelope.effective_ms == shown
    assert instant_ms(entry.envelope.at) == shown + 2 * HOUR_MS, "the device's own clock stands beside it"


def test_it_holds_from_the_first_question_and_is_the_device_s_own_while_locked(world: World) -> None:
    laptop = world.laptop(ANA)
    with opened(laptop).store.writing() as tx:
        tx.set_meta("clock_offset_ms", 7 * MINUTE_MS)
    laptop.lock()
    assert laptop.corrected_ms() == world.clock.now_ms()
    laptop.unlock(PASSPHRASE)
    assert laptop.corrected_ms() == world.clock.now_ms() + 7 * MINUTE_MS
