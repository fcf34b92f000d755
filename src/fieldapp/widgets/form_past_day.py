"""A day that has passed, or today: `today`, `-3`, `tue`, `11/02`."""

from __future__ import annotations

from datetime import date

from ..clinical.times import day_of, day_words, parse_day
from ..records.canonical import Json
from .form_time import FormDay


class FormPastDay(FormDay):
    """A calendar day; a weekday or a day without a year is the last one."""

    def read(self, text: str) -> Json:
        return parse_day(text, day_of(self.now(), self.tz)).isoformat()

    def means(self, value: Json) -> str:
        today = day_of(self.now(), self.tz)
        day = date.fromisoformat(str(value))
        away = (today - day).days
        return day_words(day, today) + (f", {away} days ago" if away > 1 else "")


class FormBirthday(FormPastDay):
    """The day on which somebody was born; the age is said."""

    def means(self, value: Json) -> str:
        today, born = day_of(self.now(), self.tz), date.fromisoformat(str(value))
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return f"{years} years" if years >= 18 else f"{years} years: under 18, check the day"
