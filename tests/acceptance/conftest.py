"""The checks of clinical.md 10a, by their numbers; whole-process ones carry the marks of `tests/e2e`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from fieldapp.server.org import NewOrg
from tests.acceptance.field import Field
from tests.e2e.conftest import agency as agency
from tests.e2e.conftest import prepared as prepared
from tests.quiet import share_styles
from tests.sync.sync_world import Agency, make_template


@pytest.fixture(scope="session", autouse=True)
def styles_are_read_once() -> Iterator[None]:
    """All apps of these tests have the same styles."""
    with pytest.MonkeyPatch.context() as patch:
        share_styles(patch)
        patch.setattr(Input, "cursor_blink", False)
        patch.setattr(TextArea, "cursor_blink", False)
        yield


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NewOrg]:
    return make_template(tmp_path_factory.mktemp("organisation"))


@pytest.fixture
def field(tmp_path: Path, organisation: tuple[Path, NewOrg]) -> Iterator[Field]:
    """An agency in one process."""
    made = Field(Agency(tmp_path, organisation))
    yield made
    made.close()
    made.agency.close()
