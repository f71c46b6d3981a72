"""The container files: no Docker runs here, so the file is held against its schema and each command against life."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from tenesa.accounts.models import User
from tenesa.env import BUILT_IN_KEY
from tenesa.launch.process import SetupError, stop, tail, wait_until
from tenesa.launch.rundir import ROOT
from tests import factories
from tests.ports import free_port
from tests.services import services

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "tenesa" in service["image"]}
LONG_LIVED = sorted(name for name, service in OURS.items() if service["restart"] != "no")
PORTS = ("8000", "8001", "8800", "1143", "1025")
BIN = Path(sys.executable).parent


OTHER_KEYS = (("", False), ("k" * 50, True))


class Machine:
    """Turns what a container would run into what this machine can: free ports, a temporary /data, our variables."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.ports = {port: str(free_port()) for port in PORTS}

    def command(self, argv: list[str]) -> list[str]:
        local = [self._here(part) for part in argv]
        return [str(BIN / local[0]), *local[1:]] if (BIN / local[0]).exists() else local

    def environment(self, service: dict[str, Any]) -> dict[str, str]:
        own = {name: str(value) for name, value in service["environment"].items() if "$" not in str(value)}
        own = {name: value for name, value in own.items() if not name.endswith("_URL")}
        return {**services.environment(), **own, "PATH": f"{BIN}:{os.environ['PATH']}"}

    def _here(self, part: str) -> str:
        if part.startswith("/data/"):
            path = self.data / part.removeprefix("/data/")
            path.parent.mkdir(parents=True, exist_ok=True)
            return str(path)
        part = part.replace("0.0.0.0", "127.0.0.1")
        return re.sub(r"(?<![\d.])\d{4}(?!\d)", lambda found: self.ports.get(found[0], found[0]), part)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_it_is_a_valid_compose_file():
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [BIN / "check-jsonschema", *schema, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_names_only_services_volumes_and_configs_that_exist():
    for name, service in COMPOSE["services"].items():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"]), name
        volumes = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert volumes <= set(COMPOSE["volumes"]), name
        assert {config["source"] for config in service.get("configs", [])} <= set(COMPOSE["configs"]), name
        for dependency, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in COMPOSE["services"][dependency], dependency


def test_only_the_demonstration_has_a_mail_server_and_simulators_of_its_own():
    with_profile = {name for name, service in COMPOSE["services"].items() if service.get("profiles") == ["demo"]}
    assert with_profile == {"mail", "simulators", "demo"}
    for name, service in COMPOSE["services"].items():
        assert name in with_profile or with_profile.isdisjoint(service.get("depends_on", {})), name
    given = dict(line.split("=", 1) for line in (ROOT / "demo.env").read_text().splitlines() if "=" in line)
    assert given["DEMO"] == "1"
    assert set(given) <= set(OURS["web"]["environment"])


def test_the_proxy_says_where_requests_come_from_and_is_believed():
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert f"{{TRUSTED_PROXIES:-{network['subnet']}}}" in OURS["web"]["environment"]["TRUSTED_PROXIES"]
    assert OURS["events"]["environment"]["TRUSTED_PROXIES"] == OURS["web"]["environment"]["TRUSTED_PROXIES"]
    written = COMPOSE["configs"]["proxy"]["content"]
    assert "X-Forwarded-For $$proxy_add_x_forwarded_for;" in written
    assert 'Forwarded "";' in written
    assert written.count("proxy_set_header") == written.partition("location")[0].count("proxy_set_header")
    assert all("ports" not in service for name, service in COMPOSE["services"].items() if name != "proxy")


@pytest.mark.parametrize(
    ("key", "starts"), [(BUILT_IN_KEY, False), *(pytest.param(*one, marks=pytest.mark.long) for one in OTHER_KEYS)]
)
def test_a_server_does_not_start_with_the_key_that_everybody_knows(key: str, starts: bool):
    env = {**os.environ, "SECRET_KEY": key, "DEBUG": "0"}
    if not key:
        del env["SECRET_KEY"]
    celery = [str(BIN / "celery"), "-A", "tenesa", "report"]
    for way in (["-c", "import tenesa.wsgi"], ["-c", "import tenesa.asgi"], celery):
        argv = [sys.executable, *way]
        done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is starts, done.stderr
        assert starts or "SECRET_KEY is not set" in done.stderr


@pytest.mark.django_db
def test_people_with_a_known_password_are_loaded_only_for_a_demonstration(settings: Any):
    for demo, host in ((False, None), (True, "mail.telkom.example")):
        settings.DEMO = demo
        if host:
            factories.mailbox(imap_host=host)
        with pytest.raises(CommandError, match=host or "DEMO=1"):
            call_command("demo", "--no-mails")
        assert not User.objects.exists()


def test_the_image_is_built_from_files_that_exist_and_are_sent():
    ignored = (ROOT / ".dockerignore").read_text().split()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored, name


def test_the_image_runs_as_an_ordinary_user():
    last_stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER tenesa$", last_stage, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", LONG_LIVED)
def test_each_service_starts_with_its_command_and_is_healthy(name: str, machine: Machine):
    service = OURS[name]
    env = machine.environment(service)
    process = services.spawn(f"compose-{name}", machine.command(service["command"]), env)
    log = services.log(f"compose-{name}")
    try:
        wait_until(lambda: _healthy(name, service, machine, env, log), process, name=name, log=log, seconds=60)
        stop(process, grace=10)
        assert process.returncode in {0, -15}, tail(log)
    finally:
        services.kill(process)


def _healthy(name: str, service: dict[str, Any], machine: Machine, env: dict[str, str], log: Path) -> bool:
    if "healthcheck" not in service:
        return any(words in tail(log) for words in ("Starting...", "Watching"))  # beat and idle have nothing to ask
    kind, *check = service["healthcheck"]["test"]
    argv = machine.command(check) if kind == "CMD" else ["sh", "-c", check[0].replace("$$", "$")]
    return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, check=False).returncode == 0


def test_a_health_check_fails_where_nothing_listens(machine: Machine):
    argv = machine.command(OURS["web"]["healthcheck"]["test"][1:])
    assert subprocess.run(argv, cwd=ROOT, check=False).returncode == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_migrate_job_ends_well(machine: Machine):
    service = OURS["migrate"]
    done = subprocess.run(
        machine.command(service["command"]),
        cwd=ROOT,
        env=machine.environment(service),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_what_does_not_start_is_reported_with_its_last_words(tmp_path: Path):
    process = services.spawn("doomed", [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"])
    with pytest.raises(SetupError, match=r"exit code 3(.|\n)*no such table"):
        wait_until(lambda: False, process, name="Doomed", log=services.log("doomed"))
