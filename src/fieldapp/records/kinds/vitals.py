"""Vital signs of one moment, signed once by who took them (clinical.md 2.17).

Numbers are whole: `_10` means tenths of the unit in the name, as measured in the program (pounds, inches, °F).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..canonical import Json
from ..defaults import setting
from ..envelope import instant_ms
from ..fold import View
from ..kind import Fields, IndexRow, Kind, Problem, Signing
from ..types import Count, Instant, Line


class Vitals(Fields):
    """One set of measurements; what was not taken is left out."""

    at: Instant | None = None
    tz: Line | None = None
    systolic: Count | None = None
    """mmHg."""
    diastolic: Count | None = None
    pulse: Count | None = None
    """Beats a minute."""
    weight_lb_10: Count | None = None
    height_in_10: Count | None = None
    waist_in_10: Count | None = None
    temperature_f_10: Count | None = None
    glucose: Count | None = None
    """mg/dl."""
    a1c_10: Count | None = None
    """Tenths of a percent."""
    remark: Line | None = None


NUMBERS: Mapping[str, tuple[str, str, int, int]] = {
    "systolic": ("Blood pressure, upper", "mmHg", 60, 260),
    "diastolic": ("Blood pressure, lower", "mmHg", 30, 160),
    "pulse": ("Pulse", "a minute", 30, 220),
    "weight_lb_10": ("Weight", "lb", 600, 7_000),
    "height_in_10": ("Height", "in", 480, 900),
    "waist_in_10": ("Waist", "in", 180, 900),
    "temperature_f_10": ("Temperature", "°F", 900, 1_100),
    "glucose": ("Glucose", "mg/dl", 30, 700),
    "a1c_10": ("A1c", "%", 30, 200),
}
"""Label, unit, and the range outside of which a number is asked about once more: a typing check, no judgement."""


def says(doc: Mapping[str, Any]) -> bool:
    """Tell whether anything was measured."""
    return any(doc.get(name) is not None for name in NUMBERS) or bool(doc.get("remark"))


def number(name: str, value: int) -> str:
    """Return a number as it is read: `182.4`."""
    if not name.endswith("_10"):
        return str(value)
    return f"{value // 10}.{value % 10}" if value % 10 else str(value // 10)


def bmi_10(weight_lb_10: int, height_in_10: int) -> int | None:
    """Return the body mass index in tenths, rounded half up; None without a height."""
    if height_in_10 <= 0 or weight_lb_10 <= 0:
        return None
    # 703 · lb / in²: the tenths cancel to a factor of 10, and one more digit is asked for.
    return (2 * 703 * weight_lb_10 * 100 + height_in_10**2) // (2 * height_in_10**2)


def words(doc: Mapping[str, Any]) -> str:
    """Return a set in one line: `BP 128/82 · pulse 72 · 182.4 lb · BMI 27.1`."""
    upper, lower = doc.get("systolic"), doc.get("diastolic")
    parts = [f"BP {upper or '–'}/{lower or '–'}"] if upper is not None or lower is not None else []
    for name, label in (
        ("pulse", "pulse"), ("weight_lb_10", ""), ("temperature_f_10", ""), ("glucose", "glucose"), ("a1c_10", "A1c"),
        ("waist_in_10", "waist"),
    ):  # fmt: skip
        value = doc.get(name)
        if isinstance(value, int):
            unit = "" if name in ("pulse", "glucose") else f"{NUMBERS[name][1]}"
            said = f"{number(name, value)}{'' if unit in ('%', '°F') else ' '}{unit}".strip()
            parts.append(f"{label} {said}".strip())
    weight, height = doc.get("weight_lb_10"), doc.get("height_in_10")
    if isinstance(height, int):
        parts.append(f"height {number('height_in_10', height)} in")
    if isinstance(weight, int) and isinstance(height, int):
        bmi = bmi_10(weight, height)
        parts += [f"BMI {bmi // 10}.{bmi % 10}"] if bmi is not None else []
    return " · ".join(parts)


def check(doc: Mapping[str, Json], signing: Signing) -> Sequence[Problem]:
    """Return what stands against signing a set of measurements."""
    found: list[Problem] = []
    if not says(doc):
        found.append(Problem("systolic", "Nothing was measured yet.", stops=True))
    upper, lower = doc.get("systolic"), doc.get("diastolic")
    if (upper is None) != (lower is None):
        found.append(Problem("systolic", "A blood pressure is two numbers, such as 128/82.", stops=True))
    elif upper is not None and upper <= lower:
        found.append(Problem("systolic", "The upper number is the larger one: check both.", stops=True))
    for name, (label, unit, least, most) in NUMBERS.items():
        value = doc.get(name)
        if value is not None and not least <= value <= most:
            at = "systolic" if name == "diastolic" else name
            said = f"{label} {number(name, value)} {unit}: is that what you measured?"
            found.append(Problem(at, said, stops=False))
    ahead = setting(signing.settings, "clock_skew_warn_min") * 60_000
    if doc.get("at") and instant_ms(doc["at"]) > signing.at_ms + ahead:
        found.append(Problem("at", "This is dated in the future: check date and time.", stops=True))
    return found


def _at(view: View) -> int:
    return instant_ms(view.doc["at"]) if view.doc.get("at") else view.first_ms


KIND = Kind(
    name="vitals",
    label="Vital signs",
    cls="single",
    model=Vitals,
    audience=("team",),
    labels={"at": "When", **{name: label for name, (label, *_) in NUMBERS.items()}, "remark": "Remark"},
    sign_checks=check,
    index=lambda view: IndexRow(_at(view), "Vital signs"),
)
