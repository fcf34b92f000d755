"""An unexpected failure in any screen or its worker leaves no word of what was at hand (attack test 64)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import pytest

from fieldapp.app import FieldApp
from fieldapp.screens import routes
from tests.app import hostile_everywhere as everywhere
from tests.forms.desk import make_app, settled, unlocked

SECRET = "SENTINEL-of-a-note"
SHOWN = sorted(set(routes.ROUTES) - everywhere.BEFORE_UNLOCK - set(everywhere.NOT_LED_TO))
pytestmark = pytest.mark.e2e


async def in_a_worker() -> None:
    note = SECRET
    raise ValueError(note)


def in_a_handler() -> None:
    passphrase = SECRET
    raise ValueError(passphrase)


async def fail(app: FieldApp, name: str, made: Mapping[str, str]) -> None:
    """Open a screen and let it or a worker of it fail with a secret at hand."""
    async with app.run_test(size=(100, 40)) as pilot:
        await unlocked(pilot)
        if name in app.MODES:
            await app.switch_mode(name)
        else:
            app.open(name, **dict(everywhere.tour(made, app.laptop.metric_scopes()))[name])
        await settled(pilot)
        screen = app.screen
        assert type(screen).__name__ == routes.load(name).__name__
        if SHOWN.index(name) % 2:
            screen.run_worker(in_a_worker())
        else:
            screen.call_later(in_a_handler)
        await pilot.pause()
        await pilot.pause()


@pytest.mark.parametrize("name", SHOWN)
async def test_no_screen_and_no_worker_of_it_tells_what_it_held(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk, made = everywhere.furnished(tmp_path)
    app = make_app(desk.opened(), desk.clock)
    with pytest.raises(Exception, match=SECRET):  # the test framework gets the real one
        await fail(app, name, made)
    desk.close()
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err + caplog.text
    assert app.crash is not None
    assert SECRET not in app.crash.text + repr(app.crash)
    assert app.return_code == 1


def test_a_secret_is_typed_nowhere_but_into_the_field_that_keeps_it() -> None:
    source = Path(routes.__file__).parents[1]
    typed = [path.name for path in source.rglob("*.py") if "password=True" in path.read_text("utf-8")]
    assert typed == ["form_secret.py"]
