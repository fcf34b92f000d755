"""What an episode's fields may say: referral, assessment, decisions, level of care, intake (clinical.md 2.2, 2.23)."""

from __future__ import annotations

from .types import Choices

STATUSES: Choices = {
    "requested": "Requested",
    "referred": "Referred",
    "assessed": "Assessed",
    "waitlist": "Waitlist",
    "intake": "Accepted, intake",
    "active": "Active",
    "on_hold": "On hold",
    "declined": "Declined",
    "redirected": "Redirected",
    "discharged": "Discharged",
}
"""Codes of earlier versions keep their meaning: `intake` is who was accepted and is not admitted yet."""
CLOSED = frozenset({"declined", "redirected", "discharged"})
"""States that end an episode: whoever comes again is referred again, in a new one."""
BEFORE = ("requested", "referred", "assessed", "waitlist", "intake")
"""States before admission, in order."""

REFERRAL_SOURCES: Choices = {
    "self": "Self",
    "family": "Family",
    "internal_clinician": "Our own clinician",
    "outpatient_assessor": "Outpatient assessor",
    "PACT": "PACT",
    "residential": "Residential",
    "inpatient_psych": "Psychiatric hospital",
    "ED": "Emergency department",
    "primary_care": "Primary care",
    "crisis_system": "Crisis system",
    "DCR": "Designated crisis responder",
    "court_DOC": "Court or DOC",
    "housing": "Housing",
    "school_employer": "School or employer",
    "other_agency": "Other agency",
}
FORMATS: Choices = {"in_person": "In person", "virtual": "Virtual", "hybrid": "Hybrid"}
COHORTS: Choices = {
    "morning": "Morning",
    "afternoon": "Afternoon",
    "evening": "Evening",
    "weekend": "Weekend",
}
LEVELS_OF_CARE: Choices = {
    "OP": "Outpatient",
    "IOP_2.1": "Intensive outpatient (2.1)",
    "PHP_2.5": "Partial hospitalization (2.5)",
    "residential": "Residential",
    "inpatient": "Inpatient",
    "PACT": "PACT",
}
ASAM_LEVELS: Choices = {
    code: code for code in ("0.5", "1", "2.1", "2.5", "3.1", "3.3", "3.5", "3.7", "4")
}  # Numbers only: their words are licensed (clinical.md 3.9).
DECISIONS: Choices = {
    "accept": "Accepted", "waitlist": "Waitlist", "decline": "Declined", "redirect": "Redirected",
}  # fmt: skip
REDIRECTS: Choices = {
    "outpatient": "Outpatient",
    "PHP": "Partial hospitalization",
    "PACT": "PACT",
    "inpatient": "Hospital",
    "residential": "Residential",
    "withdrawal_management": "Withdrawal management",
    "SUD": "Substance use treatment",
    "primary_care": "Primary care",
    "our_program": "Another program of ours",
    "other": "Elsewhere",
}

ELEMENTS: Choices = {
    "presenting": "Presenting issues",
    "harm": "Risk of harm",
    "recommendations": "Recommendations",
    "diagnosis": "Diagnostic statement",
    "placement": "Placement (ASAM)",
}
"""The elements of the assessment (WAC 246-341-0640, as clinical.md 2.2 has it); the last where substance use calls for it."""

CHECKS: Choices = {
    "coverage": "Coverage verified",
    "telehealth_space": "Private space, internet, headphones",
    "telehealth_address": "Address for an emergency on video",
    "transport": "Transport plan",
    "letter": "Letter for work or school",
}
"""The lines of the intake beside consents and the waitlist (clinical.md 2.23)."""
CHECKED: Choices = {"yes": "Done", "no": "Not yet", "na": "Not needed"}
