"""Waking a worker. A lost wake-up costs seconds, never a mail: the rows are the truth and the sweep finds them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from tenesa.redis_link import FAILURES, asking

logger = logging.getLogger(__name__)
CHUNK = 10  # mails that one filing task takes


def nudge(task: str, *args: Any, countdown: float = 0) -> None:
    """Queue a task of `tenesa.mail.tasks` by name; a broker that is down is logged and otherwise ignored."""
    from tenesa.mail import tasks

    try:
        with asking():
            getattr(tasks, task).apply_async(args, countdown=countdown or None, retry=False)
    except FAILURES:
        logger.warning("no broker to nudge %s", task)


def nudge_filing(task: str, pks: Sequence[int]) -> None:
    """Wake workers for these mails after commit, some mails a task."""
    for start in range(0, len(pks), CHUNK):
        transaction.on_commit(partial(nudge, task, list(pks[start : start + CHUNK])))
