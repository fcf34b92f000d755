"""Our own themes; every pair of text and background is held to a contrast ratio by a test."""

from __future__ import annotations

from textual.theme import Theme

_COMMON = {
    "block-cursor-text-style": "bold",
    "input-selection-background": "#20508a",
    "input-selection-foreground": "#ffffff",
}


def _variables(**colours: str) -> dict[str, str]:
    return _COMMON | {name.replace("_", "-"): value for name, value in colours.items()}


DARK = Theme(
    name="dusk",
    dark=True,
    primary="#7fb4ff",
    secondary="#9fc7c0",
    accent="#f0c674",
    foreground="#e6e9ef",
    background="#14171c",
    surface="#1b1f26",
    panel="#262c36",
    warning="#f0c674",
    error="#ff8f87",
    success="#8fd19e",
    text_alpha=1.0,
    variables=_variables(
        text_error="#ff8f87",
        text_warning="#f0c674",
        text_success="#8fd19e",
        text_muted="#a9b2c0",
        text_primary="#9cc5ff",
        block_cursor_background="#2f5f9e",
        block_cursor_foreground="#ffffff",
        border="#7fb4ff",
        border_blurred="#4a5566",
        footer_background="#262c36",
        footer_foreground="#e6e9ef",
        footer_description_foreground="#e6e9ef",
        footer_key_foreground="#f0c674",
        stop_background="#a32020",
        stop_foreground="#ffffff",
    ),
)

LIGHT = Theme(
    name="paper",
    dark=False,
    primary="#1f4f8f",
    secondary="#2d6059",
    accent="#6b4a00",
    foreground="#1b1f26",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e4e1d9",
    warning="#6b4a00",
    error="#9c1c1c",
    success="#1d5c2f",
    text_alpha=1.0,
    variables=_variables(
        text_error="#9c1c1c",
        text_warning="#6b4a00",
        text_success="#1d5c2f",
        text_muted="#4c5563",
        text_primary="#1f4f8f",
        block_cursor_background="#1f4f8f",
        block_cursor_foreground="#ffffff",
        border="#1f4f8f",
        border_blurred="#8a8f99",
        footer_background="#e4e1d9",
        footer_foreground="#1b1f26",
        footer_description_foreground="#1b1f26",
        footer_key_foreground="#6b2e00",
        stop_background="#9c1c1c",
        stop_foreground="#ffffff",
    ),
)

CONTRAST = Theme(
    name="high-contrast",
    dark=True,
    primary="#ffff00",
    secondary="#00ffff",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    warning="#ffff00",
    error="#ff9c9c",
    success="#7dff7d",
    text_alpha=1.0,
    variables=_variables(
        text_error="#ff9c9c",
        text_warning="#ffff00",
        text_success="#7dff7d",
        text_muted="#ffffff",
        text_primary="#ffff00",
        block_cursor_background="#ffffff",
        block_cursor_foreground="#000000",
        border="#ffff00",
        border_blurred="#ffffff",
        footer_background="#000000",
        footer_foreground="#ffffff",
        footer_description_foreground="#ffffff",
        footer_key_foreground="#ffff00",
        stop_background="#ffffff",
        stop_foreground="#000000",
    ),
)

THEMES = (DARK, LIGHT, CONTRAST)
"""The first is the default."""

TEXT_VARIABLES = (
    "foreground", "text-error", "text-warning", "text-success", "text-muted", "text-primary", "primary",
)  # fmt: skip
"""Variables used for text on `background`, `surface` and `panel`."""
