"""A database that stopped between migrations that were squashed is refused before anything is migrated (ADR-0046)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@register(Tags.database)
def stopped_half_way(app_configs: Any, databases: Sequence[str] | None = None, **_more: Any) -> list[Error]:
    """Django itself would leave the tables of such an app as they are, without a word."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    found = []
    for alias in databases or ():
        applied = MigrationRecorder(connections[alias]).applied_migrations()
        for (app, name), migration in loader.disk_migrations.items():
            replaced = set(migration.replaces)
            if (app, name) not in applied and replaced & applied.keys() and not replaced <= applied.keys():
                missing = ", ".join(name for _app, name in sorted(replaced - applied.keys()))
                words = f"“{app}” was migrated in part; missing: {missing}."
                found.append(Error(words, hint="Migrate with the version before first: ADR-0046.", id="accounts.E001"))
    return found
