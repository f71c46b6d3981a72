"""The page of SV-01: what is particular to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from tenesa.accounts.models import User
from tenesa.workspace.desk import Desk, Fact, Filter, View
from tests.workspace.sample.procedure import AGENTS, State, Visit


class VisitDesk(Desk):
    model = Visit
    slug, path, title, icon, place = "visits", "visits/", "Kunjungan", "truck", 8
    works, ended = tuple(AGENTS), (State.DONE,)
    views = (
        View("open", "Terbuka", "truck", where=~Q(state=State.DONE)),
        View("done", "Selesai", "archive", where=Q(state=State.DONE), order="-changed_at", counted=False),
    )
    filters = (Filter("state", "Status", lambda: State.choices),)
    columns = {"who": "customer", "about": "service"}
    keys, bulk, any_time = {"plan": "v"}, ("note",), ("write", "take_back", "resend")
    rest_fields = ("service", "visit_at", "finding")

    def facts(self, case: Any, user: User) -> Iterator[Fact]:
        yield Fact("Layanan", case.service, copy=True)
        yield Fact("Alamat surel", case.address, copy=True)
        yield Fact("Temuan", case.finding)
