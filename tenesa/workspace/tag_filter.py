"""The filter by tag, which the list of every desk has, and who may tag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workspace import tags
from tenesa.workspace.desk import Desk, Filter


@dataclass(frozen=True)
class TagFilter(Filter):
    """By the name of a tag, however it is written; its field offers those in use."""

    def narrow(self, cases: QuerySet[Any], value: str) -> QuerySet[Any]:
        return cases.filter(tags.having(cases.model.procedure_name(), value[:100]))


TAG = TagFilter("tag", _("Tag"), way="tag")


def filters_of(desk: Desk, user: User) -> Sequence[Filter]:
    """Those of the desk, and by tag, for people of this house."""
    return desk.filters if user.is_outside else (*desk.filters, TAG)


def may_tag(desk: Desk, user: User) -> bool:
    """Whoever works at the desk; another system by REST too."""
    return not user.is_outside and (desk.is_open_to(user) or user.has_role(Role.API_CLIENT))
