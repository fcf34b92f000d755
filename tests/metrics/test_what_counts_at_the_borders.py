"""What a metric takes in and what it leaves out, where people would count differently at first sight."""

from __future__ import annotations

from fractions import Fraction

from fieldapp.clinical.metrics.contact import days_since_contact, no_show
from fieldapp.clinical.metrics.model import Metric
from fieldapp.clinical.metrics.notes import late_rate, unsigned_notes
from fieldapp.clinical.metrics.rows import Note
from tests.metrics.made import at, counted, figure, number, person, record_of, seen, tried


def _weeks(metric: Metric) -> list[Fraction | None]:
    return [point.number for point in metric.series[0].points]


def test_metric_07_and_08_a_talk_without_the_client_wants_its_note_too() -> None:
    # A call with the landlord on Monday from 9:00 to 10:00 was completed, though the client was not seen: on Friday at 12:00
    # its note is 98 h old. Its limit was Thursday 10:00, so 1 note was due and is missing. A no-show wants none.
    contacts = (
        seen("c", "2026-11-16 09:00", record="landlord", kind="housing_landlord", seen=False),
        tried("c", "2026-11-16 11:00", "no_show"),
    )
    data = counted(as_of="2026-11-20 12:00", contacts=contacts)
    assert {row.record: row.number for row in unsigned_notes(data).behind} == {"landlord": 98}
    late = late_rate(data)
    assert (figure(late, "Signed late").n, number(late, "Not signed at all")) == (1, 1)


def test_metric_08_a_limit_that_is_reached_to_the_minute_is_kept() -> None:
    # Ended Monday 10:00; 72 h later is Thursday 10:00. Signed then it is in time, one minute later it is late.
    contacts = (seen("c", "2026-11-16 09:00", record="a"),)

    for signed, share in (("2026-11-19 10:00", Fraction(0)), ("2026-11-19 10:01", Fraction(1))):
        data = counted(contacts=contacts, notes=(Note("n", "c", "s1", at(signed), "a"),))
        assert number(late_rate(data), "Signed late") == share


def test_metric_11_a_message_is_no_appointment_that_somebody_came_to() -> None:
    # One visit, one call and one no-show are three appointments: 1 of 3. Two messages were answered and are none, yet they
    # reached the client: 4 of 4 + 2 tries (the no-show is one).
    contacts = (
        seen("c", "2026-11-16 09:00"), seen("c", "2026-11-17 09:00", modality="audio_only", setting=""),
        seen("c", "2026-11-18 09:00", modality="text", setting=""), seen("c", "2026-11-18 15:00", modality="portal_msg", setting=""),
        tried("c", "2026-11-19 09:00", "no_show"), tried("c", "2026-11-20 09:00"),
    )  # fmt: skip
    metric = no_show(counted(contacts=contacts))
    assert (number(metric, "No-shows"), figure(metric, "No-shows").n) == (Fraction(1, 3), 3)
    assert figure(metric, "Attempts that reached the client").n == 6
    assert len(record_of(metric)) == 1


def test_metric_03_whom_nobody_saw_since_before_the_rows_begin_is_late_in_every_week() -> None:
    # Contacts are here from 1 September on; the client was last seen on 1 August. At the end of each of the twelve weeks,
    # of which the first ends on 6 September, that is more than 7 days ago: 1 client late, twelve times.
    client = person("c", last_seen_ms=at("2026-08-01 09:00"))
    assert _weeks(days_since_contact(counted(clients=(client,)))) == [1] * 12


def test_metric_03_where_an_earlier_contact_may_have_left_the_laptop_nobody_is_called_late_for_it() -> None:
    # Seen on 20 November, and nothing known of before 1 September: 6 September is 5 days after the rows begin, not late.
    # From 13 September on it is 12 days and more, until the visit: ten weeks late, the first and the last are not.
    client = person("c", last_seen_ms=at("2026-11-20 09:00"))
    metric = days_since_contact(counted(clients=(client,), contacts=(seen("c", "2026-11-20 09:00"),)))
    assert _weeks(metric) == [0, *[1] * 10, 0]
