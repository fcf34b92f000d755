"""Where entries go and who reads them: isolation, moves, own work, quarantine decided."""

from __future__ import annotations

import threading

import pytest

from fieldapp.records.envelope import Entry
from fieldapp.records.ids import one_per, uuid7
from fieldapp.server import admin
from fieldapp.server.proof import verify
from tests.server.server_world import DAY_MS, Laptop, World


def decide(sol: Laptop, entry: Entry, decision: str, team: str, reason: str = "seen") -> Entry:
    """Sign a supervisor's decision about a quarantined entry."""
    fields = {"hash": entry.hash, "decision": decision, "reason": reason, "team": team}
    return sol.say("quarantine_decision", uuid7(sol.world.clock.ms), {"set": fields}, meaning="sign")


def moved(who: Laptop, client: str, team: str, program: str, *before: Entry) -> Entry:
    """Sign a move that follows the one before."""
    body = {"set": {"to_team": team, "to_program": program, "why": "wish"}}
    return who.say("move", one_per(client, "move"), body, client=client, prev=before)


def test_each_role_reads_its_feeds_and_no_others(world: World) -> None:
    expected = {
        "mira": ("org", "oncall:P", "oncall-contacts:P", "team:T1", "notes:T1", "staff:mira"),
        "sol": ("org", "oncall:P", "oncall-contacts:P", "team:T1", "notes:T1", "staff:sol"),
        "bill": ("org", "staff:bill"),
        "ada": ("org", "staff:ada"),
        "una": ("org", "oncall:Q", "oncall-contacts:Q", "team:T3", "notes:T3", "staff:una"),
    }
    for who, names in expected.items():
        laptop = world.laptop(who)
        laptop.pull()
        assert set(laptop.feed_list) == world.feeds(*names), who


def test_an_entry_never_reaches_a_laptop_outside_its_feeds(world: World) -> None:
    mira = world.laptop("mira")
    others = {who: world.laptop(who) for who in ("tomas", "bo", "una", "bill", "ada", "rex")}
    client = mira.client()
    contact, note = mira.contact(client.envelope.id), mira.note(client.envelope.id, "SENTINEL")
    walled = mira.note(client.envelope.id, "walled", sensitivity="psychotherapy")
    assert mira.push(client, contact, note, walled) == ["accepted"] * 4
    reach: dict[str, list[Entry]] = {
        "tomas": [client, contact, note], "bo": [client, contact], "una": [], "bill": [], "ada": [],
        "rex": [client, contact],
    }  # fmt: skip
    for who, laptop in others.items():
        laptop.pull(want=[one.hash for one in (client, contact, note, walled)])
        held = {h for h in laptop.entries if h in {client.hash, contact.hash, note.hash, walled.hash}}
        assert held == {one.hash for one in reach[who]}, who
    second = world.laptop("mira")
    second.pull()
    assert walled.hash in second.held("staff:mira")


def test_pull_of_a_feed_that_one_does_not_read_gives_nothing(world: World) -> None:
    mira, bo = world.laptop("mira"), world.laptop("bo")
    mira.push(mira.client())
    request = bo.request()
    for name in (f"team:{world.team1}", f"notes:{world.team1}", "team:%", "x", "", f"staff:{mira.staff}"):
        request["feeds"][name] = [1, 0, "0" * 64]
    answer = bo.post({**request, "older": {f"notes:{world.team1}": 5}})
    assert not {name for name in answer["feeds"] if world.team1 in name or mira.staff in name}
    assert answer.get("older", {}) == {}
    assert answer["ended"] == []


def test_a_move_takes_the_client_s_entries_to_the_new_team_and_leaves_the_old(world: World) -> None:
    mira, sol, bo = world.laptop("mira"), world.laptop("sol"), world.laptop("bo")
    client = mira.client()
    contact, note = mira.contact(client.envelope.id), mira.note(client.envelope.id)
    addendum = mira.remark("addendum", note)
    stays = mira.client("Roe, Al")
    mira.push(client, contact, note, addendum, stays)
    mira.pull()
    move = moved(sol, client.envelope.id, world.team2, world.program)
    assert sol.push(move) == ["accepted"]
    bo.pull()
    assert bo.held("team:T2") == [client.hash, contact.hash, move.hash]
    assert bo.held("notes:T2") == [note.hash, addendum.hash]
    assert {client.hash, note.hash} <= set(bo.entries)
    mira.pull()
    (team1,) = world.feeds("team:T1")
    assert ["leave", client.envelope.id] in mira.rows[team1].values()
    fresh = world.laptop("tomas")
    fresh.pull()
    assert [row[0] for row in fresh.rows[team1].values()] == ["gone", "gone", "add", "gone", "leave"]
    (notes1,) = world.feeds("notes:T1")
    assert [row[0] for row in fresh.rows[notes1].values()] == ["gone", "gone", "leave"]
    assert note.hash not in fresh.entries
    late = mira.contact(client.envelope.id, "written offline by the old team")
    assert mira.push(late) == ["accepted"]
    bo.pull()
    assert late.hash in bo.held("team:T2"), "late work goes to the client's present feeds"


def test_a_move_to_another_program_leaves_its_on_call_feeds_too(world: World) -> None:
    mira, max_, una, bo = world.laptop("mira"), world.laptop("max"), world.laptop("una"), world.laptop("bo")
    client = mira.client()
    mira.push(client)
    bo.pull()
    assert bo.has(client)
    move = moved(max_, client.envelope.id, world.team3, world.other_program)
    assert max_.push(move) == ["accepted"]
    una.pull()
    assert client.hash in una.held("oncall:Q")
    assert client.hash in una.held("team:T3")
    late = world.laptop("bo")
    late.pull()
    assert not late.has(client)


def test_a_move_back_brings_everything_back(world: World) -> None:
    mira, sol, sven = world.laptop("mira"), world.laptop("sol"), world.laptop("sven")
    client = mira.client()
    mira.push(client, mira.contact(client.envelope.id))
    there = moved(sol, client.envelope.id, world.team2, world.program)
    assert sol.push(there) == ["accepted"]
    assert sven.push(moved(sven, client.envelope.id, world.team1, world.program, there)) == ["accepted"]
    fresh = world.laptop("tomas")
    fresh.pull()
    assert fresh.has(client)
    assert len([h for h in fresh.held("team:T1") if h == client.hash]) == 1


def test_a_move_to_a_team_that_does_not_exist_goes_to_the_supervisor(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    assert sol.push(moved(sol, client.envelope.id, world.team3, world.program)) == ["quarantined"]


def test_of_two_moves_at_once_one_holds_and_the_other_comes_back_with_the_reason(world: World) -> None:
    mira, sol, max_ = world.laptop("mira"), world.laptop("sol"), world.laptop("max")
    client = mira.client()
    mira.push(client, mira.contact(client.envelope.id))
    one = moved(sol, client.envelope.id, world.team2, world.program)
    other = moved(max_, client.envelope.id, world.team3, world.other_program)
    assert sol.push(one) == ["accepted"]
    answer = max_.post(max_.request(other))
    [[_, state, reason]] = answer["receipts"]["exceptions"]
    assert (state, reason) == ("rejected", "The client was moved to another team meanwhile.")
    assert max_.push(other) == ["rejected"], "the same at every repetition"
    after = moved(max_, client.envelope.id, world.team3, world.other_program, one)
    assert max_.push(after) == ["accepted"], "seen first, it may be moved on"
    una = world.laptop("una")
    una.pull()
    assert client.hash in una.held("team:T3")


def test_a_move_that_arrives_before_the_one_it_follows_waits_for_it(world: World) -> None:
    mira, sol, max_ = world.laptop("mira"), world.laptop("sol"), world.laptop("max")
    client = mira.client()
    mira.push(client)
    first = moved(sol, client.envelope.id, world.team2, world.program)
    second = moved(max_, client.envelope.id, world.team3, world.other_program, first)
    assert max_.push(second) == ["held"]
    assert sol.push(first) == ["accepted"]
    una = world.laptop("una")
    una.pull()
    assert client.hash in una.held("team:T3")


def test_a_move_is_not_taken_back_as_an_error(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    there = moved(sol, client.envelope.id, world.team2, world.program)
    assert sol.push(there) == ["accepted"]
    assert sol.push(sol.remark("error", there)) == ["rejected"]


def test_what_the_old_team_did_before_the_move_is_theirs_to_write_whenever_it_arrives(world: World) -> None:
    mira, max_, una = world.laptop("mira"), world.laptop("max"), world.laptop("una")
    client = mira.client()
    mira.push(client)
    record = client.envelope.id
    # No kind that the whole program may write: only the team's own people, while the client was theirs.
    before = mira.say("planned_visit", uuid7(9), {"set": {"staff": mira.staff}}, client=record)
    world.clock.ms += 60_000
    assert max_.push(moved(max_, record, world.team3, world.other_program)) == ["accepted"]
    world.clock.ms += 60_000
    after = mira.say("planned_visit", uuid7(10), {"set": {"staff": mira.staff}}, client=record)
    assert mira.push(before) == ["accepted"]
    assert mira.push(after) == ["quarantined"]
    una.pull()
    assert una.held("team:T3")[-1] == before.hash


def test_work_in_a_feed_that_its_author_does_not_read_comes_back_with_its_return(world: World) -> None:
    mira, bo, sol = world.laptop("mira"), world.laptop("bo"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    note = bo.note(client.envelope.id, "seen for a colleague", cosign="supervisor")
    assert bo.push(note) == ["accepted"]
    sent_back = sol.remark("return", note)
    assert sol.push(sent_back) == ["accepted"]
    second = world.laptop("bo")
    second.pull()
    assert second.held("staff:bo") == [note.hash, sent_back.hash]
    assert second.held("notes:T2") == []


def test_a_return_reaches_an_author_who_has_left_the_team(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    client = mira.client()
    pending, final = mira.note(client.envelope.id, cosign="supervisor"), mira.note(client.envelope.id, "done")
    mira.push(client, pending, final)
    mira.pull()
    admin.change_staff(
        world.server,
        "mira",
        {"memberships": {"m1": {"role": "clinician", "team": "team-2", "program": world.program}}},
    )
    answer = mira.pull()
    assert set(answer["ended"]) == world.feeds("team:T1", "notes:T1")
    assert pending.hash in mira.held("staff:mira")
    assert final.hash not in mira.held("staff:mira")
    late_return = sol.remark("return", final)
    assert sol.push(sol.remark("return", pending), late_return) == ["accepted", "accepted"]
    mira.pull()
    assert len(mira.held("staff:mira")) == 4
    assert late_return.hash in mira.held("staff:mira"), "also of what was final when they left"


def test_the_end_of_a_membership_by_date_is_said_and_gives_unfinished_work_back(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    pending = mira.note(client.envelope.id, cosign="supervisor")
    mira.push(client, pending)
    mira.pull()
    admin.end_membership(world.server, "mira", "m1", "2026-11-23")
    mira.pull()
    assert pending.hash not in mira.held("staff:mira")
    world.clock.ms += 3 * DAY_MS
    answer = mira.post(mira.request())
    assert set(answer["ended"]) == world.feeds("oncall:P", "oncall-contacts:P", "team:T1", "notes:T1")
    mira.take(answer)
    assert pending.hash in mira.held("staff:mira")


def test_admitting_places_the_entry_and_what_depends_on_it(world: World) -> None:
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    contact = una.contact(client.envelope.id)
    more = una.say(
        "contact", contact.envelope.id, {"set": {"remark": "more"}}, client=client.envelope.id, prev=[contact]
    )
    assert una.push(contact, more) == ["quarantined", "quarantined"]
    assert sol.push(decide(sol, contact, "admit", world.team1)) == ["accepted"]
    asked = una.post(una.request(asks=[contact.hash, more.hash]))["asked"]
    assert asked[contact.hash] == ["accepted", ""]
    assert asked[more.hash][0] == "quarantined", "it is out of scope in itself, so it is decided for itself"
    assert sol.push(decide(sol, more, "admit", world.team1)) == ["accepted"]
    mira.pull()
    assert [h for h in mira.held("team:T1") if h in (contact.hash, more.hash)] == [contact.hash, more.hash]
    una.pull()
    assert set(una.held("staff:una")) == {contact.hash, more.hash}, "and its author has it back"


def test_work_in_scope_that_hangs_on_an_admitted_entry_is_placed_with_it(world: World) -> None:
    mira, sol, tomas = world.laptop("mira"), world.laptop("sol"), world.laptop("tomas")
    client = tomas.client()
    contact = mira.contact(client.envelope.id)
    assert tomas.push(client) == ["quarantined"], "a technician does not add clients"
    assert mira.push(contact) == ["quarantined"]
    assert sol.push(decide(sol, client, "admit", world.team1)) == ["accepted"]
    mira.pull()
    assert [h for h in mira.held("team:T1") if h in (client.hash, contact.hash)] == [
        client.hash,
        contact.hash,
    ]


def test_refusing_keeps_it_sealed_and_tells_the_author_why(world: World) -> None:
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    contact = una.contact(client.envelope.id)
    una.push(contact)
    refusal = decide(sol, contact, "refuse", world.team1, "wrong client, talk to Mira")
    assert sol.push(refusal) == ["accepted"]
    assert una.push(contact) == ["rejected"]
    assert "wrong client, talk to Mira" in una.reason()
    assert sol.post(sol.request()).get("desk", {}).get("quarantine", []) == []
    mira.pull()
    assert not mira.has(contact)
    assert sol.push(decide(sol, contact, "admit", world.team1)) == ["accepted"]
    mira.pull()
    assert mira.has(contact), "a supervisor may change their mind"


@pytest.mark.parametrize("first", ["admit", "refuse"])
def test_a_decision_that_comes_before_its_entry_counts_when_the_entry_comes(world: World, first: str) -> None:
    mira, una, sol = world.laptop("mira"), world.laptop("una"), world.laptop("sol")
    client = mira.client()
    mira.push(client)
    contact = una.contact(client.envelope.id)
    assert sol.push(decide(sol, contact, first, world.team1)) == ["accepted"]
    assert una.push(contact) == ["accepted" if first == "admit" else "rejected"]


def test_a_supervisor_of_another_team_decides_nothing(world: World) -> None:
    mira, una, sven = world.laptop("mira"), world.laptop("una"), world.laptop("sven")
    client = mira.client()
    mira.push(client)
    contact = una.contact(client.envelope.id)
    una.push(contact)
    assert sven.push(decide(sven, contact, "admit", world.team2)) == ["accepted"]
    assert una.post(una.request(asks=[contact.hash]))["asked"][contact.hash][0] == "quarantined"
    assert sven.push(decide(sven, contact, "admit", world.team1)) == ["quarantined"]


def test_a_second_first_entry_with_another_home_changes_nothing(world: World) -> None:
    mira, tomas, bo = world.laptop("mira"), world.laptop("tomas"), world.laptop("bo")
    client = mira.client()
    mira.push(client)
    other = bo.say(
        "client", client.envelope.id,
        {"set": {"legal_name": "Doe, Joe", "home_team": world.team2, "home_program": world.program}},
        client=client.envelope.id,
    )  # fmt: skip
    assert bo.push(other) == ["quarantined"]
    assert tomas.push(tomas.contact(client.envelope.id)) == ["accepted"]
    bo.pull()
    assert bo.held("team:T2") == []


def test_a_roster_of_the_program_and_what_has_no_client_find_their_feed(world: World) -> None:
    sol, bo = world.laptop("sol"), world.laptop("bo")
    roster = sol.say(
        "oncall", one_per(world.program, "oncall"),
        {"set": {"program": world.program},
         "items": {"shifts": {"a": {"since": "2026-11-22T00:00:00.000Z", "until": "2026-11-23T00:00:00.000Z",
                                    "primary": bo.staff}}}},
    )  # fmt: skip
    assert sol.push(roster) == ["accepted"]
    later = sol.say("oncall", roster.envelope.id, {"items": {"shifts": {"b": {}}}}, prev=[roster])
    assert sol.push(later) == ["accepted"], "only the first entry names the program"
    bo.pull()
    assert [h for h in bo.held("oncall:P") if h in (roster.hash, later.hash)] == [roster.hash, later.hash]
    elsewhere = sol.say(
        "oncall", one_per(world.other_program, "oncall"), {"set": {"program": world.other_program}}
    )
    assert sol.push(elsewhere) == ["quarantined"]


def test_a_laptop_may_relay_what_it_reads_and_nothing_else(world: World) -> None:
    mira, tomas, una = world.laptop("mira"), world.laptop("tomas"), world.laptop("una")
    client = mira.client()
    contact, note = mira.contact(client.envelope.id), mira.note(client.envelope.id)
    assert una.push(client) == ["rejected"]
    assert tomas.push(client, contact, note) == ["accepted"] * 3
    assert mira.push(client, contact, note) == ["accepted"] * 3


def test_a_drained_laptop_sends_what_it_wrote_before_and_gets_nothing(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    mira.push(client)
    world.clock.ms += 60_000
    before = mira.contact(client.envelope.id, at_ms=world.clock.ms - 30_000)
    admin.drain(world.server, mira.device)
    after = mira.contact(client.envelope.id, at_ms=world.clock.ms + 30_000)
    assert mira.push(before, after) == ["accepted", "quarantined"]
    assert mira.last["feeds"] == {}
    assert mira.last["suspended"]


def test_a_revoked_laptop_may_send_and_everything_goes_to_the_supervisor(world: World) -> None:
    mira, tomas = world.laptop("mira"), world.laptop("tomas")
    client = mira.client()
    sent, kept = mira.contact(client.envelope.id), mira.contact(client.envelope.id)
    mira.push(client, kept)
    admin.revoke(world.server, mira.device)
    assert mira.push(sent) == ["quarantined"], "below the last counter, but never seen"
    assert mira.push(mira.contact(client.envelope.id)) == ["quarantined"]
    assert mira.last["feeds"] == {}
    tomas.pull()
    assert tomas.has(kept)


def test_who_left_pulls_nothing_and_their_clients_stay(world: World) -> None:
    mira = world.laptop("mira")
    client = mira.client()
    mira.push(client)
    mira.pull()
    world.clock.ms += 2 * DAY_MS
    admin.leave(world.server, "mira", "2026-11-22")
    answer = mira.post(mira.request())
    assert answer["feeds"] == {}
    assert answer["feed_list"] == []


def test_nobody_but_the_authority_certifies_and_nobody_but_an_administrator_staffs(world: World) -> None:
    mira, ada = world.laptop("mira"), world.laptop("ada")
    raised = mira.say(
        "staff", mira.staff, {"items": {"memberships": {"m9": {"role": "supervisor", "team": world.team1}}}}
    )
    assert mira.push(raised) == ["quarantined"]
    forged = {"set": {"staff": mira.staff, "public": mira.identity.public.hex(), "label": "x"}}
    assert mira.push(mira.say("certificate", uuid7(1), forged)) == ["rejected"]
    assert ada.push(ada.say("certificate", uuid7(1), forged)) == ["rejected"]
    allowed = ada.say("staff", uuid7(2), {"set": {"name": "New Person", "code": "new"}})
    assert ada.push(allowed) == ["accepted"]


def test_a_client_of_a_team_that_does_not_exist_cannot_even_be_admitted(world: World) -> None:
    mira, sol = world.laptop("mira"), world.laptop("sol")
    lost = mira.client(team=uuid7(5))
    assert mira.push(lost) == ["quarantined"]
    assert sol.push(decide(sol, lost, "admit", world.team1)) == ["accepted"]
    assert mira.push(lost) == ["quarantined"], "nobody would read the feed that it went to"


def test_an_admitted_client_keeps_the_home_that_it_named(world: World) -> None:
    tomas, sol, mira = world.laptop("tomas"), world.laptop("sol"), world.laptop("mira")
    client = tomas.client()
    assert tomas.push(client) == ["quarantined"]
    assert sol.push(decide(sol, client, "admit", world.team1)) == ["accepted"]
    assert mira.push(mira.contact(client.envelope.id)) == ["accepted"]


def test_a_move_in_the_middle_of_pushes_leaves_every_entry_in_the_present_feeds_once(world: World) -> None:
    mira, tomas, sol, sven = (world.laptop(who) for who in ("mira", "tomas", "sol", "sven"))
    client = mira.client()
    mira.push(client)
    record = client.envelope.id
    failures: list[BaseException] = []

    def pushing(laptop: Laptop) -> None:
        try:
            for n in range(8):
                batch = [laptop.contact(record, f"{laptop.who} {n} {m}") for m in range(5)]
                assert set(laptop.push(*batch, laptop.note(record))) == {"accepted"}
        except BaseException as problem:
            failures.append(problem)

    def moving() -> None:
        try:
            before: tuple[Entry, ...] = ()
            for _ in range(3):
                for who, team in ((sol, world.team2), (sven, world.team1)):
                    there = moved(who, record, team, world.program, *before)
                    assert who.push(there) == ["accepted"]
                    before = (there,)
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=pushing, args=(laptop,)) for laptop in (mira, tomas)]
    threads.append(threading.Thread(target=moving))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    fresh = world.laptop("tomas")
    fresh.pull()
    contacts = {h for h, one in {**mira.entries, **tomas.entries}.items() if one.envelope.kind == "contact"}
    notes = {h for h, one in {**mira.entries, **tomas.entries}.items() if one.envelope.kind == "note"}
    team = fresh.held("team:T1")
    assert contacts <= set(team)
    assert len(team) == len(set(team))
    assert notes == set(fresh.held("notes:T1"))
    elsewhere = world.laptop("bo")
    elsewhere.pull()
    assert not contacts & set(elsewhere.held("team:T2"))
    url = None
    if not world.server.database.is_sqlite:
        url = world.server.database.engine.url.render_as_string(hide_password=False)
    assert verify(world.server.folder, database=url).problems == []
