"""The one place that calls typst: our templates, our fonts, words as data only; no file, no network, no clock."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FieldappError

if TYPE_CHECKING:
    import typst

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.S)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class NotPrintable(FieldappError):
    """A page could not be made; the sentence holds nothing of what was to be on it."""


class LettersMissing(Exception):
    """No font here has these letters.

    Args:
        letters: at least one.
    """

    def __init__(self, letters: str) -> None:
        super().__init__("letters without a glyph")
        self.letters = letters


class Press:
    """One template with its words.

    Args:
        template: the name of a file in `templates`.
        inputs: what the template finds in `sys.inputs`; all but texts become JSON.
    """

    def __init__(self, template: str, inputs: Mapping[str, Any]) -> None:
        # Costs a tenth of a second: not before somebody prints.
        import typst

        self._compiler = typst.Compiler(
            str(_TEMPLATES / template),
            root=str(_TEMPLATES),
            font_paths=_fonts(),
            sys_inputs={n: v if isinstance(v, str) else json.dumps(v) for n, v in inputs.items()},
        )

    def asked(self, label: str) -> Any:
        """Return the value that the template put under a label; raises NotPrintable."""
        try:
            return json.loads(self._compiler.query(f"<{label}>", field="value", one=True))
        except RuntimeError:
            raise _refused() from None

    def pdf(self) -> bytes:
        """Return the tagged PDF; raises LettersMissing, NotPrintable."""
        return self._made("pdf", pdf_standards="ua-1", timestamp=0)

    def pictures(self, ppi: float = 96) -> list[bytes]:
        """Return each page as PNG, for looking at."""
        made = self._compiler.compile(format="png", ppi=ppi)
        return made if isinstance(made, list) else [made] if made else []

    def _made(self, form: Any, **options: Any) -> bytes:
        import typst

        try:
            made = self._compiler.compile(format=form, **options)
        except typst.TypstError as failure:
            found = _MISSING.search(failure.message)
            if found is None:
                raise _refused() from None
            raise LettersMissing(_ESCAPED.sub(lambda m: chr(int(m[1], 16)), found[1])) from None
        return made if isinstance(made, bytes) else b""


def _refused() -> NotPrintable:
    # Without its cause: typst quotes what it was given.
    return NotPrintable("This could not be made into a page; print it as plain text instead.")


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_HERE / "fonts")]
    )
