"""What an episode says of its program (track, format, county, level, the year before) is kept and read in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.records.kinds.episode import TRACKS
from fieldapp.screens.reading import ReadingScreen
from tests.forms.desk import NAIR, Desk, keys, make_app, settled, shown, top, unlocked
from tests.intake.test_episode_screen import EPISODE, NEW, referred
from tests.intake.test_new_client import at_work

Make = Callable[..., Desk]


async def test_what_the_episode_says_of_program_and_level_is_kept_and_read_in_words(desk_of: Make) -> None:
    said = {
        "track": "dual_diagnosis",
        "format": "hybrid",
        "county": "Skagit",
        "sud_services": True,
        "asam_level": "2.1",
        "asam_5": 3,
        "crisis_contacts_prior_12m": 6,
        "hospitalisations_prior_12m": 2,
    }
    desk = desk_of(NAIR)
    referred(desk, "intake", referral_source="ED")
    app = make_app(desk.opened())
    async with app.run_test(size=(120, 40)) as pilot:
        await unlocked(pilot)
        laptop = app.laptop
        draft = laptop.start("episode", NEW, EPISODE)
        laptop.save_draft(draft.id, dict(draft.values) | said)
        laptop.submit(draft.id)
        kept = laptop.record(EPISODE).values
        assert {name: kept[name] for name in said} == said
        assert kept["referral_source"] == "ED"
        app.open("record", record=EPISODE)
        await settled(pilot)
        assert top(app) is ReadingScreen
        text = shown(app)
        for words in ("Dual diagnosis", "Hybrid", "Skagit", "2.1"):
            assert words in text, words
        await keys(pilot, "escape")


@pytest.mark.parametrize("track", sorted(TRACKS))
def test_each_track_can_be_chosen_and_is_said_in_words(desk_of: Make, track: str) -> None:
    desk = desk_of(NAIR)
    referred(desk, "intake")
    laptop = at_work(desk)
    draft = laptop.start("episode", NEW, EPISODE)
    laptop.save_draft(draft.id, dict(draft.values) | {"track": track})
    laptop.submit(draft.id)
    assert ("Track", TRACKS[track]) in laptop.chart(NEW).episode
