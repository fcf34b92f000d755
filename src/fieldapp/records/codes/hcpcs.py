"""The public HCPCS Level II codes of this work, with labels of our own (clinical.md 2.10). Data only.

Which contact types a code is for, how it rounds and which modifiers go with it are where an agency starts from;
each payer has rules of its own, and the agency's table (docs/codes.md) counts before this one. No CPT code is here.
"""

from __future__ import annotations

from typing import Any

from .table import CodeRow, Table

VERSION = "2026-1"
_LEVEL = ("HN", "HO")
_THERAPY = (*_LEVEL, "HQ", "HR", "HS")
_PEERS = ("CPC", "CPSS")
_PHYSICIANS = ("MD", "DO")
_STRUCTURED = ("structured",)


def _row(code: str, label: str, rule: str, types: str, **more: Any) -> CodeRow:
    return CodeRow.model_validate(
        {"code": code, "label": label, "rule": rule, "types": tuple(types.split())} | more
    )


BUILT_IN = Table.public(
    "hcpcs",
    VERSION,
    (
        _row("H0004", "Counseling", "per15", "individual_counseling family_session group", modifiers=_THERAPY),
        _row("H0023", "Outreach", "event", "outreach_engagement"),
        _row("H0031", "Assessment", "event", "intake_assessment", not_credentials=_PHYSICIANS, modifiers=_LEVEL),
        _row("H0032", "Plan development", "event", "plan_meeting", not_credentials=_PHYSICIANS, modifiers=_LEVEL),
        _row("H0033", "Oral medication, observed", "event", "med_support_observation", modalities=("in_person",)),
        _row("H0034", "Medication training and support", "per15", "med_support_observation med_management"),
        _row("H0038", "Peer support", "per15", "peer_support", credentials=_PEERS, modifiers=("HQ",)),
        _row("H2011", "Crisis service", "per15", "crisis_response", modifiers=_LEVEL),
        _row("H2014", "Skills training", "per15", "skills_training", modifiers=(*_LEVEL, "HQ")),
        _row("H2027", "Psychoeducation", "per15", "psychoeducation", modifiers=(*_LEVEL, "HQ")),
        _row("T1016", "Case management", "per15",
             "case_management care_coordination housing_landlord discharge_planning collateral", modifiers=_LEVEL),
        _row("H2015", "Comprehensive community support", "per15",
             "vocational housing_landlord transport_with_service skills_training case_management",
             modalities=("in_person",), modifiers=_LEVEL),
        _row("H0036", "Community psychiatric support", "per15",
             "individual_counseling skills_training case_management outreach_engagement",
             modalities=("in_person",), modifiers=_LEVEL),
        _row("H2017", "Psychosocial rehabilitation", "per15", "skills_training vocational group",
             modifiers=(*_LEVEL, "HQ")),
        _row("H2019", "Therapeutic behavioral service", "per15", "individual_counseling skills_training",
             modifiers=_LEVEL),
        _row("T1017", "Targeted case management", "per15",
             "case_management care_coordination discharge_planning", modifiers=_LEVEL),
        _row("T1023", "Screening", "event", "measure_only intake_assessment"),
        _row("H0046", "Other mental health service", "event", "other collateral"),
        _row("G0560", "Safety planning", "per20", "crisis_response individual_counseling", rounding="floor"),
        _row("S9484", "Crisis service, hour", "hour", "crisis_response", rounding="ceil"),
        _row("S9485", "Crisis service, day", "per_diem", "crisis_response", minimum=1),
        # Day rates need the minutes that the agency's payer asks for; nobody's home contact is one.
        _row("S9480", "Psychiatric IOP, day", "per_diem", "group individual_counseling psychoeducation",
             archetypes=_STRUCTURED),
        _row("H0015", "Substance use IOP, day", "per_diem", "group individual_counseling psychoeducation",
             archetypes=_STRUCTURED),
        # Known when they are met in a history, never proposed.
        _row("H0039", "Assertive community treatment", "per15", "", offered=False),
        _row("H0040", "Assertive community treatment, day", "per_diem", "", offered=False),
        _row("G0544", "Follow-up after discharge, month", "event", "", offered=False),
    ),
)  # fmt: skip
