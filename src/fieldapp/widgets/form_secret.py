"""Where a passphrase or PIN is typed: nothing of it can be selected, copied, cut or shown."""

from __future__ import annotations

from textual.widgets import Input


class SecretInput(Input):
    """A password Input without selection and clipboard; it empties itself when its value is taken."""

    DEFAULT_CSS = """
    SecretInput { width: 1fr; height: 1; border: none; padding: 0 1; background: $surface; }
    SecretInput:focus { border: none; background: $panel; }
    """
    ALLOW_SELECT = False

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            password=True, placeholder=placeholder, max_length=256, select_on_focus=False, compact=True, id=id
        )

    def __repr__(self) -> str:
        return "SecretInput()"

    def action_copy(self) -> None:
        """Copy nothing."""

    def action_cut(self) -> None:
        """Cut nothing."""

    def take(self) -> str:
        """Return what was typed and forget it."""
        secret = self.value
        with self.prevent(Input.Changed):
            self.value = ""
        return secret
