"""Live updates: what is published reaches the browser's stream, over the real Redis."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.ui import live
from tenesa.ui.viewing import here, viewers
from tests import factories


async def _read(rini: User) -> str:
    client = AsyncClient()
    await client.aforce_login(rini)
    response: Any = await client.get(reverse("events"))
    assert response["Content-Type"] == "text/event-stream"
    stream = aiter(response)
    text: str = (await anext(stream)).decode()
    await asyncio.sleep(0.3)  # the subscription is taken up
    await sync_to_async(live.bus().publish)(live.CHANNEL, "tickets.emailcase:17")
    text += (await asyncio.wait_for(anext(stream), 5)).decode()
    await stream.aclose()
    await sync_to_async(connections.close_all)()
    return text


@pytest.mark.django_db(transaction=True)
def test_it_streams_the_names_of_changed_cases(rini: User) -> None:
    text = asyncio.run(_read(rini))
    assert "retry: 3000" in text
    assert "data: tickets.emailcase:17" in text


def test_it_tells_a_browser_without_session_to_stay_away(db: None) -> None:
    assert Client().get(reverse("events")).status_code == 204


def test_a_full_queue_becomes_one_call_to_fetch_all() -> None:
    async def fill() -> list[str | None]:
        hub = live.Hub()
        queue: asyncio.Queue[str | None] = asyncio.Queue(2)
        hub.queues.add(queue)
        for number in range(3):
            hub._spread(str(number))
        return [queue.get_nowait() for _item in range(queue.qsize())]

    assert asyncio.run(fill()) == [live.RESYNC, "2"]


def test_it_knows_who_else_is_at_a_case(rini: User, dewi: User) -> None:
    case = factories.opened()
    here(case.procedure_name(), case.pk, rini, writes=True)
    here(case.procedure_name(), case.pk, dewi, writes=False)
    seen = viewers(case.procedure_name(), [case.pk], but=dewi)
    assert [(viewer.name, viewer.writes) for viewer in seen[case.pk]] == [(str(rini), True)]
