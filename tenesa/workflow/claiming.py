"""No person holds more open cases than allowed, also from two browsers at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.workflow.errors import NotNow

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case


@dataclass(frozen=True)
class OnlySoMany:
    """At most `most` cases of this procedure in the `held` states have this owner. Whoever is second waits here until
    the first has committed, and counts with theirs. Raises NotNow, and then nothing was taken."""

    owner: User
    held: Collection[str]
    most: int

    def write(self, case: Case, event: Event) -> None:
        name = f"{case.procedure_name()} of {self.owner.pk}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        rows: Any = type(case)._default_manager
        if rows.filter(owner=self.owner, state__in=list(self.held)).count() > self.most:
            raise NotNow([too_many(self.owner, self.most)])


def too_many(owner: User, most: int) -> str:
    return _("%(who)s holds %(n)d of these already: one has to be finished first.") % {"who": owner, "n": most}
