"""Who hears "booked" is booked, also when the power fails that very moment: the disk was synced."""

import os
import sys

from ptrace.debugger import ProcessExit, PtraceDebugger
from ptrace.debugger.child import createChild
from ptrace.func_call import FunctionCallOptions

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import LEIDERDORP, MunicipalityFile, read
from scheduling.roster import publish
from tests import postgres
from tests.calling import PASSPORT, hears
from tests.conftest import PUBLISHED_DAYS, TUESDAY, Clock, make_world

SYNCS = {"fsync", "fdatasync"}


def traced(command: list[str]) -> list[str]:
    """What a program does, as the kernel sees it: each sync of a file, each line it writes."""
    pid = createChild([sys.executable, *command], no_stdout=False, env=dict(os.environ))
    debugger = PtraceDebugger()
    process = debugger.addProcess(pid, is_attached=True)
    happened: list[str] = []
    process.syscall()
    while debugger:
        try:
            event = debugger.waitSyscall()
        except ProcessExit:
            break
        call = event.process.syscall_state.event(FunctionCallOptions())
        if call is not None and call.result is None:
            if call.name in SYNCS:
                happened.append("sync")
            elif call.name == "write" and call.arguments[0].value == 1:
                address, length = call.arguments[1].value, call.arguments[2].value
                happened.append(event.process.readBytes(address, length).decode().strip())
        event.process.syscall()
    debugger.quit()
    return happened


def test_each_answer_on_sqlite_comes_after_a_sync(sqlite: Database) -> None:
    """At least one sync of the disk between each key and its answer; killing cannot show this."""
    url = sqlite.url.render_as_string(hide_password=False)
    happened = traced(["-m", "tests.ivr.durable_call", url])
    assert "booked" in happened
    turns = " ".join(happened).split("pressed")[1:]
    assert len(turns) == len(PASSPORT) + 1
    assert all("sync" in turn.partition("answered")[0] for turn in turns)


def test_each_answer_on_postgresql_comes_after_a_flush() -> None:
    """Everything that was written is on the disk when the answer comes, by the server's word."""
    # Where the last page is full, the next record comes behind the header of a new one.
    lagging = """SELECT CASE mod(pg_current_wal_flush_lsn() - '0/0', 8192) WHEN 0 THEN 0
        ELSE pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn() END"""
    file: MunicipalityFile = read(LEIDERDORP)
    # The server's own writer, which would flush a little later, sleeps the test out.
    with postgres.running("wal_writer_delay=10s", durable=True) as server:
        database = Database(server.url("postgres"))
        database.upgrade()
        calendar = Calendar(file.municipality)
        database.transact(lambda c: publish(c, calendar, TUESDAY, PUBLISHED_DAYS))
        call = make_world(database, file, Clock()).rings()
        for key in PASSPORT + "1":
            call.press(key)
            with database.read() as connection:
                assert connection.exec_driver_sql(lagging).scalar_one() == 0
        assert hears(call, "Uw afspraak staat vast")
        database.close()
