"""What else stands beside a case of any procedure; rooms and apps register theirs in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tenesa.accounts.models import User
from tenesa.workspace.desk import Part

sources: list[Callable[[Any, User], Iterable[Part]]] = []


def beside(case: Any, user: User) -> list[Part]:
    return [part for source in sources for part in source(case, user)]
