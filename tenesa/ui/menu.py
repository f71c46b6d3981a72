"""What the navigation rail and the palette list; procedure apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class MenuItem:
    """One place to go. `key` is the part of the address that marks it as current."""

    label: str | Promise
    icon: str
    url: str
    count: int | None = None
    signal: str = ""
    current: bool = False
    low: bool = field(default=False)  # below the spacer: not daily work


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
    items = [item for source in menu_sources for item in source(request)]
    return sorted(items, key=lambda item: item.low)


def commands_of(request: HttpRequest, words: str) -> list[Command]:
    """Commands that carry every word typed, in any order, in label, group or hint."""
    wanted = words.casefold().split()
    found = []
    for source in command_sources:
        for command in source(request, words):
            text = f"{command.label} {command.group} {command.hint}".casefold()
            if command.found or all(word in text for word in wanted):
                found.append(command)
    return found
