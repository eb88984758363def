"""An agent books, moves and cancels for the caller on the line, under the rules of the book."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from scheduling.database import Connection
from scheduling.errors import Contended
from scheduling.tasks import Task, ask_for, listed
from scheduling.verify import faults
from tests.conftest import World, make_world
from tests.scheduling.towns import without_permits
from tests.web.employee import Employee, at_work, deeds, entries
from web import accounts
from web.desk import STAYS, AgentDesk


@pytest.fixture
def agent(worlds: World) -> Employee:
    """An agent who has just signed in, once on each database."""
    return at_work(worlds)


def test_the_first_free_times_are_offered_and_held(worlds: World, agent: Employee) -> None:
    """One click on the service shows three times, which nobody else is offered meanwhile."""
    assert len(agent.asks_for()) == 3
    assert "vandaag, dinsdag 1 december, 11:10 uur" in agent.text or "11:00 uur" in agent.text
    held = entries(worlds, "held")
    assert [each.channel for each in held] == ["agent"] * 3
    assert [int(each.starts_at.timestamp()) for each in held] == agent.offered


def test_a_time_is_booked_with_one_click(worlds: World, agent: Employee) -> None:
    """The appointment stands, of the channel agent, and what was not chosen is free."""
    start = agent.asks_for(persons=2)[1]
    assert agent.books(start, mobile="06 1234 5678") == 200
    assert "staat vast" in agent.text
    (entry,) = entries(worlds)
    assert (entry.channel, entry.persons, entry.reference) == ("agent", 2, agent.reference)
    assert int(entry.starts_at.timestamp()) == start
    assert entries(worlds, "held") == []
    assert ("Fatima", "booked") in deeds(worlds)


def test_enter_in_a_field_books_nothing(world: World) -> None:
    """It presses the first button of the form, in every browser: that one can do nothing."""
    employee = at_work(world)
    employee.asks_for()
    times = employee.page.partition('id="times"')[2]
    assert re.findall(r"<button([^>]*)>", times)[0].split() == ["disabled", "hidden"]


def test_a_form_that_is_sent_twice_books_once(worlds: World, agent: Employee) -> None:
    """The second time the agent sees the same appointment."""
    first, other, _ = agent.asks_for()
    page = agent.id
    agent.books(first)
    reference = agent.reference
    assert agent.sends(f"/agent/pages/{page}/book", start=other) == 200
    assert agent.reference == reference
    assert len(entries(worlds)) == 1


def test_a_form_that_is_sent_many_times_at_once_books_once(worlds: World, agent: Employee) -> None:
    """Also while the first is still being handled."""
    start = agent.asks_for()[0]
    path, form = f"/agent/pages/{agent.id}/book", {"csrf_token": agent.token, "start": start}
    cookie = agent.client.get_cookie("session")
    assert cookie

    def send(_: int) -> str:
        client = worlds.app.test_client()
        client.set_cookie("session", cookie.value)
        return str(client.post(path, data=form).headers.get("Location"))

    with ThreadPoolExecutor(6) as pool:
        places = set(pool.map(send, range(6)))
    (entry,) = entries(worlds)
    assert places == {f"/agent/appointments/{entry.reference}"}


def test_a_time_that_is_gone_gives_other_times(worlds: World, agent: Employee) -> None:
    """Whose hold has run out and who is not first reads so, and sees what is free."""
    start = agent.asks_for("permit", day="2026-12-02")[0]
    page = agent.id
    worlds.clock.passes(minutes=2)
    other = at_work(worlds, "Henk")
    assert other.asks_for("permit", day="2026-12-02")[0] == start
    other.books(start)
    assert agent.sends(f"/agent/pages/{page}/book", start=start) == 200
    assert "Die tijd is net bezet" in agent.text
    assert start not in agent.offered
    assert len(agent.offered) == 3
    agent.books(agent.offered[0])
    assert len(entries(worlds)) == 2
    with worlds.database.read() as connection:
        assert faults(connection, worlds.calendar) == []


def test_two_agents_are_never_offered_the_same_place(worlds: World, agent: Employee) -> None:
    """There is one counter for permits: what one agent was offered, the other is not."""
    mine = agent.asks_for("permit")
    assert not set(mine) & set(at_work(worlds, "Henk").asks_for("permit"))


def test_times_stay_held_while_the_page_is_there(worlds: World, agent: Employee) -> None:
    """For a quarter of an hour at the most; then the page says so."""
    agent.asks_for()
    path = f"/agent/pages/{agent.id}/stay"
    for _ in range(int(STAYS.total_seconds() // 60)):
        worlds.clock.passes(minutes=1)
        assert agent.sends(path) == 200
        assert agent.answer
        assert agent.answer.json == {"held": True}
    worlds.clock.passes(minutes=2)
    agent.sends(path)
    assert agent.answer
    assert agent.answer.json == {"held": False}


def test_times_are_free_when_the_page_is_left(worlds: World, agent: Employee) -> None:
    """Nothing stays held for a page that is closed."""
    agent.asks_for()
    assert agent.sends(f"/agent/pages/{agent.id}/leave") == 204
    assert entries(worlds, "held") == []
    agent.looks_at(f"/agent?page={agent.id}")
    assert '<p class="notice error" role="alert" id="not-held">' in agent.page


def test_later_times_and_another_day(agent: Employee) -> None:
    """Later times come after those; a day is where they begin."""
    first = agent.asks_for()
    later = agent.asks_for(later=1)
    assert min(later) > max(first)
    agent.asks_for(day="2026-12-08")
    assert "dinsdag 8 december" in agent.text


def test_an_appointment_is_found_moved_and_called_off(worlds: World, agent: Employee) -> None:
    """With its reference, written with blanks or without."""
    agent.books(agent.asks_for()[0])
    reference = agent.reference
    agent.sends("/agent/find", reference=f"{reference[:6]} {reference[6:]}")
    assert agent.reference == reference
    agent.sends(f"/agent/appointments/{reference}/times")
    start = agent.offered[-1]
    agent.books(start)
    (moved,) = entries(worlds)
    assert (moved.reference, int(moved.starts_at.timestamp())) == (reference, start)
    agent.sends(f"/agent/appointments/{reference}/cancel", seen=start)
    assert "is afgezegd" in agent.text
    agent.sends(f"/agent/appointments/{reference}/cancel", seen=start)
    assert "veranderd" not in agent.text
    assert entries(worlds) == []
    for action in ("looked_up", "moved", "cancelled"):
        assert deeds(worlds).count(("Fatima", action)) == 1


def test_what_somebody_else_changed_is_not_called_off(worlds: World, agent: Employee) -> None:
    """The agent calls off what he saw, and nothing else."""
    start = agent.asks_for()[0]
    agent.books(start)
    agent.sends(f"/agent/appointments/{agent.reference}/cancel", seen=start + 600)
    assert "intussen veranderd" in agent.text
    assert len(entries(worlds)) == 1


def test_a_visit_at_home_wants_an_address(worlds: World, agent: Employee) -> None:
    """In the municipality; what was typed is not lost when it is not."""
    start = agent.asks_for(_home_service(worlds))[0]
    assert agent.books(start, address="1000 AA 1", mobile="06 12345678") == 422
    assert "adres in de gemeente" in agent.text
    assert 'value="06 12345678"' in agent.page
    assert agent.books(start, address="2351dz 12 b") == 200
    assert [each.address for each in entries(worlds)] == ["2351 DZ 12 B"]


def _home_service(world: World) -> str:
    services = world.calendar.municipality.services
    return next(key for key, service in services.items() if service.visit)


def test_a_wrong_mobile_is_told_at_its_field(worlds: World, agent: Employee) -> None:
    """Nothing is booked, and the times are still there."""
    start = agent.asks_for()[0]
    assert agent.books(start, mobile="071 5458500") == 422
    assert "geen Nederlands mobiel nummer" in agent.text
    assert agent.offered[0] == start
    assert entries(worlds) == []


def test_the_list_is_shown_and_struck_off(worlds: World, agent: Employee) -> None:
    """Whom to ring back, until somebody has done it; twice is once."""
    task = Task("call_back", "+31712345678", "en")
    worlds.database.transact(lambda connection: ask_for(connection, task, worlds.clock()))
    agent.looks_at("/agent")
    assert "Terugbellen +31712345678" in agent.text
    with worlds.database.read() as connection:
        (there,) = listed(connection)
    for _ in range(2):
        assert agent.sends(f"/agent/tasks/{there.id}/done") == 200
    assert "Er is niets te doen" in agent.text
    assert deeds(worlds).count(("Fatima", "task_done")) == 1


def test_calls_are_shown_with_their_step(worlds: World, agent: Employee) -> None:
    """Who is in the flow, where, for how long; nobody's number."""
    call = worlds.rings(number="+31612345678")
    call.press("1")
    worlds.clock.passes(seconds=75)
    assert agent.looks_at("/agent/live") == 200
    assert agent.answer
    seen = agent.answer.get_data(as_text=True)
    assert "kiest een dienst" in seen
    assert "1 min 15 s" in seen
    assert "612345678" not in seen
    call.hang_up()
    agent.looks_at("/agent/live")
    assert "Er is nu niemand in het menu" in agent.answer.get_data(as_text=True)


def test_many_tasks_do_not_make_the_page_long(worlds: World, agent: Employee) -> None:
    """The oldest are there, and how many there are in all."""
    asked = [Task("call_back", f"+317123456{n:02}", "nl") for n in range(60)]
    for task in asked:
        worlds.database.transact(partial(ask_for, task=task, now=worlds.clock()))
    agent.looks_at("/agent")
    assert "Te doen (60)" in agent.text
    assert "Dit zijn de oudste 50." in agent.text
    assert agent.page.count('/done"') == 50


def test_an_appointment_for_a_service_of_before_is_shown(worlds: World, agent: Employee) -> None:
    """It was taken out of the municipality's file, and the appointment stands."""
    agent.books(agent.asks_for("permit")[0])
    reference = agent.reference
    file = without_permits(worlds.parts.file)
    later = Employee(make_world(worlds.database, file, worlds.clock).app)
    later.signs_in()
    assert later.looks_at(f"/agent/appointments/{reference}") == 200
    assert "permit (staat niet meer in het aanbod), 1 persoon" in later.text
    assert later.sends(f"/agent/appointments/{reference}/times") == 200
    assert "De dienst is veranderd. Maak een nieuwe afspraak, en zeg deze af." in later.text
    assert entries(worlds)


def test_a_page_for_a_service_of_before_is_no_longer_good(worlds: World, agent: Employee) -> None:
    """It was open while the line was started anew, with a file that the service is gone from."""
    start, page = agent.asks_for("permit")[0], agent.id
    file = without_permits(worlds.parts.file)
    later = Employee(make_world(worlds.database, file, worlds.clock).app)
    later.signs_in()
    assert later.looks_at(f"/agent?page={page}") == 200
    for button in ("book", "handover"):
        assert later.sends(f"/agent/pages/{page}/{button}", start=start) == 200
        assert "Deze tijden zijn niet meer geldig. Kies opnieuw." in later.text
    assert later.sends(f"/agent/pages/{page}/leave") == 204
    assert entries(worlds, "held") == entries(worlds) == []


def test_a_page_that_is_used_up_stays_used_up(worlds: World, agent: Employee) -> None:
    """Times that were asked for just before the booking, and come after it, do not open it."""
    start, page = agent.asks_for()[0], agent.id

    def desk(connection: Connection) -> AgentDesk:
        account, _ = accounts.stored(connection, "Fatima")
        assert account
        return AgentDesk(connection, worlds.calendar, account, worlds.clock())

    with worlds.database.read() as connection:
        before = desk(connection).page(page)
    assert before
    agent.books(start)
    reference = agent.reference
    with pytest.raises(Contended), worlds.database.write() as connection:
        desk(connection).offer(before)
    worlds.database.transact(lambda connection: desk(connection).offer_others(page))
    agent.sends(f"/agent/pages/{page}/book", start=start)
    assert agent.reference == reference
    assert len(entries(worlds)) == 1
    assert entries(worlds, "held") == []
