"""Several municipalities in one installation: a folder with a folder for each of them.

`NAME/municipality.toml` is its file, `NAME/settings.env` has what is set for it alone. A tenant has
settings like those of an installation of its own; nothing that lets somebody in is the same at two.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource

from ivr.kept_secret import own_secret
from ivr.settings import CannotStart, Settings, explained
from scheduling.database import Database
from scheduling.municipality_file import Mistake, MunicipalityFile

FILE, OWN = "municipality.toml", "settings.env"
PLACE = "{municipality}"
"""Where the name of each stands in a setting that is common to all."""

CONNECTIONS_KEPT = 2
"""Of a worker to each book, while nobody uses them: there are as many books as municipalities."""

_NAME = re.compile(r"(?=.{1,40}\Z)[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN = frozenset({"health", "messages", "metrics", "ready", "voice"})
"""Paths at the address that all share."""

_OF_ALL = frozenset(
    {"demo_clock_ahead", "host", "municipalities", "municipality", "port", "public_url"}
)
_TOGETHER = (
    frozenset({"twilio_account_sid", "twilio_auth_token", "twilio_auth_token_next"}),
    frozenset({"twilio_api_url", "twilio_region", "twilio_edge"}),
)
"""Who sets one of these has the others from nowhere else: half of it would be another's."""

Values = Mapping[str, str | None]


@dataclass(frozen=True)
class Tenant:
    """A municipality of several: its name, its settings, and the address that all share."""

    name: str
    settings: Settings
    shared_url: str


def names_in(folder: Path) -> list[str]:
    """The names of the municipalities in a folder, in order; raises CannotStart."""
    try:
        found = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError as error:
        raise CannotStart(f"MUNICIPALITIES: {error}") from error
    faults = [fault for each in found if (fault := _fault(each))]
    if faults or not found:
        empty = f"MUNICIPALITIES: {folder} is empty; it wants NAME/{FILE} for each municipality"
        raise CannotStart("\n".join(faults) or empty)
    return [each.name for each in found]


def _fault(folder: Path) -> str:
    if not _NAME.fullmatch(folder.name):
        return f"{folder}: the name of a municipality has lower-case letters, digits and hyphens"
    if folder.name in _TAKEN:
        return f"{folder}: {folder.name} is a path of the line itself; take another name"
    if not (folder / FILE).is_file():
        return f"{folder}: there is no {FILE} in it"
    return ""


def chosen(settings: Settings) -> str:
    """Which municipality a command is for, by MUNICIPALITY; empty where none was chosen."""
    if "municipality" not in settings.model_fields_set or settings.municipalities is None:
        return ""
    name, known = str(settings.municipality), names_in(settings.municipalities)
    if name not in known:
        raise CannotStart(
            f"MUNICIPALITY is {name!r}: beside MUNICIPALITIES it chooses one of"
            f" {', '.join(known)} for a command; or unset MUNICIPALITIES"
        )
    return name


def check_all_are_meant(settings: Settings) -> None:
    """Raises CannotStart where one was chosen, and all are answered."""
    if name := chosen(settings):
        raise CannotStart(
            f"MUNICIPALITY is {name!r}, which chooses one for a command; all of MUNICIPALITIES are"
            " answered: unset MUNICIPALITY"
        )


def tenants(common: Settings, credentials: Path | None, only: str = "") -> list[Tenant]:
    """Each municipality with its settings; raises CannotStart with all that is wrong with them.

    `credentials` is the folder with secrets in files, where there is one.
    """
    folder = common.municipalities
    if folder is None:
        return []
    names = [only] if only else names_in(folder)
    shared_url = (common.public_url or common.address).rstrip("/")
    faults = _faults_of_all(common, names_in(folder))
    found = []
    for name in names:
        try:
            own = _own(folder / name / OWN) | _own_secrets(credentials, name)
            settings = _settings(common, folder / name, own)
        except CannotStart as error:
            faults.append(error.message)
        else:
            found.append(Tenant(name, settings, shared_url))
    if faults:
        raise CannotStart("\n".join(faults))
    return found


def _faults_of_all(common: Settings, names: list[str]) -> list[str]:
    """What may not be set for all together, because it would lead from one to another."""
    set_ = common.model_fields_set
    faults = [
        f"{each.upper()} is set for all municipalities, so who may work at one could work at each:"
        f" write it in the {OWN} of those that have it"
        for each in sorted(set_)
        if each.startswith("oidc_") and getattr(common, each)
    ]
    for each in ("database_url", "fallback_url"):
        if (value := getattr(common, each)) and PLACE not in value and len(names) > 1:
            what = f"is one for all municipalities: write {PLACE} where the name of each belongs"
            faults.append(f"{each.upper()} {what}, or set it in the {OWN} of each")
    first = common.public_url.rstrip("/").split("/")[3:4]
    if set(first) & set(names):
        faults.append(f"PUBLIC_URL has the name of {first[0]} for a path; take another of the two")
    return faults


def _own(path: Path) -> dict[str, str]:
    """What is set for one municipality alone; raises CannotStart."""
    if not path.exists():
        return {}
    try:
        values = DotEnvSettingsSource(Settings, env_file=path).env_vars
    except (OSError, ValueError) as error:
        raise CannotStart(f"{path}: {error}") from error
    known = Settings.model_fields.keys() - _OF_ALL
    if wrong := sorted(values.keys() - known):
        what = "is for all municipalities, and not for one" if wrong[0] in _OF_ALL else "is unknown"
        right = ", ".join(sorted(known)).upper()
        raise CannotStart(f"{path}: {wrong[0].upper()} {what}; set here: {right}")
    return {name: value for name, value in values.items() if value}


def _own_secrets(folder: Path | None, name: str) -> dict[str, str]:
    """The files `NAME.setting` among the secrets that systemd hands over."""
    if folder is None:
        return {}
    known = Settings.model_fields.keys() - _OF_ALL
    paths = {each: folder / f"{name}.{each}" for each in known}
    return {
        each: path.read_text(encoding="utf-8").strip()
        for each, path in paths.items()
        if path.is_file()
    }


def _settings(common: Settings, folder: Path, own: dict[str, str]) -> Settings:
    """The settings of the municipality in a folder; raises CannotStart."""
    name = folder.name
    values = {each: getattr(common, each) for each in common.model_fields_set - _OF_ALL}
    for together in _TOGETHER:
        if together & own.keys():
            values = {each: value for each, value in values.items() if each not in together}
    for each in ("database_url", "fallback_url"):
        if each in values:
            values[each] = values[each].replace(PLACE, name)
    values |= {each: getattr(common, each) for each in ("host", "port", "demo_clock_ahead")} | own
    key = own.get("secret_key") or common.secret_key.get_secret_value()
    values |= {
        "municipality": folder / FILE,
        "public_url": common.public_url and f"{common.public_url.rstrip('/')}/{name}",
        "secret_key": own_secret(key, name),
    }
    every = {each: field.default for each, field in Settings.model_fields.items()}
    try:
        return Settings(_env_file=None, **every | values)  # type: ignore[call-arg]
    except ValidationError as error:
        told = explained(error).splitlines()
        raise CannotStart("\n".join(f"{folder}: {each}" for each in told)) from None


def claims(files: Mapping[str, MunicipalityFile]) -> dict[str, str]:
    """Whose each number (E.164) is; raises CannotStart where two have one, and names both files."""
    found: dict[str, tuple[str, Mistake]] = {}
    faults = []
    for name, file in files.items():
        for where, number in numbers(file):
            mine = file.mistake(where, f"{'.'.join(where)} {number}")
            whose, theirs = found.setdefault(number, (name, mine))
            if whose != name:
                faults.append(f"{mine} is also at {theirs.file}:{theirs.line}; a number is of one")
    for name, file in files.items():
        agents = file.municipality.telephone.agents
        if found.get(agents, (name,))[0] != name:
            where = ("telephone", "agents")
            says = f"telephone.agents {agents} is the line of {found[agents][0]}; write the queue"
            faults.append(str(file.mistake(where, says)))
    if faults:
        raise CannotStart("\n".join(faults))
    return {number: name for number, (name, _) in found.items()}


def numbers(file: MunicipalityFile) -> Iterable[tuple[tuple[str, str], str]]:
    """The numbers at which a municipality is rung or written to, and where its file has them."""
    of = file.municipality
    told = {
        ("telephone", "number"): of.telephone.number,
        ("telephone", "handover"): of.telephone.handover or "",
        ("messages", "sender"): of.messages.sender,
    }
    return [(where, number) for where, number in told.items() if number.startswith("+")]


def shared_books(databases: Mapping[str, Database]) -> list[str]:
    """Who has the book of another, by the addresses of their databases."""
    whose: dict[str, str] = {}
    return [
        f"{name}: DATABASE_URL is that of {first}; each municipality has a book of its own"
        for name, database in databases.items()
        if (first := whose.setdefault(database.place, name)) != name
    ]
