"""The notes of the demo: each person writes in the format that their work has (clinical.md 2.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.records.note_tables import BRIEF, INTERVENTIONS, MED_VISIT, MSE, Agreed

from .people import ASSISTANT, CLINICIAN, PRESCRIBER, TECHNICIAN
from .stories import Scene

FORMAT_OF: Mapping[str, str] = {
    TECHNICIAN: "BIRP",
    "b.kowal": "SIRP",
    CLINICIAN: "DAP",
    "s.yellowhawk": "SOAP",
    "n.castellan": "GIRP",
    ASSISTANT: "narrative",
    PRESCRIBER: MED_VISIT,
}
_SEEN = {
    "present": ("cooperative", "mood_low", "thought_linear"),
    "": ("as_usual", "cooperative", "thought_linear"),
}


def written(author: str, scene: Scene, goal: str, data: str, assessment: str, plan: str) -> dict[str, Any]:
    """Return what a note says of a scene in its author's format: the story's words under that format's headings.

    Args:
        goal: that the scene worked on.
        data: what was seen and said; `assessment` and `plan` likewise, as the story tells them.
    """
    used = BRIEF if scene.without_client else FORMAT_OF.get(author, "DAP")
    seen = _SEEN.get(scene.risk, _SEEN[""])
    named = ", ".join(INTERVENTIONS[code] for code in scene.do) or "supportive talk"
    done = f"What we did in this meeting: {named}."
    observed = f"{', '.join(MSE[code] for code in seen)}."
    answer = {"intervention": done, "response": assessment, "plan": plan}
    sections: dict[str, dict[str, str]] = {
        "DAP": {"data": data, "assessment": assessment, "plan": plan},
        "SOAP": {"subjective": data, "objective": observed, "assessment": assessment, "plan": plan},
        "BIRP": {"behavior": data, **answer},
        "SIRP": {"situation": data, **answer},
        "GIRP": {"goal": f"Worked on the goal: {goal}.", **answer, "response": f"{data} {assessment}"},
        "narrative": {"narrative": f"{data} {assessment} {plan}"},
        BRIEF: {"brief": f"{data} {plan}"},
        MED_VISIT: {
            "interval": data, "mse": observed, "response": assessment,
            "side_effects": "Asked about side effects; none were reported today.", "plan": plan,
        },
    }  # fmt: skip
    found: dict[str, Any] = {
        "format": used,
        "prompts": Agreed().prompts_for(used),
        "sections": sections[used],
        "interventions": list(scene.do),
    }
    if used == MED_VISIT:
        found |= {"pmp_checked": True, "no_goal_reason": "Medication management"}
    if used in ("SOAP", MED_VISIT):
        found["mse_quick"] = list(seen)
    return found
