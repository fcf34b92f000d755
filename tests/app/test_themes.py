"""Every theme can be read: contrast ratios of WCAG 2, AA at least, AAA for high contrast."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from fieldapp.widgets.themes import TEXT_VARIABLES, THEMES
from tests.app.app_support import make_app

PAIRS = (
    ("block-cursor-foreground", "block-cursor-background"),
    ("stop-foreground", "stop-background"),
    ("footer-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("input-selection-foreground", "input-selection-background"),
)


def luminance(colour: Color) -> float:
    """Return relative luminance as WCAG defines it."""
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour.rgb)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    low, high = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_text_stands_out_from_every_background(theme: Theme) -> None:
    needed = 7.0 if theme.name == "high-contrast" else 4.5
    app = make_app()
    async with app.run_test():
        app.theme = theme.name
        colours = app.get_css_variables()
        pairs = [(text, under) for text in TEXT_VARIABLES for under in ("background", "surface", "panel")]
        weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in [*pairs, *PAIRS]}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < needed} == {}


async def test_only_our_themes_are_offered_and_a_key_changes_them() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        assert set(app.available_themes) == {theme.name for theme in THEMES}
        pilot.app.screen.set_focus(None)
        seen = []
        for _ in THEMES:
            await pilot.press("T")
            seen.append(app.theme)
        assert seen == ["paper", "high-contrast", "dusk"]
