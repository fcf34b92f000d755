"""Ways to begin a goal, in words of our own, to be said anew in the client's (clinical.md 2.16; programs.md 4, 76, 79)."""

from __future__ import annotations

from collections.abc import Mapping

_EN: Mapping[str, tuple[str, ...]] = {
    "safety": (
        "I want to get through bad nights without hurting myself",
        "I want to feel safe where I live",
        "I want to know whom to call before it is a crisis",
        "I want to stay out of the hospital",
    ),
    "stability": (
        "I want to sleep most nights",
        "I want the voices to bother me less",
        "I want to take my medicine in a way that works for me",
        "I want to ride out strong feelings without making things worse",
        "I want to leave the house even when I am afraid",
    ),
    "independence": (
        "I want to keep my place and pay the rent on time",
        "I want to manage my money myself",
        "I want to cook and shop for myself",
        "I want to get around by bus on my own",
    ),
    "life_goals": (
        "I want to work again",
        "I want to finish school",
        "I want to see my children more often",
        "I want to do something that I am good at every week",
    ),
    "integration": (
        "I want people whom I can call a friend",
        "I want a place to go to in the week",
        "I want to talk with my family without a fight",
        "I want to say what I need, and say no",
    ),
    "substance_use": (
        "I want to stop using",
        "I want to drink less, and be safer when I do",
        "I want to notice an urge and let it pass",
        "I want to go to meetings that fit me",
        "I want days that are full without using",
    ),
}
_ES: Mapping[str, tuple[str, ...]] = {
    "safety": (
        "Quiero pasar las noches malas sin hacerme daño",
        "Quiero sentirme a salvo donde vivo",
        "Quiero saber a quién llamar antes de una crisis",
        "Quiero no volver al hospital",
    ),
    "stability": (
        "Quiero dormir casi todas las noches",
        "Quiero que las voces me molesten menos",
        "Quiero tomar mi medicina de una forma que me sirva",
        "Quiero aguantar emociones fuertes sin empeorar las cosas",
        "Quiero salir de casa aunque tenga miedo",
    ),
    "independence": (
        "Quiero conservar mi casa y pagar la renta a tiempo",
        "Quiero manejar mi dinero",
        "Quiero cocinar y hacer mis compras",
        "Quiero moverme en autobús por mi cuenta",
    ),
    "life_goals": (
        "Quiero volver a trabajar",
        "Quiero terminar la escuela",
        "Quiero ver más a mis hijos",
        "Quiero hacer cada semana algo que se me da bien",
    ),
    "integration": (
        "Quiero tener gente a quien llamar amigos",
        "Quiero tener un lugar a donde ir en la semana",
        "Quiero hablar con mi familia sin pelear",
        "Quiero decir lo que necesito, y decir que no",
    ),
    "substance_use": (
        "Quiero dejar de consumir",
        "Quiero beber menos, y cuidarme cuando bebo",
        "Quiero notar las ganas y dejarlas pasar",
        "Quiero ir a reuniones que me convengan",
        "Quiero días llenos sin consumir",
    ),
}


def starters(domain: str, language: str = "en") -> tuple[str, ...]:
    """Return ways to begin a goal of a domain; English for a language that has none, nothing for an unknown domain."""
    return (_ES if language == "es" else _EN).get(domain, ())
