"""Measurements as people type them: `128/82`, `182.4`, `83kg`, `5'10`. Pure; units as in `kinds.vitals`."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_PRESSURE = re.compile(r"(\d{2,3})\s*[/ .-]\s*(\d{2,3})")
_NUMBER = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*([a-z°\"%/]*)")
_FEET = re.compile(r"(\d)\s*(?:'|ft|-)\s*(\d{1,2}(?:[.,]\d)?)?\s*(?:\"|''|in)?")
_UNITS: dict[str, dict[str, Decimal]] = {
    "weight_lb_10": {"": Decimal(1), "lb": Decimal(1), "lbs": Decimal(1), "kg": Decimal("2.2046226")},
    "height_in_10": {"": Decimal(1), "in": Decimal(1), '"': Decimal(1), "cm": 1 / Decimal("2.54")},
    "waist_in_10": {"": Decimal(1), "in": Decimal(1), '"': Decimal(1), "cm": 1 / Decimal("2.54")},
    "a1c_10": {"": Decimal(1), "%": Decimal(1)},
    "pulse": {"": Decimal(1), "bpm": Decimal(1), "/min": Decimal(1)},
    "glucose": {"": Decimal(1), "mg/dl": Decimal(1), "mmol": Decimal("18.016"), "mmol/l": Decimal("18.016")},
}
_FAHRENHEIT = frozenset({"", "f", "°f", "°"})
_CELSIUS = frozenset({"c", "°c"})
_COLDEST_F = Decimal(60)
"""A temperature below is meant in Celsius."""


def pressure(text: str) -> tuple[int, int] | None:
    """Return (upper, lower) of a typed blood pressure; None if it is none."""
    match = _PRESSURE.fullmatch(text.strip())
    return (int(match[1]), int(match[2])) if match else None


def quantity(name: str, text: str) -> int | None:
    """Return a typed measurement in the unit of its field, in tenths where the name says so; None if it is none."""
    said = text.strip().lower()
    if name == "height_in_10" and (feet := _FEET.fullmatch(said)):
        return _whole(Decimal(feet[1]) * 12 + _decimal(feet[2] or "0"), tenths=True)
    match = _NUMBER.fullmatch(said)
    if match is None:
        return None
    value, unit = _decimal(match[1]), match[2]
    tenths = name.endswith("_10")
    if name == "temperature_f_10":
        if unit in _CELSIUS or (unit == "" and value < _COLDEST_F):
            return _whole(value * 9 / 5 + 32, tenths=True)
        return _whole(value, tenths=True) if unit in _FAHRENHEIT else None
    factor = _UNITS[name].get(unit)
    return None if factor is None else _whole(value * factor, tenths=tenths)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _whole(value: Decimal, *, tenths: bool) -> int:
    return int((value * (10 if tenths else 1)).quantize(Decimal(1), ROUND_HALF_UP))
