"""The words that a line may say besides names and times: data, one phrase for one meaning.

Each phrase stands for one code of one field of a contact. The labels of the tables in `records.kinds.contact`
are phrases too, so that whatever the form shows can be typed; the first phrase of a code is the one that a line
is written with. Phrases are compared without accents and case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ...records.kinds.contact import AUDIO_REASONS, MODALITIES, OUTCOMES, SETTINGS, TYPES
from ...records.text import plain

SHORT: Mapping[str, Mapping[str, str]] = {
    "outcome": {
        "completed": "completed, done, seen",
        "ended_early": "ended early, cut short",
        "attempt_no_answer": "no answer, na, n/a, noanswer, did not answer, didn't answer",
        "attempt_not_home": "not home, nh, nobody home, not in",
        "attempt_left_message": "left message, lm, lvm, vm, voicemail, left vm, left voicemail, left msg",
        "attempt_declined_at_door": "declined, declined at door, dec, refused",
        "attempt_wrong_info": "wrong address, wrong number, bad number, wrong info, wi",
        "no_show": "no show, ns, no-show, noshow",
        "late_cancel": "late cancel, lc",
        "client_cancel": "client cancel, cancelled, canceled, client canceled, cx",
        "staff_cancel": "staff cancel, staff canceled, sc",
        "reached_support_only": "support only, reached support",
        "unable_unsafe": "unsafe, unable unsafe",
        "hospitalised": "in hospital, hospitalised, hospitalized",
        "incarcerated": "in jail, incarcerated, jailed",
    },
    "setting": {
        "home": "home, at home",
        "office": "office, clinic",
        "shelter": "shelter",
        "street": "street, camp, encampment",
        "motel": "motel, hotel",
        "assisted_living": "assisted living, alf",
        "group_home": "group home, gh",
        "workplace": "workplace, at work, job site",
        "jail": "jail",
        "ED": "ed, er, emergency",
        "inpatient": "hospital, inpatient",
        "psychiatric_inpatient": "psych hospital, psych inpatient, psych ward",
        "park_library_store_car": "park, library, store, car",
        "telehealth_home": "tele home, telehealth home",
        "telehealth_other": "tele elsewhere, tele other, telehealth other",
        "cmhc": "cmhc, mental health center",
        "school": "school",
        "adult_family_home": "adult family home, afh",
        "skilled_nursing": "snf, skilled nursing",
        "nursing": "nursing facility, nursing home, nf",
        "PHP": "php, partial hospital",
        "psychiatric_residential": "psych residential",
        "residential_SUD": "sud residential, rehab",
        "non_residential_SUD": "sud clinic",
        "mobile_unit": "mobile unit, mobile clinic",
        "other": "another place, other place",
    },
    "modality": {
        "in_person": "in person, in-person, f2f, face to face, ip",
        "video": "video, vid",
        "audio_only": "phone, call, ph",
        "text": "text, sms",
        "portal_msg": "portal",
        "letter": "letter",
        "none": "no modality",
    },
    "contact_type": {
        "individual_counseling": "counseling, counselling, therapy, indiv, ic",
        "case_management": "cm, case mgmt, casemgmt",
        "care_coordination": "coordination, coord",
        "outreach_engagement": "outreach, engagement",
        "crisis_response": "crisis",
        "psychiatric_eval": "psych eval, psychiatric eval",
        "med_management": "med management, med mgmt, mm",
        "med_support_observation": "meds, med, med support, med observation",
        "group": "group",
        "family_session": "family",
        "collateral": "collateral, collat",
        "skills_training": "skills, sk",
        "psychoeducation": "psychoed",
        "peer_support": "peer",
        "vocational": "vocational, voc",
        "housing_landlord": "housing, landlord",
        "intake_assessment": "intake",
        "plan_meeting": "plan meeting",
        "team_meeting": "team meeting, case conference",
        "measure_only": "measure only, measure",
        "discharge_planning": "discharge, discharge plan",
        "transport_with_service": "transport, ride",
        "pharmacy_call": "pharmacy, pharmacist",
        "other": "other type",
    },
    "platform": {
        "Zoom": "zoom",
        "Teams": "teams, ms teams",
        "Doxy.me": "doxy, doxy.me",
        "FaceTime": "facetime",
        "Google Meet": "google meet",
    },
    "audio_only_reason": {
        "no_device": "no camera, no smartphone",
        "no_internet": "no internet, bad internet",
        "client_choice": "wants phone, prefers phone",
        "video_failed": "video failed, video broke",
        "short": "short call",
        "other": "no video",
    },
    "consent_on_file": {"yes": "consent ok, consent on file", "no": "no consent"},
    "privacy_check": {"yes": "private, privacy ok", "no": "not private, no privacy"},
    "again": {"again": "again, same again, same"},
    "next": {"next": "next, next client"},
    "day": {"today": "today", "yesterday": "yesterday, yday"},
}
"""Field, code, and the phrases for it."""
LABELS: Mapping[str, Mapping[str, str]] = {
    "outcome": OUTCOMES, "setting": SETTINGS, "modality": MODALITIES, "contact_type": TYPES,
    "audio_only_reason": AUDIO_REASONS,
}  # fmt: skip
FIELD_WORDS = {
    "outcome": "outcomes",
    "setting": "places",
    "modality": "ways of meeting",
    "contact_type": "types",
    "platform": "platforms",
    "audio_only_reason": "reasons for the phone",
    "consent_on_file": "answers about consent",
    "privacy_check": "answers about privacy",
}
YES_NO = frozenset({"consent_on_file", "privacy_check"})
"""Fields whose codes are yes and no."""
TOO_COMMON = frozenset({"none", "other", "another reason"})
"""Labels that are ordinary words of a remark."""


class Meaning(NamedTuple):
    """What a phrase stands for."""

    field: str
    code: str


@lru_cache(maxsize=1)
def phrases() -> Mapping[tuple[str, ...], Meaning]:
    """Return every phrase, as the words it is made of, with its meaning."""
    found: dict[tuple[str, ...], Meaning] = {}
    for field, codes in SHORT.items():
        for code, listed in codes.items():
            for phrase in listed.split(", "):
                found[tuple(plain(phrase).split())] = Meaning(field, code)
    for field, table in LABELS.items():
        for code, label in table.items():
            words = tuple(plain(label.partition(": ")[2] or label).split())
            # A comma begins the remark, so a label that holds one cannot be typed.
            if "," not in label and " ".join(words) not in TOO_COMMON:
                found.setdefault(words, Meaning(field, code))
    return found


@lru_cache(maxsize=1)
def longest() -> int:
    """Return how many words the longest phrase has."""
    return max(map(len, phrases()))


def written(field: str, code: str) -> str:
    """Return the phrase that a code is written with; "" for a code of another version."""
    return SHORT.get(field, {}).get(code, "").partition(", ")[0]


def label_of(field: str, code: str) -> str:
    """Return the words of the form for a code."""
    return LABELS.get(field, {}).get(code, code)
