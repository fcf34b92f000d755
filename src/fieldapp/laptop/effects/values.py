"""The values of a form, as effects read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Values: TypeAlias = Mapping[str, Any]
