"""The migrated schema, kept as a dump: who comes first migrates, everybody else restores what came of it.

Migrating takes Django many seconds, most of them to rebuild its models at every operation; restoring takes two.
The dump is made before Django's `post_migrate`, so what the product seeds there is always of the code at hand.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from tenesa.launch.embedded import postgres_binaries


def restored(folder: Path) -> bool:
    """True: the test database is there. False: Django is to migrate it, and others wait until it is dumped."""
    creation: Any = connection.creation
    dump, name = folder / f"{_fingerprint()}.sql", creation._get_test_db_name()
    database = f"postgres:///{name}?{urlsplit(os.environ['DATABASE_URL']).query}"
    turn = (folder / "lock").open("w")
    fcntl.flock(turn, fcntl.LOCK_EX)
    if not dump.exists():
        first = next(app for app in apps.get_app_configs() if app.models_module)  # others get no signal
        post_migrate.connect(_Keeper(dump, database, turn), sender=first, weak=False, dispatch_uid="kept")
        return False
    turn.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    _run("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={dump}", f"--dbname={database}")
    return True


class _Keeper:
    """Dumps once, and lets the next one in."""

    def __init__(self, dump: Path, database: str, turn: IO[str]) -> None:
        self.dump, self.database, self.turn = dump, database, turn

    def __call__(self, sender: Any, **_more: Any) -> None:
        post_migrate.disconnect(sender=sender, dispatch_uid="kept")
        for old in self.dump.parent.glob("*.sql"):
            old.unlink()
        begun = self.dump.with_suffix(".part")
        _run("pg_dump", "--no-owner", f"--file={begun}", f"--dbname={self.database}")
        begun.rename(self.dump)
        self.turn.close()


def _fingerprint() -> str:
    """Of every migration of every app, ours and those of packages."""
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _run(program: str, *options: str) -> None:
    subprocess.run([postgres_binaries() / program, *options], check=True, stdout=subprocess.DEVNULL, cwd="/")
