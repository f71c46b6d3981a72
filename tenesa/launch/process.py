"""Child processes that never outlive their launcher."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class SetupError(Exception):
    """Something this machine lacks or has in the way; the message is all a person needs to read."""


def dies_with_parent(signum: int) -> Callable[[], None] | None:
    """A `preexec_fn` by which the kernel sends `signum` to the child when the thread that started it ends.

    It also runs after `Popen(user=...)` changed the user, which is why it works for PostgreSQL as `nobody`.
    """
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    orphan_signal: int = signal.SIGKILL,
    **run_as: Any,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own (Ctrl-C reaches only the launcher), writing to `log`.

    Call it from a thread that lives as long as the child should: see `dies_with_parent`.
    """
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own argument lists
            [str(part) for part in argv],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(orphan_signal),  # noqa: PLW1509 - one prctl call, resolved beforehand
            **run_as,
        )


def stop(process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, grace: float = 3.0) -> None:
    """Ask the process to end, and see it off."""
    if process.poll() is None:
        process.send_signal(by)
    see_off(process, grace)


def see_off(process: subprocess.Popen[bytes], grace: float) -> None:
    """Wait for a process that was asked to end; then kill what is left of its group, itself included."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes] | None, *, name: str, log: Path, seconds: float = 30
) -> None:
    """Wait for `ready`; when the process ends or the time is over, say so with the end of its log."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process is not None and process.poll() is not None:
            msg = f"{name} did not start (exit code {process.returncode}). Its last words, from {log}:\n{tail(log)}"
            raise SetupError(msg)
        if time.monotonic() > deadline:
            msg = f"{name} did not answer within {seconds:.0f} s. Its last words, from {log}:\n{tail(log)}"
            raise SetupError(msg)
        time.sleep(0.03)


def tail(log: Path, size: int = 2000) -> str:
    return log.read_text(errors="replace")[-size:].strip() if log.exists() else ""
