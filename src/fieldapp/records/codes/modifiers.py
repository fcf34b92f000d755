"""Modifiers that follow from who gave a service, how, and with whom (clinical.md 2.10). Pure.

A payer's row says which it wants; these conditions say when they apply. A modifier without a condition here (HE, HF,
HK, HT and an agency's own) applies whenever its row names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..canonical import Json

LEVELS = {
    "HN": frozenset({"AAC"}),
    "HO": frozenset({
        "LMHC", "LMHCA", "LICSW", "LSWAIC", "LASW", "LSWAA", "LMFT", "LMFTA", "ARNP", "PMHNP", "PA-C",
    }),
}  # fmt: skip
"""Credentials that stand for a bachelor's (HN) or master's degree (HO); a staff record may say it better."""
_DEGREES = {"bachelor": "HN", "master": "HO"}
WORDS = {
    "HN": "bachelor's degree", "HO": "master's degree", "HQ": "group", "HR": "family with the client",
    "HS": "family without the client", "GT": "video", "95": "video", "93": "phone", "FQ": "phone",
}  # fmt: skip

Contact = Mapping[str, Json]


def level_of(credentials: Iterable[Mapping[str, Json]]) -> str:
    """Return HO or HN by the highest degree that credentials stand for; "" for none."""
    held = list(credentials)
    said = {_DEGREES.get(str(row.get("education") or ""), "") for row in held}
    # A degree that the staff record names counts before what a credential usually means.
    for row in held:
        if not row.get("education"):
            said |= {level for level, codes in LEVELS.items() if row.get("code") in codes}
    return "HO" if "HO" in said else "HN" if "HN" in said else ""


def _family(values: Contact) -> bool:
    return values.get("contact_type") in ("family_session", "collateral")


def client_there(values: Contact) -> bool:
    """Tell whether the client took part: not in collateral work, nor where the form says 0 minutes."""
    return values.get("contact_type") != "collateral" and values.get("client_present_min") != 0


_WHEN: Mapping[str, Callable[[Contact, str], bool]] = {
    "HN": lambda _, level: level == "HN",
    "HO": lambda _, level: level == "HO",
    "HQ": lambda values, _: values.get("contact_type") == "group" or bool(values.get("session")),
    "HR": lambda values, _: _family(values) and client_there(values),
    "HS": lambda values, _: _family(values) and not client_there(values),
    "GT": lambda values, _: values.get("modality") == "video",
    "95": lambda values, _: values.get("modality") == "video",
    "93": lambda values, _: values.get("modality") == "audio_only",
    "FQ": lambda values, _: values.get("modality") == "audio_only",
}


def modifiers_of(wanted: Iterable[str], values: Contact, level: str) -> tuple[str, ...]:
    """Return those of the wanted modifiers that apply, in their order."""
    return tuple(one for one in wanted if one not in _WHEN or _WHEN[one](values, level))
