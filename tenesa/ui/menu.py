"""What the navigation rail and the palette list; procedure apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest
from django.utils.functional import Promise

from tenesa.ui.external_access import may_go


@dataclass(frozen=True)
class MenuDesk:
    """One desk: where the cases of a procedure are worked at. `order` is its place and, up to 9, its key.

    The key is the same for everybody: it does not move when a person works at fewer desks. It is Shift and the digit,
    because the digits alone take steps, and Alt and a digit changes the tab in Chromium and Firefox on Linux.
    """

    slug: str
    label: str | Promise
    icon: str
    order: int
    begins: bool = True  # a shift begins here, where a person works at it
    url: str = ""  # where it opens with the list that a person chose
    has_cases: Callable[[], bool] = field(default=lambda: True, compare=False)  # that this person may see

    @property
    def key(self) -> str:
        return f"Shift+{self.order}" if 1 <= self.order <= 9 else ""

    @property
    def counter(self) -> str:
        """The name of its count among those that are pushed to open pages."""
        return f"desk:{self.slug}"


@dataclass(frozen=True)
class MenuItem:
    """One place to go: a list of a desk, or a tool. Its count is kept true on every open page (`tenesa.ui.counters`).

    Whoever has the same roles and places has the same count; where each person has their own, `of_people` reads those
    of many persons at once.
    """

    label: str | Promise
    icon: str
    url: str
    count: int | None = None
    signal: str = ""
    current: bool = False
    low: bool = False  # rarely needed, last: of the tools, or a page among the lists of its desk
    bell: bool = False  # stands in the top bar, not in the rail
    order: int = 0
    desk: MenuDesk | None = None  # None: a tool
    of_people: Callable[[Collection[int]], Mapping[int, int]] | None = None
    begins: bool = False  # whoever works at no desk begins here, before the other tools
    opens: bool = False  # its desk shows it where no other list was chosen

    @property
    def counted(self) -> tuple[int, str]:
        """Count and signal; where nothing stands there is no signal."""
        return (self.count, self.signal) if self.count else (0, "")


@dataclass(frozen=True)
class DeskLine:
    """One desk in the rail with its lists, which are drawn where it is open."""

    desk: MenuDesk
    items: list[MenuItem]
    is_open: bool

    @property
    def url(self) -> str:
        return self.desk.url if self.items[0].opens else self.items[0].url

    @property
    def current(self) -> bool:
        return any(item.current for item in self.items)

    @property
    def lists(self) -> list[MenuItem]:
        return self.items if self.is_open and len(self.items) > 1 else []

    @cached_property
    def leading(self) -> tuple[int, str]:
        """Count and signal of the first list that carries a signal, else of the first in which something stands."""
        counted = [item.counted for item in self.items if item.count is not None]
        return max(counted, key=lambda one: (bool(one[1]), one[0] > 0), default=(0, ""))


@dataclass(frozen=True)
class Menu:
    """The desks that a person works at, in their order, and the tools."""

    desks: list[DeskLine]
    tools: list[MenuItem]
    bell: MenuItem | None = None

    @classmethod
    def of(cls, items: Iterable[MenuItem]) -> Menu:
        """Open is the desk that one is at, on other pages the first. Lists without a count stand last."""
        tools: list[MenuItem] = []
        bell: MenuItem | None = None
        by_desk: dict[MenuDesk, list[MenuItem]] = defaultdict(list)
        for item in items:
            if item.bell:
                bell = item
            elif item.desk is None:
                tools.append(item)
            else:
                by_desk[item.desk].append(item)
        desks = sorted(by_desk, key=lambda desk: desk.order)
        at = next((desk for desk in desks if any(item.current for item in by_desk[desk])), desks[0] if desks else None)
        return cls(
            [DeskLine(desk, sorted(by_desk[desk], key=_in_its_desk), desk == at) for desk in desks],
            sorted(tools, key=lambda item: (item.low, item.order)),
            bell,
        )

    @property
    def home(self) -> str:
        """Where this person begins: the first desk that has cases of their place, else their first desk, or tool."""
        first = [line for line in self.desks if line.desk.begins] or self.desks
        own = next((line.url for line in first if line.desk.has_cases()), "")
        places = [own or line.url for line in first[:1]] + [item.url for item in sorted(self.tools, key=_in_front)]
        return places[0] if places else ""

    @property
    def in_top_bar(self) -> list[MenuItem]:
        return [self.bell] if self.bell else []

    @property
    def counts(self) -> dict[str, tuple[int, str]]:
        """Count and signal by address, and by name of a desk."""
        items = [item for line in self.desks for item in line.items] + self.tools + self.in_top_bar
        of_items = {item.url: item.counted for item in items if item.count is not None}
        return of_items | {line.desk.counter: line.leading for line in self.desks}


def _in_front(item: MenuItem) -> bool:
    return not item.begins


def _in_its_desk(item: MenuItem) -> tuple[bool, int]:
    return item.count is None or item.low, item.order


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
    matched: bool = False  # by a search of its own: the words need not stand in it


MenuSource = Callable[[HttpRequest], Iterable[MenuItem]]
CommandSource = Callable[[HttpRequest, str], Iterable[Command]]

menu_sources: list[MenuSource] = []
command_sources: list[CommandSource] = []


def items_of(request: HttpRequest) -> list[MenuItem]:
    return [item for source in menu_sources for item in source(request) if may_go(request.user, item.url)]


def commands_of(request: HttpRequest, words: str) -> list[Command]:
    """Commands that carry every word typed, in any order, in label, group or hint."""
    wanted = words.casefold().split()
    found = []
    for source in command_sources:
        for command in source(request, words):
            text = f"{command.label} {command.group} {command.hint}".casefold()
            if command.url and not may_go(request.user, command.url):
                continue
            if command.matched or all(word in text for word in wanted):
                found.append(command)
    return found
