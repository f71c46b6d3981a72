"""`make run`: the whole house on one machine, until Ctrl-C.

DATABASE_URL, REDIS_URL, SMTP_URL with IMAP_URL, and SYSTEMS_URL in the environment each replace an embedded part.
PORT, IMAP_PORT, SMTP_PORT and SYSTEMS_PORT choose ports, HOST the web's interface, TENESA_RUN_DIR the directory.
"""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tenesa.env import BUILT_IN_KEY
from tenesa.launch import commands
from tenesa.launch.catalogues import compile_changed
from tenesa.launch.embedded import Postgres, Redis
from tenesa.launch.process import SetupError, dies_with_parent, wait_until
from tenesa.launch.rundir import ROOT, answers, claim, require_free, run_dir
from tenesa.launch.supervisor import Supervisor

REPAIRED_AFTER = "60"  # seconds in which the simulated NOSSA repairs a new incident by itself


class Stopped(BaseException):
    """Somebody asked the launcher to end."""


class Launcher:
    def __init__(self, base: Path) -> None:
        self.base = base
        self.host = os.environ.get("HOST", "127.0.0.1")
        self.web_port = _port("PORT", 8000)
        self.imap_port = _port("IMAP_PORT", 1143)
        self.smtp_port = _port("SMTP_PORT", 1025)
        self.systems_port = _port("SYSTEMS_PORT", 8800)
        self.own_mail = _own_mail()
        self.own_systems = "SYSTEMS_URL" not in os.environ
        self.postgres = None if "DATABASE_URL" in os.environ else Postgres(base)
        self.redis = None if "REDIS_URL" in os.environ else Redis(base)
        self.stores = Supervisor(say)
        self.apps = Supervisor(say)
        self.env = self._environment()
        self.sign_ins = ""

    def start(self) -> None:
        self._check_ports()
        compile_changed(ROOT / "locale")
        if self.own_mail:
            self._keep("mail", commands.mail(self.imap_port, self.smtp_port, self.base / "mail.sqlite3"))
        if self.own_systems:
            data = self.base / "systems.sqlite3"
            self._keep("simulators", commands.simulators(self.systems_port, data, "--life", REPAIRED_AFTER))
        if self.postgres:
            self.stores.keep("postgres", self.postgres.start, stop_by=signal.SIGINT)
        if self.redis:
            self.stores.keep("redis", self.redis.start)
        self._manage("migrate", "--verbosity", "0")
        if self.own_mail:
            self._wait_for("mail", self.smtp_port)
        if self.own_systems:
            self._wait_for("simulators", self.systems_port)
        self._keep("web", commands.web(self.host, self.web_port))
        self._keep("worker", commands.worker(queues="ticks,celery"))
        self._keep("caller", commands.caller())
        self._keep("beat", commands.beat())
        self._keep("idle", commands.idle())
        if self.env.get("DEMO") == "1":
            self.sign_ins = self._manage("demo", "--verbosity", "0")
        self._wait_for("web", self.web_port)

    def watch(self) -> NoReturn:
        while True:
            self.stores.look()
            self.apps.look()
            time.sleep(0.5)

    def stop(self) -> None:
        self.apps.stop()
        self.stores.stop()

    def greet(self, seconds: float) -> None:
        say(f"TENESA is up ({seconds:.1f} s): http://{self.host}:{self.web_port}/\n")
        say(self.sign_ins)
        if self.own_mail:
            say(f"Mail: IMAP 127.0.0.1:{self.imap_port}, SMTP 127.0.0.1:{self.smtp_port}; what customers got: ")
            say("      user pelanggan, password rahasia. A new customer's mail: python manage.py send_demo_mail")
        say(f"Logs and data: {self.base}. Ctrl-C stops everything.")

    def _environment(self) -> dict[str, str]:
        local = "127.0.0.1,localhost"
        return {
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "IMAP_URL": f"imap://127.0.0.1:{self.imap_port}",
            "SYSTEMS_URL": f"http://127.0.0.1:{self.systems_port}",
            "TENESA_URL": f"http://127.0.0.1:{self.web_port}",
            **({"MAIL_AUTHSERV_IDS": commands.MAIL_NAME} if self.own_mail else {}),
            **({"DATABASE_URL": self.postgres.url} if self.postgres else {}),
            **({"REDIS_URL": self.redis.url} if self.redis else {}),
            **os.environ,
            "NO_PROXY": ",".join(part for part in (os.environ.get("NO_PROXY"), local) if part),
            "DJANGO_SETTINGS_MODULE": "tenesa.settings",
            "SECRET_KEY": os.environ.get("SECRET_KEY") or _kept_key(self.base / "secret-key"),
            "SECRET_KEY_FALLBACKS": BUILT_IN_KEY,  # data of a version that had no key of its own stays readable
            "DEMO": os.environ.get("DEMO", "1" if self.own_mail else "0"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore::UserWarning:django_fsm"),
        }

    def _check_ports(self) -> None:
        require_free(self.web_port, "the web", "PORT", self.host)
        if self.own_mail:
            require_free(self.imap_port, "IMAP", "IMAP_PORT")
            require_free(self.smtp_port, "SMTP", "SMTP_PORT")
        if self.own_systems:
            require_free(self.systems_port, "the simulators", "SYSTEMS_PORT")

    def _keep(self, name: str, argv: list[str]) -> None:
        self.apps.keep_command(name, argv, log=self._log(name), env=self.env, cwd=ROOT)

    def _wait_for(self, name: str, port: int) -> None:
        host = self.host if name == "web" else "127.0.0.1"
        wait_until(lambda: answers(port, host), self.apps.process(name), name=name, log=self._log(name))

    def _manage(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - our own argument lists
            commands.manage(*arguments),
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )
        if done.returncode != 0:
            msg = f"manage.py {arguments[0]} failed:\n{(done.stdout + done.stderr).strip()[-3000:]}"
            raise SetupError(msg)
        return done.stdout

    def _log(self, name: str) -> Path:
        return self.base / f"{name}.log"


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the launcher talks to a person


def main() -> int:
    began = time.monotonic()
    handled = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as it is under nohup
        handled.append(signal.SIGHUP)
    for signum in handled:
        signal.signal(signum, _stop)
    try:
        base = run_dir()
        with claim(base):
            return _run(Launcher(base), began, handled)
    except SetupError as error:
        say(f"\n{error}")
        return 1


def _run(launcher: Launcher, began: float, handled: Sequence[signal.Signals]) -> int:
    try:
        launcher.start()
        launcher.greet(time.monotonic() - began)
        launcher.watch()
    except Stopped:
        say("\nStopping …")
        return 0
    finally:
        for signum in handled:  # once is enough
            signal.signal(signum, signal.SIG_IGN)
        launcher.stop()
        say("Stopped.")


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def _kept_key(path: Path) -> str:
    """The secret key of this directory's data, made at its first start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _port(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit() or not 0 < int(value) < 65536:
        msg = f"{name} must be a port number, not {value!r}."
        raise SetupError(msg)
    return int(value)


def _own_mail() -> bool:
    given = [name for name in ("SMTP_URL", "IMAP_URL") if name in os.environ]
    if len(given) == 1:
        msg = f"{given[0]} is set; a mail server of your own needs both SMTP_URL and IMAP_URL."
        raise SetupError(msg)
    return not given
