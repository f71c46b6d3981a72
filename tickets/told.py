"""What else stands beside a case; apps above register in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenesa.accounts.models import User
    from tickets.models import EmailCase


@dataclass(frozen=True)
class Beside:
    """A part of the case's page: a template, and what it draws as `part`."""

    template: str
    part: Any


beside_the_case: list[Callable[[EmailCase, User], Beside | None]] = []


def parts_beside(case: EmailCase, user: User) -> list[Beside]:
    return [part for source in beside_the_case if (part := source(case, user)) is not None]
