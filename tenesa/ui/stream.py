"""The stream of changes to a browser (server-sent events), in front of Django.

Django keeps a thread and a database connection for every request as long as it lasts; a stream lasts the whole shift.
Here a page is two coroutines and a short queue, and the database is asked once, when it comes.
"""

from __future__ import annotations

import asyncio
import random
from io import BytesIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.ui.hub import Hub, Page, hub

Scope = dict[str, Any]
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class LiveFirst:
    """ASGI: the stream's address is served here, everything else by Django."""

    def __init__(self, django: Any) -> None:
        self.django = django

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == reverse("events"):
            await _serve(scope, receive, send)
        else:
            await self.django(scope, receive, send)


async def _serve(scope: Scope, receive: Any, send: Any) -> None:
    request, here = ASGIRequest(scope, BytesIO()), hub()
    loop = asyncio.get_running_loop()
    person = await loop.run_in_executor(here.threads, _signed_in, request)
    if person is None:  # 204 tells the browser not to try again by itself
        await send({"type": "http.response.start", "status": 204, "headers": HEADERS[1:]})
        await send({"type": "http.response.body", "body": b""})
        return
    page = Page(person, frozenset(request.GET.get("watch", "").split()))
    since = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    pause = random.randint(1000, 3000)  # noqa: S311 - so that not all come back in one moment
    await send({"type": "http.response.body", "body": f"retry: {pause}\n\n".encode(), "more_body": True})
    gone = asyncio.create_task(_until_gone(receive, page))
    try:
        await _feed(here, page, since, send)
    finally:
        here.leave(page)
        gone.cancel()


async def _feed(here: Hub, page: Page, since: str, send: Any) -> None:
    await here.join(page, since)
    while chunk := await page.next():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Any, page: Page) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    page.end()


def _signed_in(request: ASGIRequest) -> User | None:
    """The person whose session this is; the session backend's rules and nothing of a page around it."""
    close_old_connections()
    try:
        request.get_host()
        request.session = SessionStore(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        user = get_user(request)
        if not isinstance(user, User) or not user.is_active or user.is_outside:  # whose pages ask by themselves
            return None
        _ = user.places  # read now, used without the database afterwards
        return user
    except DisallowedHost:
        return None
    finally:
        close_old_connections()
