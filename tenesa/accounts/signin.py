"""Limits of wrong passwords and tokens (lokal: ADR-0019): django-axes counts and keeps them, these are our rules.

An account is an account by its name alone, whether it exists or not: a stranger learns nothing from a block.
"""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

TOKEN = "(token)"  # noqa: S105  stands for the name where a REST token was wrong; no person may be called so


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """A whole desk comes from one address, so an address may fail more often than an account; tokens stand apart,
    so that a program with an old token keeps no person out."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """In wrong passwords of one account, `AXES_FAILURE_LIMIT` of which are one too many."""
        name, address = get_client_username(request, credentials), request.axes_ip_address  # type: ignore[attr-defined]
        here = Q(ip_address=address)
        if name == TOKEN:
            return _share(self._wrong(request, here & Q(username=TOKEN)), settings.SIGN_IN_ADDRESS_LIMIT)
        of_address = self._wrong(request, here & ~Q(username=TOKEN)) if address else 0
        of_account = self._wrong(request, Q(username=name)) if name else 0
        return max(of_account, _share(of_address, settings.SIGN_IN_ADDRESS_LIMIT))

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """The right password clears the account and not its address: one's own sign-in covers no guessing."""
        super().user_logged_in(sender, request, user, **kwargs)
        unlock(user.get_username())

    def remove_out_of_limit_failure_logs(self, *, username: str, limit: int | None = None) -> int:
        """Nothing: axes drops the newest rows of a name first. The block itself bounds how many there can be."""
        return 0

    def _wrong(self, request: HttpRequest, where: Q) -> int:
        recent = AccessAttempt.objects.filter(where, attempt_time__gte=get_cool_off_threshold(request))
        return int(recent.aggregate(wrong=Sum("failures_since_start"))["wrong"] or 0)


def _share(failures: int, limit: int) -> int:
    return failures * int(settings.AXES_FAILURE_LIMIT) // limit


def address(request: HttpRequest) -> str | None:
    """Where a request comes from. Of the addresses a forwarding header lists only the last is our proxy's word."""
    if settings.BEHIND_PROXY and (chain := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        return str(chain).rpartition(",")[2].strip()
    return request.META.get("REMOTE_ADDR") or None


def refused(request: HttpRequest, *_given: object) -> HttpResponse:
    """The sign-in page with the reason. Under ASGI axes gives the credentials where the answer should be: unused."""
    form = AuthenticationForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "problem": words(), "next": request.POST.get("next", "")}
    response = render(request, "registration/login.html", context, status=429)
    response["Retry-After"] = str(wait_seconds())
    return response


def words() -> str:
    minutes = wait_seconds() // 60
    return ngettext(
        "Too many wrong attempts. Try again in %(minutes)s minute, or ask an administrator to unlock you.",
        "Too many wrong attempts. Try again in %(minutes)s minutes, or ask an administrator to unlock you.",
        minutes,
    ) % {"minutes": minutes}


def wait_seconds() -> int:
    return int(settings.AXES_COOLOFF_TIME.total_seconds())


def token_is_blocked(request: HttpRequest) -> bool:
    return not AxesProxyHandler.is_allowed(request, {"username": TOKEN})


def count_wrong_token(request: HttpRequest) -> None:
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": TOKEN}, request=request)
    request.axes_locked_out = False  # type: ignore[attr-defined]  # REST answers by itself, not by the sign-in page


def unlock(*names: str) -> int:
    """Forget the wrong attempts of these accounts; the log of failures stays."""
    return int(AccessAttempt.objects.filter(username__in=names).delete()[0])
