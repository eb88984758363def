"""Two municipalities in one installation, on either database."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import installed
from ivr.settings import Settings
from tests.conftest import BACKENDS, Clock, World
from tests.ivr.tenants.town import BOTH, TOKEN
from tests.postgres import Server
from tests.tenants import URL, Towns, publish_book, write


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of both, made once, of which every test gets copies."""
    folder = tmp_path_factory.mktemp("published")
    write(folder / "municipalities")
    for name in BOTH:
        url = f"sqlite:///{folder / name}.sqlite3"
        publish_book(url, name, folder / "municipalities")
    return folder


@pytest.fixture
def towns(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Towns]:
    """Leiderdorp and Katwijk on one account of Twilio's."""
    with started(published, tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def apart(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Towns]:
    """The same, each on an account of its own."""
    accounts = {name: f"TWILIO_AUTH_TOKEN=the-token-of-{name}\n" for name in BOTH}
    with started(published, tmp_path, monkeypatch, accounts) as found:
        yield found


@pytest.fixture(scope="session")
def on_a_server(postgresql: Server, published: Path) -> dict[str, str]:
    """Databases with the books of both on PostgreSQL, to be copied too."""
    made = {name: postgresql.create() for name in BOTH}
    for name, book in made.items():
        publish_book(postgresql.url(book), name, published / "municipalities")
    return made


@pytest.fixture(params=BACKENDS)
def books_of_both(
    request: pytest.FixtureRequest,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Towns]:
    """Leiderdorp and Katwijk, once on each database."""
    settings, made = {}, []
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        for name, template in request.getfixturevalue("on_a_server").items():
            made.append(server.create(template))
            settings[name] = f"DATABASE_URL={server.url(made[-1])}\n"
    with started(published, tmp_path, monkeypatch, settings) as found:
        yield found
    for book in made:
        request.getfixturevalue("postgresql").drop(book)


@contextmanager
def started(
    published: Path,
    folder: Path,
    environment: pytest.MonkeyPatch,
    settings: Mapping[str, str] | None = None,
    url: str = URL,
) -> Iterator[Towns]:
    """The installation in a folder, with settings of each."""
    for name in Settings.model_fields:
        environment.delenv(name.upper(), raising=False)
    environment.chdir(folder)
    environment.setenv("MUNICIPALITIES", str(write(folder / "municipalities", settings)))
    environment.setenv("PUBLIC_URL", url)
    environment.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    for name in BOTH:
        (folder / "instance" / name).mkdir(parents=True)
        shutil.copy(published / f"{name}.sqlite3", folder / "instance" / name / "line.sqlite3")
    found = Towns.of(installed(folder / "instance"), Clock())
    yield found
    for world in found.worlds.values():
        world.database.close()


@pytest.fixture
def here(towns: Towns) -> World:
    """Leiderdorp."""
    return towns.worlds["leiderdorp"]


@pytest.fixture
def there(towns: Towns) -> World:
    """Katwijk."""
    return towns.worlds["katwijk"]
