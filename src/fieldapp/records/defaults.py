"""Limits and periods with their defaults; a program may set its own (clinical.md 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DEFAULTS: Mapping[str, int] = MappingProxyType(
    {
        "note_target_h": 24,
        "note_limit_h": 72,
        "crisis_note_h": 24,
        "crisis_follow_up_h": 24,
        "break_glass_review_h": 72,
        "cosign_business_d": 3,
        "crisis_cosign_business_d": 1,
        "alert_review_business_d": 1,
        "no_contact_d_high": 3,
        "no_contact_d_standard": 7,
        "no_contact_d_step_down": 14,
        "attempts_before_escalate": 2,
        "attempts_task_business_d": 1,
        "clients_per_clinician_max": 15,
        "contact_plan_review_d": 30,
        "alert_expiry_d": 90,
        "safety_plan_review_d_new_high": 7,
        "safety_plan_review_d_at_risk": 30,
        "safety_plan_review_d_other": 90,
        "plan_review_d_community": 90,
        "plan_review_d_structured": 30,
        "treatment_plan_first_d_community": 30,
        "treatment_plan_first_d_structured": 14,
        "goal_no_note_d": 30,
        "note_no_goal_shown_d": 14,
        "measure_baseline_d": 14,
        "measure_every_d_structured": 14,
        "measure_every_d_community": 30,
        "risk_followup_h_high": 24,
        "risk_followup_h_moderate": 72,
        "hospital_followup_d_first": 7,
        "hospital_followup_d_second": 30,
        "connection_check_d": 30,
        "section_min_chars": 20,
        "clone_warn_percent": 90,
        "psychotherapy_notes": 0,
        "note_words_min": 60,
        "note_words_max": 180,
        "clock_skew_warn_min": 5,
        "contact_max_h": 12,
        "group_max": 12,
        "group_response_min_chars": 15,
        "no_sync_warn_d": 14,
        "freeze_attempt_h": 24,
        "asq_adults": 0,
        "lai_soon_d": 3,
        "missed_days_warn": 3,
        "missed_days_shown_d": 14,
        "side_effect_task_h": 24,
        "side_effect_severe_h": 2,
        "med_list_verify_d": 90,
        "med_visit_every_d": 90,
        "waitlist_contact_d": 7,
        "pact_intensity_d": 90,
        "bring_over_d": 7,
        "engagement_cut_1": 2,
        "engagement_cut_2": 8,
        "engagement_cut_3": 17,
        "laptop_silent_h": 24,
        "small_cell": 5,
        "program_weeks_structured": 12,
        "program_weeks_community": 0,
    }
)


def setting(settings: Mapping[str, int], name: str) -> int:
    """Return a program's value or the default; raises KeyError for a name that is not in the table."""
    return settings.get(name, DEFAULTS[name])
