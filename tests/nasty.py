"""Inputs that have broken somebody's server, and which parameters a page or a call of ours reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import QueryDict
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

DIGITS = "9" * 5000
NASTIES: tuple[str, ...] = (
    "",
    "\0",
    "%ED%A0%80",
    DIGITS,
    "-1",
    "²",
    "9" * 19,
    "0001-01-01",
    "9999-12-31T23:59:59.999999+14:00",
    "9999-12-31T23:59:59+00:00_99999999999999999999",
    "2026-11-28T00:00:00+00:00_" + DIGITS,
    "' OR 1=1 --%_\\",
    "\u202e\ufffe\U0010ffff",
    "a\r\nSet-Cookie: b=c",
)
# Not refused at the door already, so that each parameter's own reader gets them.
ALONE: tuple[Any, ...] = ("9" * 1999, "9999-12-31")
PATHS = ("9" * 20, DIGITS, "%00", "%ED%A0%80", "%FF", "%", "%zz", "-1", "0", "٣", "a%0D%0Ab", "..%2f", "x" * 3000)


def patterns() -> Iterator[tuple[str, str]]:
    """(name, route with its places) of every address of the house."""

    def walk(found: list[Any], before: str, names: str) -> Iterator[tuple[str, str]]:
        for one in found:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, route, f"{names}{one.namespace}:" if one.namespace else names)
            else:
                yield f"{names}{one.name}", route

    yield from walk(get_resolver().url_patterns, "/", "")


@contextmanager
def watched() -> Iterator[set[str]]:
    """The names that are read from address lines and forms while this is open."""
    names: set[str] = set()
    kept = {name: getattr(QueryDict, name) for name in ("__getitem__", "get", "getlist")}

    def watching(method: Any) -> Any:
        def read(self: QueryDict, key: Any, *args: Any, **more: Any) -> Any:
            names.add(str(key))
            return method(self, key, *args, **more)

        return read

    for name, method in kept.items():
        setattr(QueryDict, name, watching(method))
    try:
        yield names
    finally:
        for name, method in kept.items():
            setattr(QueryDict, name, method)
