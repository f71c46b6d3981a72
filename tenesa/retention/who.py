"""Who reads, draws, approves, holds and changes the years (X-08; requirements 13)."""

from __future__ import annotations

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotYourStep, UnknownStep

READERS = (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
DRAWERS = READERS
APPROVERS = (Role.MANAGER, Role.SUPERVISOR)  # on manager approval; the supervisor decides of a manager's list
HOLDERS = APPROVERS
KEEPERS = (Role.ADMIN, Role.MANAGER)  # of the years


def reads(user: User) -> bool:
    return user.has_role(*READERS)


def must(user: User, roles: tuple[Role, ...]) -> None:
    """Raises UnknownStep for whoever does not know of the room, NotYourStep for whoever has none of the roles."""
    if not reads(user):
        raise UnknownStep
    if not user.has_role(*roles):
        raise NotYourStep
