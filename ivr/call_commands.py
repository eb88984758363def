"""Commands for support: the calls that are going on, and the story of one."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from ivr.forgetter import KEPT
from ivr.live import going_on
from ivr.story import NO_INPUT, NO_MATCH, Told
from ivr.support import Known, Touched, known
from ivr.whisper import wanted
from scheduling.office import BookCommand, BookGroup, Office, as_json
from scheduling.openings import Wish

_MISSED = {NO_INPUT: "silence", NO_MATCH: "wrong key", "": ""}


@click.group("calls", cls=BookGroup)
def calls_group() -> None:
    """What support sees of calls: never a number, a key, or a reference."""


@calls_group.command("list", cls=BookCommand)
@as_json
@click.pass_obj
def list_command(office: Office, *, as_json: bool) -> None:
    """Lists the calls that are going on, the longest silent first."""
    zone, found = office.calendar.zone, going_on(office.database, office.clock())
    if as_json:
        entries = [
            {
                "call": call.sid,
                "heard_at": call.heard_at.astimezone(zone).isoformat(),
                "language": call.language,
                "step": type(call.path[-1]).__name__,
                "talks": talks,
            }
            for call, talks in found
        ]
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    for call, talks in found:
        wish = wanted(call.path)
        where = "talks to an employee" if talks else type(call.path[-1]).__name__
        parts = (call.sid, _at(call.heard_at, zone), call.language, where, wish and _wish(wish))
        click.echo("  ".join(part for part in parts if part))
    if not found:
        click.echo("nobody is on the line")


@calls_group.command(cls=BookCommand)
@click.argument("sid")
@as_json
@click.pass_obj
def show(office: Office, sid: str, *, as_json: bool) -> None:
    """Shows where a call is, or how it ended, and how it came there."""
    found = known(office.database, sid, office.clock())
    if found is None:
        term = f"the last {KEPT.days} days"
        message = f"no call of {term} has the id {sid!r}; see the log, or Twilio's console"
        raise click.ClickException(message)
    zone = office.calendar.zone
    if as_json:
        click.echo(json.dumps(_entry(found, zone), indent=2, ensure_ascii=False))
        return
    for name, value in _lines(found, zone):
        click.echo(f"{name:<10}  {value}".rstrip())


def _lines(found: Known, zone: ZoneInfo) -> list[tuple[str, str]]:
    call, over = found.call, found.ended
    now = f"ended {_at(over, zone)}: {found.state}" if over else f"at {found.state}"
    silence, wrong = found.misses(NO_INPUT), found.misses(NO_MATCH)
    return [
        ("call", call.sid),
        ("began", _at(found.began, zone)),
        ("heard", _at(call.heard_at, zone)),
        ("now", now),
        ("language", call.language),
        ("turns", f"{call.turn}, with silence {silence} and a wrong key {wrong} times"),
        *(("wants", service) for service in found.services),
        *([("came", "handed over by an agent")] if found.was_handed else []),
        *([("employee", found.employee)] if found.employee else []),
        *([("path", "… (the beginning is forgotten)")] if found.is_cut else []),
        *(("path", _step(told)) for told in found.path),
        *((told.done, told.service) for told in found.done),
        *(line for each in found.touched for line in _appointment(each, zone)),
    ]


def _step(told: Told) -> str:
    missed = _MISSED[told.missed]
    return f"{told.step} ({missed} before)" if missed else told.step


def _appointment(touched: Touched, zone: ZoneInfo) -> list[tuple[str, str]]:
    at = touched.appointment
    words = f"{_wish(at.wish)}, {_at(at.comes_at, zone)}, now {at.status}"
    sent = ((each.kind, each.state, each.error or "") for each in touched.messages)
    return [("visit", words), *(("message", " ".join(told).rstrip()) for told in sent)]


def _wish(wish: Wish) -> str:
    if not wish.persons:
        return wish.service
    return f"{wish.service}, {wish.persons} {'person' if wish.persons == 1 else 'persons'}"


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M:%S}"


def _entry(found: Known, zone: ZoneInfo) -> dict[str, object]:
    return {
        "call": found.call.sid,
        "began_at": found.began.astimezone(zone).isoformat(),
        "heard_at": found.call.heard_at.astimezone(zone).isoformat(),
        "ended_at": found.ended.astimezone(zone).isoformat() if found.ended else None,
        "state": found.state,
        "language": found.call.language,
        "turns": found.call.turn,
        "no_input": found.misses(NO_INPUT),
        "no_match": found.misses(NO_MATCH),
        "services": found.services,
        "handed_over": found.was_handed,
        "employee": found.employee,
        "path": [{"step": told.step, "missed": told.missed} for told in found.path],
        "done": [{"what": told.done, "service": told.service} for told in found.done],
        "visits": [
            {
                "service": each.appointment.wish.service,
                "persons": each.appointment.wish.persons,
                "comes_at": each.appointment.comes_at.astimezone(zone).isoformat(),
                "status": each.appointment.status,
                "messages": [{"kind": sent.kind, "state": sent.state} for sent in each.messages],
            }
            for each in found.touched
        ],
    }
