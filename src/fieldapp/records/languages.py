"""The languages that forms offer; apart from the kinds, so that the first screen need not load them."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Spanish"}
