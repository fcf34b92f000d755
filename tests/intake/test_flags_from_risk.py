"""Red flags that somebody ticks while they write of risk ask the supervisor as those of the intake do."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.laptop.laptop import Laptop
from fieldapp.records.ids import one_per
from tests.forms.desk import ADA, DANA, NOTE_TEXT, PASSPHRASE, TZ, Desk
from tests.intake.test_new_client import at_work

Make = Callable[..., Desk]


def signed_note(laptop: Laptop, *flags: str) -> str:
    """Sign a note that says that risk is present, with red flags; returns its record."""
    laptop.reauthenticate(PASSPHRASE)
    draft = laptop.start("note", ADA, None, {
        "format": "DAP", "sections": dict(NOTE_TEXT), "service_start": "2026-11-22T17:00:00.000Z",
        "service_stop": "2026-11-22T18:00:00.000Z", "tz": TZ, "goals": ["Sleep six hours"],
        "risk_block": {"answer": "present", "level": "moderate", "detail": "fainted twice", "red_flags": list(flags)},
    })  # fmt: skip
    laptop.submit(
        draft.id, overrides={one.field: "Seen." for one in laptop.problems(draft.id) if not one.stops}
    )
    return draft.record


def test_a_flag_in_a_note_is_on_the_line_and_a_task_at_once(desk_of: Make) -> None:
    laptop = at_work(desk_of(DANA))
    signed_note(laptop, "medical", "no_such_flag")
    assert laptop.client_line(ADA).step_up
    assert {line.what: line.role for line in laptop.tasks(ADA)}["step_up"] == "supervisor"
    (flag,) = laptop.episode(ADA).flags
    assert flag.at == "risk"
    assert flag.remark == "fainted twice"
    assert flag.raised == ("Body not stable: needs medical care first",)


def test_a_note_without_a_flag_raises_the_risk_alone(desk_of: Make) -> None:
    laptop = at_work(desk_of(DANA))
    signed_note(laptop)
    line = laptop.client_line(ADA)
    assert line.risk == "moderate"
    assert not line.step_up
    assert not laptop.episode(ADA).flags


def test_a_flag_with_a_signed_level_is_an_item_of_its_own_and_no_field_of_the_level(desk_of: Make) -> None:
    laptop = at_work(desk_of(DANA))
    laptop.reauthenticate(PASSPHRASE)
    draft = laptop.start("risk", ADA, None, {
        "level": "high", "reason": "means at hand", "weighed": ["talk"], "red_flags_seen": ["active_intent"],
    })  # fmt: skip
    laptop.submit(draft.id)
    assert laptop.client_line(ADA).step_up
    with laptop._open().reading() as asking:
        view = asking.rx.view(one_per(ADA, "risk"))
    assert view is not None
    assert "red_flags_seen" not in view.fields
    assert len(view.items("red_flags")) == 1
    assert laptop.risk(ADA).level == "high"
    assert not view.conflicts
