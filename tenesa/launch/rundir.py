"""Where a running instance keeps its files, its lock and its sockets."""

import fcntl
import hashlib
import os
import re
import socket
from pathlib import Path
from typing import IO

from tenesa.launch.process import SetupError

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path("/var/tmp")  # noqa: S108 - only below a directory of our own, owner checked
SOCKET_PATH_LIMIT = 100  # sockaddr_un holds 107 characters, ".s.PGSQL.5432" is part of the path


def run_dir() -> Path:
    """TENESA_RUN_DIR, else `.run` in the checkout; root's databases run as `nobody`, who may not enter /root."""
    named = os.environ.get("TENESA_RUN_DIR")
    if named:
        path = Path(named).resolve()
    elif os.geteuid() == 0:
        path = hashed_dir(ROOT)
    else:
        path = ROOT / ".run"
    path.mkdir(mode=0o711, parents=True, exist_ok=True)
    return path


def hashed_dir(path: Path) -> Path:
    """A short directory of our own that stands for `path`."""
    short = SHARED / f"tenesa-{hashlib.sha256(f'{os.geteuid()}:{path}'.encode()).hexdigest()[:10]}"
    short.mkdir(mode=0o711, exist_ok=True)
    if short.stat().st_uid != os.geteuid() or short.is_symlink():
        msg = f"{short} belongs to another user. Remove it, or name another directory in TENESA_RUN_DIR."
        raise SetupError(msg)
    return short


def socket_dir(base: Path) -> Path:
    """`base`, unless its name is too long or too unusual for a unix socket and a URL."""
    if len(str(base)) <= SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432") and re.fullmatch(r"[\w./-]+", str(base), re.ASCII):
        return base
    return hashed_dir(base)


def claim(base: Path) -> IO[str]:
    """Lock the directory for this process; the lock goes with the process, however it ends."""
    file = (base / "pid").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        other = file.read().strip() or "unknown"
        msg = (
            f"TENESA already runs from {base} (process {other}). Stop it with Ctrl-C, or start a second one "
            "with its own TENESA_RUN_DIR, PORT, IMAP_PORT, SMTP_PORT and SYSTEMS_PORT."
        )
        raise SetupError(msg) from None
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def require_free(port: int, purpose: str, variable: str, host: str = "127.0.0.1") -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            msg = (
                f"Port {port} for {purpose} cannot be used ({error.strerror}). "
                f"Choose another, e.g. {variable}={port + 1} make run"
            )
            raise SetupError(msg) from None


def answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True
