"""The reports in the navigation rail."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.ui.menu import MenuItem, menu_sources


def register() -> None:
    menu_sources.append(menu)


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    if isinstance(request.user, User):
        address = reverse("reporting:overview")
        yield MenuItem(_("Reports"), "chart-column", address, current=request.path.startswith(address), order=4)
