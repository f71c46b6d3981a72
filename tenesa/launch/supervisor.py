"""Keeps processes running: one that ends is started again, later each time, until everything is stopped."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tenesa.launch.process import see_off, spawn

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
GRACE = 3.0  # seconds until a process that was asked to end is killed
STEADY = 60.0  # seconds a process must have run for its next end to count as the first


@dataclass
class Supervised:
    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    stop_by: int = signal.SIGTERM
    pause: float = FIRST_PAUSE
    due: float | None = None  # when it is to be started again


class Supervisor:
    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._kept: list[Supervised] = []

    def keep(self, name: str, start: Callable[[], subprocess.Popen[bytes]], *, stop_by: int = signal.SIGTERM) -> None:
        self._kept.append(Supervised(name, start, start(), stop_by=stop_by))

    def keep_command(self, name: str, argv: list[str], *, log: Path, env: Mapping[str, str], cwd: Path) -> None:
        self.keep(name, lambda: spawn(argv, log=log, env=env, cwd=cwd))

    def process(self, name: str) -> subprocess.Popen[bytes]:
        return next(kept.process for kept in self._kept if kept.name == name)

    def look(self) -> None:
        """One round: notice what ended, start what is due."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.due is None and kept.process.poll() is not None:
                if now - kept.started > STEADY:
                    kept.pause = FIRST_PAUSE
                kept.due = now + kept.pause
                self._say(f"{kept.name} ended (exit code {kept.process.returncode}), again in {kept.pause:.0f} s")
                kept.pause = min(kept.pause * 2, LONGEST_PAUSE)
            elif kept.due is not None and now >= kept.due:
                self._restart(kept)

    def stop(self) -> None:
        """All at once are asked to end, then each is seen off together with its children."""
        for kept in self._kept:
            if kept.process.poll() is None:
                kept.process.send_signal(kept.stop_by)
        deadline = time.monotonic() + GRACE
        for kept in self._kept:
            see_off(kept.process, max(0.1, deadline - time.monotonic()))

    def _restart(self, kept: Supervised) -> None:
        see_off(kept.process, 0)  # children of a dead parent would keep its port or its tasks
        kept.due = None
        kept.started = time.monotonic()
        try:
            kept.process = kept.start()
        except Exception as error:  # e.g. the disk is full: say it, try again later
            self._say(f"{kept.name} could not be started: {error}")
            kept.due = time.monotonic() + kept.pause
