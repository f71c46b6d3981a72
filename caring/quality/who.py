"""Who sees QC's pages, who keeps its instruments and rounds, and of which desks."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.ui.views import current_user

DESK = "CARING"  # whose leaders keep the instruments
KEEPERS = (Role.TEAM_LEADER, Role.SUPERVISOR)
READERS = (Role.QCO, *KEEPERS, Role.MANAGER)


def reader(request: HttpRequest) -> User:
    """The person who asks; for everybody else these pages do not exist."""
    user = current_user(request)
    if not user.has_role(*READERS):
        raise Http404
    return user


def keeps(user: User, desk_id: str | None = None) -> bool:
    """Whether this person leads the desk, or any desk where none is named."""
    return any(role in KEEPERS and desk_id in {None, desk} for role, desk, _area in user.places)


def judges(user: User, desk_id: str) -> bool:
    return any(role == Role.QCO and desk == desk_id for role, desk, _area in user.places)


def desks_of(user: User) -> list[str]:
    """The desks at which this person reads what QC found."""
    return sorted({desk for role, desk, _area in user.places if role in READERS})


def keeps_instruments(user: User) -> bool:
    return keeps(user, DESK)
