"""Who writes the register and the glossary (X-02)."""

from __future__ import annotations

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role


def controls(user: object) -> bool:
    """Document control and administrators; the administration itself also asks for “staff status”."""
    return isinstance(user, User) and user.is_staff and (user.is_superuser or user.has_role(Role.DOC_CONTROL))
