"""What the navigation rail and the palette list; procedure apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import Promise

from tenesa.ui.outside import may_go


@dataclass(frozen=True)
class MenuItem:
    """One place to go. Its count is kept true on every open page (see `tenesa.ui.counters`).

    Whoever has the same roles and places has the same count; where each person has their own, `of_people` reads those
    of many persons at once.
    """

    label: str | Promise
    icon: str
    url: str
    count: int | None = None
    signal: str = ""
    current: bool = False
    low: bool = field(default=False)  # below the spacer: not daily work
    order: int = 0
    of_people: Callable[[Collection[int]], Mapping[int, int]] | None = None


@dataclass(frozen=True)
class Command:
    """One line of the palette: a link, a key to press on this page, or a template to use."""

    label: str
    icon: str
    group: str
    url: str = ""
    press: str = ""
    template: str = ""
    hint: str = ""
    found: bool = False  # by a search of its own: the words need not stand in it


MenuSource = Callable[[HttpRequest], Iterable[MenuItem]]
CommandSource = Callable[[HttpRequest, str], Iterable[Command]]

menu_sources: list[MenuSource] = []
command_sources: list[CommandSource] = []


def menu_of(request: HttpRequest) -> list[MenuItem]:
    items = [item for source in menu_sources for item in source(request) if may_go(request.user, item.url)]
    return sorted(items, key=lambda item: (item.low, item.order))


def commands_of(request: HttpRequest, words: str) -> list[Command]:
    """Commands that carry every word typed, in any order, in label, group or hint."""
    wanted = words.casefold().split()
    found = []
    for source in command_sources:
        for command in source(request, words):
            text = f"{command.label} {command.group} {command.hint}".casefold()
            if command.url and not may_go(request.user, command.url):
                continue
            if command.found or all(word in text for word in wanted):
                found.append(command)
    return found
