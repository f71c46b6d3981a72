"""The queue's pages at ten thousand and at a million cases, in turns, beside a bare keyset SELECT of their columns."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.test import Client

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workspace import lists
from tenesa.workspace.reading import EVERY
from tests.benchmarks import bare_page, floor, people, population
from tests.benchmarks.measure import GROWTH, WITHIN, Line, milliseconds, percentile
from tickets.desk import EmailDesk
from tickets.states import ENDED

SMALL = "tenesa_small"
WARM = 3  # turns that fill caches and count for nothing


@dataclass
class Scene:
    """A page, how the product makes it and how the database alone would."""

    name: str
    product: Callable[[], object]
    bare: Callable[[Any], object]
    budget: float = WITHIN
    own: dict[str, list[float]] = field(default_factory=lambda: {"small": [], "large": []})
    floor: dict[str, list[float]] = field(default_factory=lambda: {"small": [], "large": []})


def measure(small: int, large: int, *, turns: int) -> list[Line]:
    people.desk_and_areas()
    population.empty()
    agents = [people.person(f"agent{place}", Role.AGENT_EMAIL).pk for place in range(8)]  # each has a page of cases
    found = list(scenes())
    population.grow(small, agents)
    _copy_database()
    population.grow(large, agents)
    databases = Databases()
    for turn in range(-WARM, turns):
        for scene, size in product(found, databases.bare):
            databases.use(size)
            own, bare = milliseconds(scene.product), milliseconds(partial(scene.bare, databases.bare[size]))
            if turn >= 0:
                scene.own[size].append(own)
                scene.floor[size].append(bare)
    databases.close()
    print(counts(large), flush=True)
    return [line for scene in found for line in _lines(scene, small, large)]


def _lines(scene: Scene, small: int, large: int) -> Iterator[Line]:
    for size, number in (("small", small), ("large", large)):
        for name, share in (("p50", 0.5), ("p95", 0.95)):
            own, bare = percentile(scene.own[size], share), percentile(scene.floor[size], share)
            yield Line(f"{scene.name}, {_short(number)} cases, {name}", own, "ms", bare, own / bare, scene.budget)
    own, bare = statistics.median(scene.own["large"]), statistics.median(scene.own["small"])
    yield Line(f"{scene.name}, {_short(large)} beside {_short(small)}", own, "ms", bare, own / bare, GROWTH)


def _short(number: int) -> str:
    return f"{number // 1_000_000} M" if number >= 1_000_000 else f"{number // 1000} k"


# --- two databases, measured in turns -----------------------------------------------------------------------------
def _copy_database() -> None:
    """The database as it is now under another name, so that both sizes are there at once."""
    connection.close()
    bare = floor.connect("postgres")
    bare.autocommit = True
    with bare.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {SMALL} TEMPLATE tenesa")
    bare.close()


class Databases:
    """Both sizes with connections that stay open, as those of a server do; Django uses the one of the moment."""

    def __init__(self) -> None:
        large = connection.settings_dict["NAME"]
        names = {"small": SMALL, "large": large}
        self.bare = {size: floor.connect(name) for size, name in names.items()}
        self._django = {}
        for size, name in names.items():
            self.bare[size].autocommit = True
            connection.settings_dict["NAME"] = name
            connection.connect()
            self._django[size], connection.connection = connection.connection, None
        self.use("large")

    def use(self, size: str) -> None:
        connection.connection = self._django[size]

    def close(self) -> None:
        self.use("large")
        for one in (self._django["small"], *self.bare.values()):
            one.close()


# --- what is measured ----------------------------------------------------------------------------------------------
def scenes() -> Iterator[Scene]:
    agent = User.objects.get(username="agent7")
    of_area = people.person("wira", Role.AGENT_EMAIL, [(people.DESK, "3")])
    of_two = people.person("rina", Role.AGENT_EMAIL, [(people.DESK, "2"), (people.OTHER_DESK, None)])
    leader = people.person("bowo", Role.TEAM_LEADER, [(people.DESK, None)])
    here = f"desk_id = '{people.DESK}'"
    one_area = f"{here} AND (area_id = '3' OR area_id IS NULL)"
    two_desks = f"({here} AND (area_id = '2' OR area_id IS NULL) OR desk_id = '{people.OTHER_DESK}')"
    queue = "owner_id IS NULL AND awaits AND triage = ''"
    is_open = f"state NOT IN ({', '.join(repr(str(state)) for state in ENDED)})"
    decide = "(triage <> '' OR state IN ('ESCALATED', 'VOID_PROPOSED'))"
    yield Scene("queue page", _page(agent, "queue"), _bare(f"{here} AND {queue}"))
    yield Scene("queue page of one area", _page(of_area, "queue"), _bare(f"{one_area} AND {queue}"))
    yield Scene("queue page of two desks", _page(of_two, "queue"), _bare(f"{two_desks} AND {queue}"))
    yield Scene("all open cases", _page(agent, "all"), _bare(f"{here} AND {is_open}"))
    yield Scene("my cases", _page(agent, "mine"), _bare(f"{here} AND {is_open} AND owner_id = {agent.pk}"))
    yield Scene("triage of a leader", _page(leader, "triage"), _bare(f"{here} AND {decide}"))
    yield _over_http(agent, _bare(f"{here} AND {queue}"))


def _over_http(agent: User, select: Callable[[Any], Any]) -> Scene:
    """The page as a browser gets it, beside a page of plain lines; `current` is the bare connection of the turn."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(agent)
    current: list[Any] = []
    address = bare_page.install(lambda: select(current[-1]))

    def bare(connection: Any) -> None:
        current[:] = [connection]
        _get(client, address)

    return Scene("whole page over HTTP", lambda: _get(client, "/cases/?view=queue"), bare)


def _page(user: User, view: str) -> Callable[[], object]:
    asked, desk = QueryDict(f"view={view}"), EmailDesk()
    shown = next(one for one in desk.views if one.slug == view)
    return lambda: lists.page(desk, user, shown, asked)


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        msg = f"{address} answered {answer.status_code}"
        raise AssertionError(msg)


def _bare(where: str) -> Callable[[Any], object]:
    """The same columns in the same order, by keyset."""
    own = ("id", *EVERY[1:], *(path for path in EmailDesk.columns.values() if "__" not in path), "customer")
    columns = ", ".join(f"c.{EmailDesk.model._meta.get_field(name).column}" for name in own)  # type: ignore[union-attr]
    sql = f"""
        SELECT {columns}, k.id, k.name
          FROM (SELECT * FROM tickets_emailcase WHERE {where} ORDER BY urgent_at, id LIMIT {lists.PAGE + 1}) c
          LEFT JOIN segmentation_customer k ON k.id = c.customer_id ORDER BY c.urgent_at, c.id"""

    def run(bare: Any) -> object:
        with bare.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    return run


def counts(large: int) -> str:
    """What the counts of the navigation rail take at the large size."""
    took = _median(partial(lists.counts, [EmailDesk()], User.objects.get(username="agent7")))
    return f"at {_short(large)} cases, median of three: counts of the rail and its overdue mark {took:.0f} ms"


def _median(call: Callable[[], object]) -> float:
    return statistics.median(milliseconds(call) for _ in range(3))
