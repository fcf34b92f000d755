"""A reason or a failure that is not in the table of `clinical/told` would reach people without a next step."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fieldapp
from fieldapp.clinical.told import entries, laptop, team
from fieldapp.clinical.told.advice import Advice, find
from fieldapp.store.entries import STATES

SOURCE = Path(fieldapp.__file__).parent
REASONS_GIVEN = ("server/judge.py", "server/receipts.py", "clinical/scope.py")
FAILURES_RAISED = {
    "sync": (
        "NotReached",
        "ServerRefused",
        "UsageFailure",
        "KeyFailure",
        "AlreadyRunning",
        "DiskFailure",
        "__init__",
    ),
    "store/engine.py": ("DiskFailure",),
}
INSIDE_UNFIT = "_structure"
"""Its sentences are said inside `told.entries.UNFIT`."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func
            yield (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")), node


def literal(node: ast.AST) -> str:
    """Return a literal sentence, what is put into it as `x`; empty if it is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def files(name: str) -> list[Path]:
    """Return one module, or all of a folder."""
    path = SOURCE / name
    return sorted(path.glob("*.py")) if path.is_dir() else [path]


@pytest.mark.parametrize("name", REASONS_GIVEN)
def test_the_server_gives_no_reason_that_the_authors_laptop_cannot_explain(name: str) -> None:
    tree = ast.parse((SOURCE / name).read_text())
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        inside = [node for node in function.body if not (isinstance(node, ast.Expr) and literal(node.value))]
        for node in [inner for one in inside for inner in ast.walk(one)]:
            said = literal(node)
            if " " in said and said[0].isupper() and function.name != INSIDE_UNFIT and said.endswith("."):
                assert find(entries.REASONS, said) is not None, f"{name}: {said}"


def test_a_refusal_of_an_offer_is_in_the_table() -> None:
    """`offers` sets `refusal` instead of returning it."""
    tree = ast.parse((SOURCE / "server/offers.py").read_text())
    given = [k.value for _, call in calls(tree) for k in call.keywords if k.arg == "refusal"]
    given += [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(getattr(t, "attr", "") == "refusal" for t in node.targets)
    ]
    assert len(given) >= 6
    for node in given:
        assert not literal(node), f"a literal refusal: {literal(node)}"


@pytest.mark.parametrize("name", list(FAILURES_RAISED))
def test_no_round_ends_with_a_sentence_that_the_sync_area_cannot_explain(name: str) -> None:
    for path in files(name):
        for called, call in calls(ast.parse(path.read_text())):
            said = literal(call.args[0]) if call.args else ""
            if called in FAILURES_RAISED[name] and " " in said:
                assert find(laptop.REASONS, said) is not None, f"{path.name}: {said}"


def test_every_state_of_an_entry_has_words() -> None:
    assert set(entries.STATES) == set(STATES)


def test_every_line_of_review_has_words() -> None:
    from fieldapp.screens.review import GLYPHS
    from fieldapp.store.read.review import ORDER

    assert set(team.LINES) == set(ORDER) == set(GLYPHS)


def every_advice() -> list[Any]:
    """Return each row of the table once."""
    found: list[Advice] = [*entries.STATES.values(), *laptop.STANDING, *team.LINES.values()]
    found += [reason.advice for reason in (*entries.REASONS, *laptop.REASONS)]
    return [pytest.param(one, id=one.happened[:40]) for one in dict.fromkeys(found)]


JARGON = ("epoch", "hash", "quarantine", "cursor", "feed", "canonical", "signature", "protocol", "checkpoint", "payload",
          "series", "batch", "row", "schema", "envelope", "device", "rejected")  # fmt: skip


@pytest.mark.parametrize("advice", every_advice())
def test_a_row_says_what_happened_whether_work_is_safe_and_what_to_do_in_plain_words(advice: Advice) -> None:
    for text in (advice.happened, advice.safe, advice.todo):
        assert text[0].isupper() or text.startswith("{}")
        assert text.endswith(".")
        assert len(text) <= 130
        words = set(text.lower().replace(".", " ").replace(",", " ").split())
        assert not words & set(JARGON), text
    assert len(advice.short) <= 30
    assert advice.tone in ("error", "warning", "note", "done")


def test_two_sentences_never_share_one_place() -> None:
    for reasons in (entries.REASONS, laptop.REASONS):
        for one in reasons:
            said = one.sentence.replace("{}", "somebody's own words.\nAnd more (of them).")
            assert find(reasons, said) is one


def test_a_sentence_of_another_version_is_shown_with_the_advice_of_its_state() -> None:
    assert entries.advice("rejected", "Tuesdays are closed.") is entries.STATES["rejected"]
    assert laptop.advice("The moon is in the way.") is laptop.UNKNOWN
