"""People of another house (X-01: units of Telkom) reach the pages that are theirs; nothing else is there, 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from tenesa.accounts.models import User

# Names of addresses. Apps that serve them add theirs in AppConfig.ready.
doors = {"home", "login", "logout", "nav", "palette", "events", "set_language"}
doors |= {"own", "own-password", "own-appearance", "own-signature", "own-tour"}


def may_enter(user: object, name: str | None) -> bool:
    return not isinstance(user, User) or not user.is_outside or name in doors


def may_go(user: object, address: str) -> bool:
    """The same for a link."""
    if not isinstance(user, User) or not user.is_outside:
        return True
    try:
        return may_enter(user, resolve(address.partition("?")[0]).view_name)
    except Resolver404:
        return False


class Confined:
    """Middleware behind the sign-in; by token nobody gets past `visible_to` either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        match = request.resolver_match
        if match is None or not may_enter(request.user, match.view_name):
            raise Http404
