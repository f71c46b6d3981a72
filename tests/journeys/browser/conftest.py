"""Windows for people: headless Chromium, no mouse, and a console that has to stay quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests import factories
from tests.journeys.browser.window import Window

SIZES = {"desk": (1366, 768), "phone": (390, 844)}
Seat = Callable[..., Window]


@pytest.fixture
def seat(browser: Browser, transactional_db: None, live_server: Any) -> Iterator[Seat]:
    """`seat(rini)` is rini, signed in at a window of her own. At the end no console may have complained."""
    windows: list[Window] = []

    def sit(user: User | None = None, *, size: str = "desk", scheme: Literal["light", "dark"] = "light") -> Window:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="id-ID", reduced_motion="reduce"
        )
        windows.append(Window(context, live_server.url))
        return windows[-1].sign_in(user) if user else windows[-1]

    yield sit
    for window in windows:
        window.context.close()
    assert [words for window in windows for words in window.unforgiven()] == []


@pytest.fixture
def laras(db: None) -> User:
    """An agent at the beginning of the shift."""
    return factories.person("laras", Role.AGENT_EMAIL, ready=False)


@pytest.fixture
def chief(db: None) -> User:
    """An administrator."""
    user = factories.person("chief", Role.ADMIN)
    user.is_staff = user.is_superuser = True
    user.save()
    return user
