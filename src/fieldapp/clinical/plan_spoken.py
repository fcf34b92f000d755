"""What is read to a client while a plan is made, and the names of its steps, in their language. Pure.

Our own words. Other languages than these are read in English by whoever interprets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..records.kinds import PLANS

_EN: Mapping[str, Mapping[str, str]] = {
    "safety_plan": {
        "signs": "What do I notice - thoughts, pictures, feelings, things I do - when a crisis may be starting?",
        "alone": "What can I do by myself to get through, without calling anyone?",
        "distract": "Who or where takes my mind off it?",
        "helpers": "Whom in my family or among my friends can I ask for help?",
        "team": "Whom do I call at my care team and at the crisis lines, by day and at night?",
        "means": "What could I hurt myself with, and how do we keep it out of reach?",
        "matters": "What matters most to me? For whom, or for what, do I go on?",
    },
    "crisis_plan": {
        "signs": "How do I notice that I am getting unwell? What do others notice?",
        "worse": "What makes it worse: places, people, substances, too little sleep?",
        "alone": "What helps me when it starts, and what has helped before?",
        "helpers": "Whom do I want to have with me, and how are they reached?",
        "team": "Whom do I call at my care team and at the crisis lines, by day and at night?",
        "means": "What could become dangerous for me or for others, and how do we make it safe?",
        "wishes": "What do I want people to do when I cannot decide well? What must they not do?",
    },
}
_ES: Mapping[str, Mapping[str, str]] = {
    "safety_plan": {
        "signs": "¿Qué noto (pensamientos, imágenes, sentimientos, cosas que hago) cuando puede empezar una crisis?",
        "alone": "¿Qué puedo hacer por mi cuenta para aguantar, sin llamar a nadie?",
        "distract": "¿Quién o qué lugar me ayuda a pensar en otra cosa?",
        "helpers": "¿A quién de mi familia o de mis amigos puedo pedir ayuda?",
        "team": "¿A quién llamo en mi equipo y en las líneas de crisis, de día y de noche?",
        "means": "¿Con qué podría hacerme daño, y cómo lo mantenemos lejos?",
        "matters": "¿Qué es lo que más me importa? ¿Por quién, o por qué, sigo adelante?",
    },
    "crisis_plan": {
        "signs": "¿Cómo noto que me estoy poniendo mal? ¿Qué notan los demás?",
        "worse": "¿Qué lo empeora: lugares, personas, sustancias, dormir poco?",
        "alone": "¿Qué me ayuda cuando empieza, y qué me ha ayudado antes?",
        "helpers": "¿A quién quiero tener conmigo, y cómo se le avisa?",
        "team": "¿A quién llamo en mi equipo y en las líneas de crisis, de día y de noche?",
        "means": "¿Qué podría volverse peligroso para mí o para otros, y cómo lo hacemos seguro?",
        "wishes": "¿Qué quiero que hagan los demás cuando no puedo decidir bien? ¿Qué no deben hacer?",
    },
}
_STEPS_ES: Mapping[str, Mapping[str, str]] = {
    "safety_plan": {
        "signs": "Señales de que puede empezar una crisis",
        "alone": "Lo que puedo hacer por mi cuenta",
        "distract": "Personas y lugares que me distraen",
        "helpers": "Familiares o amigos que me ayudarán",
        "team": "Mi equipo y líneas de crisis, día y noche",
        "means": "Mantener lejos lo peligroso",
        "matters": "Lo que más me importa",
    },
    "crisis_plan": {
        "signs": "Señales de que me estoy poniendo mal",
        "worse": "Lo que lo empeora",
        "alone": "Lo que me ayuda cuando empieza",
        "helpers": "Personas que quiero tener conmigo",
        "team": "Mi equipo y líneas de crisis, día y noche",
        "means": "Mantenerme a salvo, a mí y a otros",
        "wishes": "Lo que quiero que hagan los demás, y lo que no",
    },
}
_PLACE = {"en": "Step {} of {}", "es": "Paso {} de {}"}
_LATER = {"en": "We come back to this together.", "es": "Lo vemos juntos más adelante."}
_PRIVATE = {
    "en": "Your worker writes this step down with you. It is not printed unless you want it.",
    "es": "Esta parte la escribe su trabajador con usted. No se imprime, salvo que usted quiera.",
}


def spoken(language: object) -> Literal["en", "es"]:
    """Return the language that a client is spoken to in: theirs where our words exist in it, else English."""
    return "es" if str(language or "").lower().split("-")[0] == "es" else "en"


def prompts_of(kind: str, language: object = "en") -> Mapping[str, str]:
    """Return the words to be read aloud at each step of a plan."""
    return (_ES if spoken(language) == "es" else _EN)[kind]


def steps_of(kind: str, language: object = "en") -> Mapping[str, str]:
    """Return the names of a plan's steps, in order."""
    return _STEPS_ES[kind] if spoken(language) == "es" else PLANS[kind].steps


def place_words(number: int, of: int, language: object = "en") -> str:
    """Return which step of how many this is."""
    return _PLACE[spoken(language)].format(number, of)


def private_words(language: object = "en") -> str:
    """Return what stands in place of step 6 while the screen is turned to the client."""
    return _PRIVATE[spoken(language)]


def later_words(language: object = "en") -> str:
    """Return what stands at a step that has no lines yet."""
    return _LATER[spoken(language)]
