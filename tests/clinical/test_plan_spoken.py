"""A plan is read to the client in their language, with the same steps in the same order."""

from __future__ import annotations

import pytest

from fieldapp.clinical import plan_spoken
from fieldapp.records.kinds import PLANS


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("kind", PLANS)
def test_every_step_has_a_name_and_a_prompt_of_its_own(kind: str, language: str) -> None:
    steps, prompts = plan_spoken.steps_of(kind, language), plan_spoken.prompts_of(kind, language)
    assert list(steps) == list(PLANS[kind].steps)
    assert set(prompts) == set(steps)
    assert len(set(steps.values())) == len(set(prompts.values())) == len(steps)


@pytest.mark.parametrize("kind", PLANS)
def test_nothing_stays_in_english_in_spanish(kind: str) -> None:
    for words in (plan_spoken.steps_of, plan_spoken.prompts_of):
        assert not set(words(kind, "es").values()) & set(words(kind, "en").values())


@pytest.mark.parametrize(("language", "spoken"), [("es", "es"), ("es-MX", "es"), ("ES", "es"), ("en", "en"), ("vi", "en"), ("", "en"), (None, "en"), (7, "en")])  # fmt: skip
def test_a_language_without_our_words_is_read_in_english(language: object, spoken: str) -> None:
    assert plan_spoken.spoken(language) == spoken
