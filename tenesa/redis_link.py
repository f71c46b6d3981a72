"""Redis is a comfort of pages and REST, never a condition: whoever asks it goes on without an answer (ADR-0028).

    try:
        with asking():
            return bus().hgetall(…)
    except FAILURES:
        return {}

Where Redis does not answer rather than refuse, it is not asked again for a moment, so that its time-out is waited for
once and not by everybody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, TypeVar

import redis
from celery import current_app
from django.conf import settings
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
T = TypeVar("T")

FAILURES = (redis.RedisError, OperationalError, OSError)
SLOW_SECONDS, PAUSE_SECONDS = 0.5, 5.0
changed: list[Callable[[str], object]] = []  # told what is wrong, "" when it answers again; filled in AppConfig.ready
_state: dict[str, Any] = {"away": False, "not_before": 0.0}


@cache
def bus() -> redis.Redis:
    """The process's own connection pool; its time-outs are short."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, decode_responses=True)


class Paused(redis.ConnectionError):
    """Redis did not answer a moment ago and is left alone."""


@contextmanager
def asking() -> Iterator[None]:
    """Note whether Redis answers what is asked in here; its failures go on to the caller."""
    began = time.monotonic()
    if began < _state["not_before"]:
        raise Paused
    try:
        yield
    except FAILURES as error:
        if time.monotonic() - began > SLOW_SECONDS:
            _state["not_before"] = time.monotonic() + PAUSE_SECONDS
        _note(away=True, problem=f"{type(error).__name__}: {error}"[:200])
        raise
    if _state["away"]:
        _note(away=False, problem="")


def _note(*, away: bool, problem: str) -> None:
    if _state["away"] == away:
        return
    _state["away"] = away
    logger.warning("Redis is away: %s", problem) if away else logger.warning("Redis is back")
    for tell in changed:
        tell(problem)


class OpenClient(RedisCacheClient):
    """Without Redis nothing is remembered, and nobody is refused for it."""

    def get(self, key: Any, default: Any) -> Any:
        return _or(partial(super().get, key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        _or(partial(super().set, key, value, timeout), None)

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return _or(partial(super().add, key, value, timeout), True)

    def delete(self, key: Any) -> bool:
        return _or(partial(super().delete, key), False)


def wake(task: str, *args: Any) -> None:
    """Queue a task by its name. Without a broker it is lost and the log says so; a sweep finds the rows it is about."""
    try:
        with asking():
            current_app.send_task(task, args, retry=False)
    except FAILURES:
        logger.warning("no broker: %s%s waits for the sweep", task, args)


class OpenCache(RedisCache):
    """Django's cache on Redis, open when Redis is away: the brake of REST, and words that an undo brings back."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OpenClient


def _or(ask: Callable[[], T], default: T) -> T:
    try:
        with asking():
            return ask()
    except FAILURES:
        return default
