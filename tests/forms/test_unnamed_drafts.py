"""Drafts of which it is not known yet whom they are about, and what a new contact starts from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.laptop.failures import NotAllowed, NotReady
from tests.forms.desk import ADA, DANA, DAY, HOUR, PASSPHRASE, SAM, Desk

Make = Callable[..., Desk]


def test_a_draft_without_a_client_is_never_saved_and_is_named_once_it_is_known(desk_of: Make) -> None:
    laptop = desk_of().opened()
    laptop.unlock(PASSPHRASE)
    draft = laptop.start_unnamed("contact", {"remark": "half"}, "")
    assert laptop.problems(draft.id)[0].sentence == "Choose the client first."
    with pytest.raises(NotReady, match="Choose the client first"):
        laptop.submit(draft.id)
    named = laptop.name_draft(draft.id, ADA)
    assert (named.client, named.name) == (ADA, "Okafor, Ada (she/her)")
    assert named.revision > draft.revision
    assert "Choose the client first." not in [one.sentence for one in laptop.problems(draft.id)]


def test_a_contact_that_is_written_is_never_renamed_by_its_draft(desk_of: Make) -> None:
    desk = desk_of()
    contact = desk.contact(ADA)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    draft = laptop.start("contact", None, contact)
    with pytest.raises(NotAllowed, match="another client"):
        laptop.name_draft(draft.id, SAM)
    assert laptop.draft(draft.id).client == ADA


def test_a_new_contact_starts_from_the_last_one_in_which_the_client_was_seen(desk_of: Make) -> None:
    """An attempt in between says nothing of how they meet; goals are those of the last note."""
    desk = desk_of()
    desk.contact(ADA, ago=3 * DAY, setting="shelter")
    desk.contact(ADA, ago=5 * HOUR, outcome="attempt_no_answer", setting="office")
    desk.note(ADA, author=DANA, ago=3 * DAY)
    laptop = desk.opened()
    laptop.unlock(PASSPHRASE)
    start = laptop.contact_start(ADA)
    assert (start.last["setting"], start.visits) == ("shelter", ())
    assert start.goals == ("Sleep six hours", "Keep the flat")
    assert [client.client for client in laptop.log_desk().clients if client.client in (ADA, SAM)] == [
        SAM,
        ADA,
    ]
