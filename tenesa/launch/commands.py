"""The command line of each of our processes, as the launcher and the tests start them."""

import sys
from pathlib import Path

MAIL_NAME = "mail.telkom.example"  # of the mail server below, in what it writes on top of a mail
CELERY = [sys.executable, "-m", "celery", "-A", "tenesa.celery"]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def web(host: str, port: int) -> list[str]:
    """Pages and the live stream in one process; a deployment has two, see docker-compose.yml."""
    options = ["--lifespan", "off", "--no-access-log", "--no-proxy-headers", "--timeout-graceful-shutdown", "1"]
    return [sys.executable, "-m", "uvicorn", "tenesa.asgi:application", "--host", host, "--port", str(port), *options]


QUIET = ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]


def worker(concurrency: int = 2, *, queues: str = "ticks,celery,calls") -> list[str]:
    return [*CELERY, "worker", "--pool", "prefork", "--concurrency", str(concurrency), "--queues", queues, *QUIET]


def caller(threads: int = 16) -> list[str]:
    """Makes the calls to the outside systems: it waits more than it works, so threads do."""
    options = ["--hostname", "caller@%h", "--pool", "threads", "--concurrency", str(threads), "--queues", "calls"]
    return [*CELERY, "worker", *options, *QUIET]


def beat() -> list[str]:
    return [*CELERY, "beat", "--pidfile", "", "--loglevel", "INFO"]


def idle() -> list[str]:
    """Waits on the mail servers for new mail; the worker's poll finds the same, later."""
    return manage("watch_mail")


def mail(imap: int, smtp: int, data: Path, *options: str) -> list[str]:
    ports = ["--imap", str(imap), "--smtp", str(smtp)]
    return [sys.executable, "-m", "tenesa.launch.mailserver", *ports, "--data", str(data), *options]


def simulators(port: int, data: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "tenesa.systems.simulator", "--port", str(port), "--data", str(data), *options]
