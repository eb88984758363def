"""One request of an agent is one transaction of the book."""

from collections.abc import Callable
from typing import TypeVar

from flask import g

from web.back_office import office
from web.desk import AgentDesk

T = TypeVar("T")


def read(work: Callable[[AgentDesk], T]) -> T:
    """What an agent sees now."""
    here = office()
    with here.database.read() as connection:
        return work(AgentDesk(connection, here.calendar, g.account, here.clock()))


def transact(work: Callable[[AgentDesk], T]) -> T:
    """What an agent does: all of it, or nothing."""
    here = office()
    now = here.clock()
    return here.database.transact(
        lambda connection: work(AgentDesk(connection, here.calendar, g.account, now))
    )
