"""Nonatero, the dashboard of call results (P-01 6.10); little of it is public, so counts a day and no more (AMB-34)."""

from __future__ import annotations

from datetime import date

from tenesa.systems.http import SystemClient
from tenesa.systems.nonatero.values import DayCount
from tenesa.systems.readings import Fields


class NonateroClient(SystemClient):
    system = "nonatero"
    label = "Nonatero"

    def counts(self, since: date, until: date, *, team: str = "", login: str = "") -> tuple[DayCount, ...]:
        """S-26, P-01 step 5: counts by day, agent and campaign over days, both included, in that order; of one team or
        agent where named. Refused INVALID."""

        def read(data: Fields) -> tuple[DayCount, ...]:
            found = {(one.day, one.login, one.campaign): one for one in data.many("counts", DayCount.read)}
            return tuple(found.values())

        period = {"since": since.isoformat(), "until": until.isoformat()}
        return self._read("counts", read, **period, team=team, login=login)
