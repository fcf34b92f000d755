"""Field types that several kinds share.

Choices are codes checked by form only, so that an older laptop accepts a code that a later version
added; what a form offers, and what may be signed, stands in each kind's tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import Field as Limit
from pydantic import StringConstraints
from pydantic.types import Strict

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,63}$")]
"""A choice from a table, such as `attempt_no_answer`."""
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f-]{27}$")]
"""The id of a record."""
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""The name of an entry."""
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
"""A calendar day, `YYYY-MM-DD`, in the zone of the program."""
Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
"""A UTC instant in milliseconds."""
Line = Annotated[str, StringConstraints(max_length=300)]
"""One line of text."""
Prose = Annotated[str, StringConstraints(max_length=20_000)]
"""Text of any length that a form takes."""
Count = Annotated[int, Limit(ge=0, le=100_000)]
"""A small whole number."""
Step = Annotated[int, Limit(ge=-2, le=2)]
"""How far something moved: much worse, worse, no change, better, much better."""
Rating = Annotated[int, Limit(ge=0, le=4)]
"""A rating from none to severe."""
Yes = Annotated[bool, Strict()]
"""True or false."""

Choices: TypeAlias = Mapping[str, str]
"""Code to the words on screen, in the order of the form."""
