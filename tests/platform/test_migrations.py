"""A database that has every migration of the chains before goes on as it is; one that stopped half-way is refused."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db
LAST = ("tickets", "0018_give_lines_of_merged_cases")


@pytest.fixture
def recorder(db: None) -> MigrationRecorder:
    """The record reads as before the squashing: the old names, none of the new."""
    kept = MigrationRecorder(connection)
    for (app, name), migration in MigrationLoader(connection).graph.nodes.items():
        if migration.replaces:
            kept.record_unapplied(app, name)
            for replaced in migration.replaces:
                kept.record_applied(*replaced)
    return kept


def test_what_was_migrated_before_is_not_migrated_again(recorder: MigrationRecorder) -> None:
    assert LAST in recorder.applied_migrations()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    executor.check_replacements()
    assert ("tickets", "0001_squashed") in recorder.applied_migrations()


def test_a_database_that_stopped_half_way_is_refused_and_nothing_happens(recorder: MigrationRecorder) -> None:
    recorder.record_unapplied(*LAST)
    before = recorder.applied_migrations().keys()
    with pytest.raises(SystemCheckError, match="“tickets” was migrated in part; missing: 0018_give_lines"):
        call_command("migrate", verbosity=0, skip_checks=False)
    assert recorder.applied_migrations().keys() == before
