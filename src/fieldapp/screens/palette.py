"""What ctrl+p offers: the actions that can be done here and now, and clients by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from ..errors import FieldappError
from ..widgets.client_row import draw_client
from ..widgets.text import clip, join, plain, styled
from .base import Host

CLIENTS_MAX = 12
WIDTH = 76
NOT_OFFERED = frozenset({"command_palette", "choose"})


class Actions(Provider):
    """Actions of the screen and the app that their bindings allow now."""

    def _offered(self) -> Iterator[tuple[str, str, str, str]]:
        seen: set[str] = set()
        # What the footer shows comes first.
        bindings = sorted(self.screen.active_bindings.values(), key=lambda found: not found.binding.show)
        for active in bindings:
            binding = active.binding
            # Our own key map gives every action a sentence; moving about in lists has none.
            if not binding.tooltip or not active.enabled or binding.action in seen:
                continue
            if binding.action in NOT_OFFERED:
                continue
            seen.add(binding.action)
            namespace = "app" if active.node is self.app else "screen"
            action = (
                binding.action if "." in binding.action.partition("(")[0] else f"{namespace}.{binding.action}"
            )
            yield binding.description, self.app.get_key_display(binding), binding.tooltip, action

    async def _run(self, action: str) -> None:
        await self.screen.run_action(action)

    def _shown(self, name: str | Content, keys: str) -> Content:
        return join(name if isinstance(name, Content) else plain(name), "  ", styled(keys, "$text-muted"))

    async def discover(self) -> Hits:
        """Offer every action."""
        for word, keys, sentence, action in self._offered():
            yield DiscoveryHit(
                self._shown(word, keys), partial(self._run, action), text=word, help=_help(sentence)
            )

    async def search(self, query: str) -> Hits:
        """Offer the actions whose word or sentence holds what was typed.

        Not Textual's fuzzy match: four letters of a name are found somewhere in most sentences, in front of
        the client whom they mean.
        """
        wanted = query.strip().lower()
        for word, keys, sentence, action in self._offered():
            if wanted not in f"{word} {sentence}".lower():
                continue
            score = 2.0 if word.lower().startswith(wanted) else 0.5
            yield Hit(
                score,
                self._shown(word, keys),
                partial(self._run, action),
                text=word,
                help=_help(sentence),
            )


class Clients(Provider):
    """Clients by name, nickname, street or number."""

    async def search(self, query: str) -> Hits:
        """Offer the clients that the caseload finds."""
        host = cast("Host", self.app)
        try:
            found = await host.ask(host.laptop.caseload, query)
        except FieldappError:
            return  # The caseload itself says what is wrong; the palette has no place for it.
        for number, line in enumerate(found[:CLIENTS_MAX]):
            yield Hit(
                0.99 - number * 0.01,
                draw_client(line, WIDTH),
                partial(host.open, "chart", client=line.client),
                text=clip(line.name, WIDTH),
            )


def _help(sentence: str) -> str | None:
    # The palette parses help as markup: only sentences of our own key map pass.
    return sentence if sentence and "[" not in sentence else None
