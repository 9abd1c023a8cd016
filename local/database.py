"""Private MariaDB and MySQL servers on this machine, each in its own directory.

    python -m local.database install any|all|mariadb|mysql

Program and package names are Debian's; a server that is on PATH is used as it is.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pymysql

from integration_hub.db.migrate import migrate
from local.guard import Guard
from local.tls import Authority

if TYPE_CHECKING:
    from pymysql.cursors import Cursor

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parent
CARRIER_SCHEMA = _ROOT / "database" / "carrier_schema.sql"
GRANTS = _ROOT / "database" / "grants.sql"
MIGRATIONS = _ROOT / "functions" / "migrations" / "sql"
DEMO_DATA = _HERE / "demo_data.sql"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dcs-integration-hub"
_MYSQL_DIRECTORY = _CACHE / "mysql"
_START_SECONDS = 60
_STOP_SECONDS = 20


class Flavour(StrEnum):
    """The two kinds of server that the hub runs on."""

    MARIADB = "MariaDB"
    MYSQL = "MySQL"


class DatabaseError(Exception):
    """A server is not installed or does not start; the message names the remedy."""


def program(flavour: Flavour) -> Path | None:
    """Return the path of the server's program, or None if it is not installed."""
    if flavour is Flavour.MARIADB:
        found = shutil.which("mariadbd", path=os.defpath + ":/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
        return Path(found) if found else None
    for candidate in (shutil.which("mysqld"), str(_MYSQL_DIRECTORY / "bin" / "mysqld")):
        # On some systems mysqld is another name for MariaDB's server.
        if candidate and Path(candidate).exists() and "MariaDB" not in _version(Path(candidate)):
            return Path(candidate)
    return None


def available_flavour() -> Flavour:
    """Return MySQL if it is here, else MariaDB; raise DatabaseError with the remedy when neither is."""
    for flavour in (Flavour.MYSQL, Flavour.MARIADB):
        if program(flavour):
            return flavour
    raise DatabaseError("No MySQL or MariaDB server is installed. Remedy: local/setup.sh any")


def install(which: str) -> None:
    """Install the servers that are missing; `which` is any, all, mariadb or mysql."""
    if which == "any":
        if program(Flavour.MYSQL) or program(Flavour.MARIADB):
            return
        which = "mariadb"
    if which in ("all", "mariadb") and not program(Flavour.MARIADB):
        _install_mariadb()
    if which in ("all", "mysql") and not program(Flavour.MYSQL):
        print("setup: getting a MySQL server (once, about 60 MB)", file=sys.stderr, flush=True)
        _checked([str(_HERE / "get-mysql.sh"), str(_MYSQL_DIRECTORY)], "MySQL could not be installed")


def _install_mariadb() -> None:
    print("setup: installing MariaDB's server by apt-get (once)", file=sys.stderr, flush=True)
    if not shutil.which("apt-get"):
        raise DatabaseError("There is no apt-get here. Remedy: install a MariaDB or MySQL server so that it is on PATH")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if sudo and not shutil.which("sudo"):
        raise DatabaseError("Neither root nor sudo. Remedy: have mariadb-server-core installed by an administrator")
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    packages = ["mariadb-server-core", "mariadb-client-core"]
    get = [*sudo, *environment, "apt-get", "-qq"]
    _checked([*get, "update"], "apt-get update failed")
    _checked([*get, "install", "--yes", "--no-install-recommends", *packages], "MariaDB could not be installed")


def _checked(command: list[str], what: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
    if done.returncode != 0:
        output = (done.stderr or done.stdout).strip()[-1500:]
        raise DatabaseError(f"{what}. Remedy: correct the cause below and run the same command again.\n{output}")


def _version(binary: Path) -> str:
    told = subprocess.run(
        [str(binary), "--no-defaults", "--version"], check=False, capture_output=True, text=True, timeout=30
    )
    return told.stdout


class DatabaseServer:
    """One server on 127.0.0.1, with TLS. `directory` is made and belongs to it; leave the context to stop it."""

    host = "127.0.0.1"

    def __init__(self, flavour: Flavour, directory: Path, authority: Authority, *, guard: Guard | None = None) -> None:
        found = program(flavour)
        if found is None:
            raise DatabaseError(f"There is no {flavour.value} server here. Remedy: local/setup.sh all")
        self.flavour = flavour
        self.ca_file = authority.ca_file
        self.port = _free_port()
        self._program = found
        self._guard = guard
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        (directory / "tmp").mkdir(parents=True)
        (directory / "data").mkdir()
        self._certificate = authority.issue(f"database-{flavour.value.lower()}-{self.port}")
        self._initialise()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The server's process."""
        if self._process is None:
            raise DatabaseError("The server is not running.")
        return self._process.pid

    @property
    def version(self) -> str:
        """What the server calls itself."""
        with self.admin() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            return str((cursor.fetchone() or ("?",))[0]).split("-")[0]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = (self._directory / "server.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [str(self._program), *self._options(), *self._listening()],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        if self._guard:
            self._guard.watch_process(self._process.pid)
        deadline = time.monotonic() + _START_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise DatabaseError(f"{self.flavour.value} does not start:\n{self._log_tail()}")
            time.sleep(0.05)

    def _listens(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """Stop the server with SIGTERM, after `_STOP_SECONDS` with SIGKILL."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._ended()

    def kill(self) -> None:
        """Kill the server as a crash would, without a flush."""
        if self._process is not None:
            self._process.kill()
        self._ended()

    def freeze(self) -> None:
        """Stop the process: it accepts connections and answers nothing until `thaw`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        """Continue the process after `freeze`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Stop it and start it again, on the same port."""
        self.stop()
        self.start()

    def admin(self, database: str | None = None) -> "pymysql.connections.Connection[Cursor]":
        """Return a connection as root, in autocommit mode; for set-up and for looking at what was written."""
        return pymysql.connect(
            unix_socket=str(self._socket()),
            user="root",
            database=database,
            autocommit=True,
            charset="utf8mb4",
            connect_timeout=10,
        )

    def _ended(self) -> None:
        if self._process is not None:
            self._process.wait()
            if self._guard:
                self._guard.forget(self._process.pid)
        self._process = None

    def _initialise(self) -> None:
        data = self._directory / "data"
        if self.flavour is Flavour.MYSQL:
            _checked([str(self._program), *self._options(), "--initialize-insecure"], "MySQL's data cannot be set up")
            return
        scripts = _mariadb_scripts()
        text = "CREATE DATABASE mysql;\nUSE mysql;\n" + "\n".join(
            script.read_text(encoding="utf-8", errors="replace") for script in scripts
        )
        # Without the system's install script: its core package does not carry it.
        text += "\nDELETE FROM global_priv WHERE User = '' OR Host != 'localhost';\n"
        told = subprocess.run(
            [str(self._program), *self._options(), "--bootstrap", "--skip-networking"],
            input=text.encode(),
            check=False,
            capture_output=True,
            timeout=_START_SECONDS,
        )
        if told.returncode != 0 or not (data / "mysql").is_dir():
            raise DatabaseError(f"MariaDB's data cannot be set up:\n{told.stderr.decode(errors='replace')[-1500:]}")

    def _options(self) -> list[str]:
        """What holds for setting up and for serving. Commits are flushed, as in production."""
        own = [] if os.geteuid() else ["--user=root"]
        mysql = ["--mysqlx=OFF", "--skip-log-bin"] if self.flavour is Flavour.MYSQL else []
        return [
            "--no-defaults",
            *own,
            *mysql,
            f"--datadir={self._directory / 'data'}",
            f"--tmpdir={self._directory / 'tmp'}",
            "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=1",
            "--character-set-server=utf8mb4",
        ]

    def _listening(self) -> list[str]:
        return [
            f"--port={self.port}",
            f"--bind-address={self.host}",
            f"--socket={self._socket()}",
            f"--pid-file={self._directory / 'server.pid'}",
            "--max-connections=250",
            f"--ssl-ca={self.ca_file}",
            f"--ssl-cert={self._certificate.certificate}",
            f"--ssl-key={self._certificate.key}",
            "--skip-name-resolve",
        ]

    def _socket(self) -> Path:
        return self._directory / "s.sock"  # a socket's path is at most 107 bytes long

    def _log_tail(self) -> str:
        return (self._directory / "server.log").read_text(encoding="utf-8", errors="replace")[-2000:]


def _mariadb_scripts() -> list[Path]:
    for folder in (Path("/usr/share/mysql"), Path("/usr/share/mariadb")):
        names = ("system_tables", "performance_tables", "system_tables_data", "fill_help_tables", "sys_schema")
        for prefix in ("mysql", "mariadb"):
            found = [folder / f"{prefix}_{name}.sql" for name in names[:3]]
            if all(script.exists() for script in found):
                return found
    raise DatabaseError("MariaDB's system tables are not where they should be. Remedy: reinstall mariadb-server-core")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Account:
    """A database account."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HubDatabase:
    """A schema with the hub in it: where it is, and the accounts that functions use."""

    host: str
    port: int
    name: str
    ca_file: Path
    runtime: Account
    operator: Account
    migration: Account


def create_hub_database(server: DatabaseServer, name: str) -> HubDatabase:
    """Create the carrier's schema with demo data, run the migrations, and create the accounts of grants.sql."""
    with server.admin() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    with server.admin(name) as connection:
        for script in (CARRIER_SCHEMA, DEMO_DATA):
            run_script(connection, script)
        migrate(connection, MIGRATIONS)  # type: ignore[arg-type]  # whatever cursor, it brings its own
        uses = ("handlers", "operators", "migrations")
        accounts = {use: Account(f"{name}_{use}"[:32], secrets.token_urlsafe(24)) for use in uses}
        grants = GRANTS.read_text(encoding="utf-8")
        with connection.cursor() as cursor:
            for statement in _statements(grants):
                named = statement.replace("{schema}", name)
                for use, account in accounts.items():
                    named = named.replace(f"{{{use}}}", f"'{account.username}'@'%'")
                    named = named.replace(f"{{{use}_password}}", account.password)
                cursor.execute(named)
    return HubDatabase(server.host, server.port, name, server.ca_file, *accounts.values())


def run_script(connection: "pymysql.connections.Connection[Any]", file: Path) -> None:
    """Run a file of statements, each ended by a semicolon at the end of a line."""
    with connection.cursor() as cursor:
        for statement in _statements(file.read_text(encoding="utf-8")):
            cursor.execute(statement)


def _statements(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";\n") if part.strip().rstrip(";")]


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit status."""
    if len(arguments) != 2 or arguments[0] != "install" or arguments[1] not in ("any", "all", "mariadb", "mysql"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        install(arguments[1])
    except DatabaseError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
