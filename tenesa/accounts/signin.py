"""Limits of wrong passwords and tokens (lokal: ADR-0028): django-axes counts and keeps them, these are our rules.

A name at an address is blocked first; a name wherever it is tried much later, and never where its owner signed in
before; an address, behind which a whole house may sit, is only slowed. An account is an account by its name alone,
whether it exists or not: a stranger learns nothing from a block.
"""

from __future__ import annotations

import time
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.backends import AxesStandaloneBackend
from axes.exceptions import AxesBackendPermissionDenied
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenesa.accounts.models import User

KNOWN = timedelta(days=30)  # an address at which a name signed in within this time is its owner's
SLOTS = BoundedSemaphore(4)  # attempts from slowed addresses that one process lets wait at once
NO_SLOT_SECONDS = 5
TOKEN = "(token)"  # noqa: S105  stands for the name where a REST token was wrong; no person may be called so


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """What counts towards a block. Tokens stand apart, so that a program with an old one keeps no person out."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """In wrong passwords of one name at one address, `AXES_FAILURE_LIMIT` of which are one too many."""
        name, address = get_client_username(request, credentials), request.axes_ip_address  # type: ignore[attr-defined]
        here = Q(ip_address=address)
        if name == TOKEN:
            return _share(_wrong(request, here & Q(username=TOKEN)), settings.SIGN_IN_ADDRESS_LIMIT)
        anywhere = _share(_wrong(request, Q(username=name)), settings.SIGN_IN_ACCOUNT_LIMIT)
        if anywhere >= settings.AXES_FAILURE_LIMIT and not _is_known(name, address):
            return anywhere
        return _wrong(request, here & Q(username=name))

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
        """The right password clears what its owner got wrong here; what was tried elsewhere goes on counting there."""
        super().user_logged_in(sender, request, user, **kwargs)
        here = request.axes_ip_address  # type: ignore[attr-defined]
        AccessAttempt.objects.filter(username=user.get_username(), ip_address=here).delete()

    def remove_out_of_limit_failure_logs(self, *, username: str, limit: int | None = None) -> int:
        """Nothing: axes drops the newest rows of a name first. Blocks and slots bound how many there can be."""
        return 0


class Brake(AxesStandaloneBackend):  # type: ignore[misc]
    """Refuses what is blocked, and lets wait what comes from an address with many wrong passwords."""

    def authenticate(self, request: HttpRequest, username: str | None = None, **given: Any) -> None:
        super().authenticate(request, username, **given)
        address = request.axes_ip_address  # type: ignore[attr-defined]
        wrong_here = _wrong(request, Q(ip_address=address) & ~Q(username=TOKEN))
        if wrong_here < settings.SIGN_IN_ADDRESS_LIMIT or _is_known(username, address):
            return
        if not SLOTS.acquire(blocking=False):
            request.axes_locked_out = request.no_slot = True  # type: ignore[attr-defined]
            raise AxesBackendPermissionDenied
        try:
            time.sleep(settings.SIGN_IN_SLOW_SECONDS)
        finally:
            SLOTS.release()


class Passwords(ModelBackend):
    """Names and passwords of people. A machine has tokens: no browser is signed in as one."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and isinstance(user, User) and not user.is_machine


def _wrong(request: HttpRequest, where: Q) -> int:
    recent = AccessAttempt.objects.filter(where, attempt_time__gte=get_cool_off_threshold(request))
    return int(recent.aggregate(wrong=Sum("failures_since_start"))["wrong"] or 0)


def _share(failures: int, limit: int) -> int:
    return failures * int(settings.AXES_FAILURE_LIMIT) // limit


def _is_known(name: str | None, address: str | None) -> bool:
    """Whether this name signed in from there lately: whoever guesses at it elsewhere keeps nobody out here."""
    signed_in = AccessLog.objects.filter(username=name, ip_address=address)
    return bool(signed_in.filter(attempt_time__gte=timezone.now() - KNOWN).exists())


def refused(request: HttpRequest, *_given: object) -> HttpResponse:
    """The sign-in page with the reason. Under ASGI axes gives the credentials where the answer should be: unused."""
    form = AuthenticationForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "problem": words(request), "next": request.POST.get("next", "")}
    response = render(request, "registration/login.html", context, status=429)
    response["Retry-After"] = str(NO_SLOT_SECONDS if hasattr(request, "no_slot") else wait_seconds())
    return response


def words(request: HttpRequest) -> str:
    if hasattr(request, "no_slot"):
        return _("Many wrong passwords come from your network at this moment. Try again in a few seconds.")
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
