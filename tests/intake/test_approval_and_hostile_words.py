"""A changed level of care waits in Review until it is approved; what people type is only ever text."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.screens.episode import EpisodeScreen
from fieldapp.screens.episode_form import EpisodeForm
from fieldapp.screens.intake_list import IntakeListScreen
from fieldapp.screens.reading import ReadingScreen
from tests.app.hostile import LITERAL
from tests.forms.desk import DANA, NAIR, Desk, keys, make_app, settled, shown, top, typed, unlocked
from tests.intake.test_episode_screen import EPISODE, NEW, referred
from tests.intake.test_new_client import at_work

Make = Callable[..., Desk]


def test_a_changed_level_stays_in_review_also_when_more_is_written_since(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "active", level_of_care="IOP_2.1", admit_date="2026-11-10")
    with desk.store.writing() as tx:
        heads = tx.view(EPISODE).heads  # type: ignore[union-attr]
        body = {
            "set": {"level_of_care": "PHP_2.5", "care_reason": "Voices worse"},
            "cosign_required": "supervisor",
        }
        changed = desk.put(tx, "episode", EPISODE, body, client=NEW, author=DANA, prev=heads)
        desk.put(
            tx,
            "episode",
            EPISODE,
            {"set": {"county": "Skagit"}},
            client=NEW,
            author=DANA,
            prev=[changed.hash],
        )
    laptop = at_work(desk)
    (line,) = [line for line in laptop.review() if line.record == EPISODE]
    assert (line.title, line.reason) == ("Level of care: Partial hospitalization (2.5)", "Voices worse")
    assert laptop.episode(NEW).care_waits
    laptop.cosign(changed.hash)
    assert not [line for line in laptop.review() if line.record == EPISODE]
    assert not laptop.episode(NEW).care_waits


async def test_hostile_words_in_every_field_are_shown_as_they_are(desk_of: Make) -> None:
    desk = desk_of(NAIR)
    referred(desk, "waitlist", status_reason=LITERAL, referral_org=LITERAL, referral_person=LITERAL, asked_for=LITERAL,
             care_reason=LITERAL, county=LITERAL, decided_by=LITERAL)  # fmt: skip
    row = {"on": "2026-11-05", "by": LITERAL, "where": LITERAL}
    desk.add("episode", EPISODE, {"items": {
        "assessment": {"harm": row}, "intake_checks": {"coverage": {"answer": "yes", "who": LITERAL, "remark": LITERAL}},
    }}, client=NEW)  # fmt: skip
    desk.add(
        "client", NEW, {"set": {"legal_name": LITERAL, "pronouns": LITERAL, "language": "xx"}}, client=NEW
    )
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        app.laptop.ask_red_flags(NEW, {"active_intent": True, "medical": False, "self_care": False}, LITERAL)
        app.open("episode", client=NEW)
        await settled(pilot)
        assert top(app) is EpisodeScreen
        assert "@click=app.quit" in shown(app)
        await keys(pilot, *["down"] * 30)
        for part in ("a", "v", "l", "o"):
            await keys(pilot, part)
            assert top(app) is EpisodeForm
            await keys(pilot, "escape")
        await keys(pilot, "home")
        await keys(pilot, "enter")
        assert top(app) is ReadingScreen
        await keys(pilot, "escape", "escape", "2", "I")
        assert top(app) is IntakeListScreen
        await keys(pilot, "N")
        await typed(pilot, "QUIT")
        await keys(pilot, "escape")
        assert app.is_running
