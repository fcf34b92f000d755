"""Draw docs/screenshot.svg from the running demo app, so that the README's picture never goes stale.

uv run python scripts/screenshot.py
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import date
from pathlib import Path

from fieldapp.app import FieldApp
from fieldapp.demo import making
from fieldapp.demo.acts import local_ms
from fieldapp.laptop.clock import HeldClock
from fieldapp.laptop.crisis_help import read_help
from fieldapp.laptop.laptop import Laptop

TARGET = Path(__file__).resolve().parents[1] / "docs" / "screenshot.svg"
DAY = date(2026, 11, 23)
SIZE = (100, 30)
READY_S = 60


async def picture(folder: Path) -> str:
    """Return the clinician's Today as SVG, on the morning of the demo's day."""
    clock = HeldClock(local_ms(DAY, 8 * 60 + 10))
    app = FieldApp(
        lambda: Laptop(folder, clock=clock), clock=clock, crisis_help=lambda: read_help(folder).lines
    )
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press(*("space" if letter == " " else letter for letter in making.PASSPHRASE), "enter")
        for _ in range(READY_S * 10):
            await pilot.pause(0.1)
            if app.current_mode == "today" and "Visits" in app.export_screenshot(simplify=True):
                break
        else:
            raise SystemExit("The app did not get as far as Today.")
        await pilot.pause()
        drawn = app.export_screenshot(title="fieldapp demo: an invented team, no real person", simplify=True)
        await app.leave(0)
    return drawn


def main() -> None:
    """Make a demo in a temporary folder and draw it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        making.make(folder, DAY, lambda what, done, of: None)
        drawn = asyncio.run(picture(making.laptop_of(folder, "clinician")))
    # Fonts come from the reader's computer: the picture fetches nothing.
    TARGET.write_text(re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.S), "utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
