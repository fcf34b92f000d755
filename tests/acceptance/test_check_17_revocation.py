"""Check 17: a consent that is taken back offline stops what waits: a discharge that would send, and paper not yet handed over.

(Exports that are queued follow with the exports.)
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.errors import FieldappError
from fieldapp.prints.documents import Wanted
from fieldapp.prints.text import make
from tests.forms.conftest import desk_of as desk_of
from tests.forms.desk import ADA, Desk, ident
from tests.stays.test_discharge_flows import begun, furnished, signed, unlock

Make = Callable[..., Desk]
SENT = [{"name": "Ngozi Okafor", "basis": "roi", "consent": ident(503), "standing": "allowed"}]


def test_check_17_a_summary_that_waits_to_be_signed_is_not_sent_any_more(desk_of: Make) -> None:
    laptop = unlock(furnished(desk_of()))
    draft = begun(laptop, sent_to=SENT)
    assert [one for one in laptop.problems(draft) if one.stops] == []
    laptop.revoke_consent(ident(503), "verbal", "")
    (problem,) = [one for one in laptop.problems(draft) if one.stops]
    assert problem.field == "sent_to"
    with pytest.raises(FieldappError):
        laptop.submit(draft)


def test_check_17_paper_printed_after_the_revocation_says_first_that_it_is_not_handed_over(
    desk_of: Make,
) -> None:
    laptop = unlock(furnished(desk_of()))
    signed(laptop, sent_to=SENT)
    before = laptop.print_sheet(Wanted("discharge", ADA))
    assert "Do not hand it over" not in make(before.sheet)
    laptop.revoke_consent(ident(503), "verbal", "")
    after = laptop.print_sheet(Wanted("discharge", ADA))
    assert "Do not hand it over" in " ".join(make(after.sheet).split())
    assert after.remarks[0].startswith("For Ngozi Okafor: Do not hand it over")
