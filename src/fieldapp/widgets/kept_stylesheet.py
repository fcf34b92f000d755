"""A stylesheet that reads each source once.

Textual parses all its style sources anew for each screen that opens for the first time and for each area that
is shown: 40 to 90 ms each time on a small laptop, twice per area.
"""

from __future__ import annotations

from typing import Any

from textual.css.stylesheet import Stylesheet

Kept = dict[tuple[Any, ...], list[Any]]


class KeptStylesheet(Stylesheet):
    """Rules are kept by their source and by the colours and other variables they were read with.

    Args:
        variables: values of `$names` in the sources.
        kept: rules read before; shared between the stylesheets of several apps in tests.
    """

    def __init__(self, *, variables: dict[str, str] | None = None, kept: Kept | None = None) -> None:
        self._kept: Kept = {} if kept is None else kept
        super().__init__(variables=variables)
        self._with = tuple((variables or {}).items())

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set the values of `$names`; what was read with the same values before is still known."""
        if variables != self._variables:
            super().set_variables(variables)
            self._with = tuple(variables.items())

    def _parse_rules(
        self,
        css: str,
        read_from: Any,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[Any]:
        key = (css, read_from, is_default_rules, tie_breaker, scope, self._with)
        rules = self._kept.get(key)
        if rules is None:
            rules = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
            self._kept[key] = rules
        return rules

    def reparse(self) -> None:
        """Put the rules together again; only new sources are read."""
        self.parse()
