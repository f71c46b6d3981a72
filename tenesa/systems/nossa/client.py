"""NOSSA: where the handling of a fault ticket is watched (P-05 6.4)."""

from __future__ import annotations

from collections.abc import Callable

from tenesa.systems.http import SystemClient
from tenesa.systems.nossa.values import Changed, Incident, Logged, NewHold, NewOwner, NewWorklog, StatusChange
from tenesa.systems.readings import BadDataError, Fields, plain

FEED_PAGE = 200


class NossaClient(SystemClient):
    system = "nossa"
    label = "NOSSA"

    def incident(self, number: str) -> Incident:
        """S-06, W-05 1.2.10: the whole ticket with its worklogs. Refused NOT_FOUND."""

        def read(data: Fields) -> Incident:
            incident = data.one("incident", Incident.read)
            if incident.number != number:
                raise BadDataError("incident.number")
            return incident

        return self._read("get_incident", read, number=number)

    def incidents_of(self, service_no: str) -> tuple[Incident, ...]:
        """S-06, W-05 1.2.9: tickets of a service, open ones first, the newest of them first; none is a good answer."""

        def read(data: Fields) -> tuple[Incident, ...]:
            incidents = data.many("incidents", Incident.read)
            if any(incident.service_no != service_no for incident in incidents):
                raise BadDataError("incidents.service_no")
            return incidents

        return self._read("search_by_service", read, service_no=service_no)

    def changes(self, since: int, limit: int = FEED_PAGE) -> tuple[StatusChange, ...]:
        """S-10: changes with an id above `since`, oldest first, each once whatever the system repeats.

        A full page means that there may be more: ask again from the last id.
        """

        def read(data: Fields) -> tuple[StatusChange, ...]:
            found = {change.id: change for change in data.many("changes", StatusChange.read)}
            return tuple(found[id_] for id_ in sorted(found) if id_ > since)

        return self._read("changes", read, since=since, limit=limit)

    def add_worklog(self, worklog: NewWorklog, *, key: str) -> Logged:
        """S-07, W-05 1.2.10: write the customer's new facts. CLIENTNOTE counts a lapul and opens a ticket in
        MEDIACARE or SALAMSIM again. Refused CONFLICT when it is CLOSED, NOT_FOUND."""

        def read(data: Fields) -> Logged:
            data.same("number", worklog.number)
            return Logged.read(data)

        return self._write("add_worklog", read, key=key, body=plain(worklog))

    def set_pending(self, hold: NewHold, *, key: str) -> Changed:
        """S-08, W-02 1.2.4, 1.2.5: put the ticket on hold with a reason and an end; a running hold gets a new end.
        Refused CONFLICT when its status is no longer `previous` (`status`), CLOSED when it is repaired, NOT_FOUND."""
        return self._write("set_pending", _changed(hold.number), key=key, body=plain(hold))

    def resume(self, number: str, status: str, note: str, *, key: str) -> Changed:
        """S-08: end the hold; the ticket goes back to `status`. Refused CONFLICT when it is not on hold, CLOSED,
        NOT_FOUND."""
        body = {"number": number, "status": status, "note": note}
        return self._write("resume", _changed(number), key=key, body=body)

    def set_owner_group(self, owner: NewOwner, *, key: str) -> Changed:
        """S-09, W-02 1.2.6: hand the ticket to a group, which goes on with it. Refused CONFLICT when its status is no
        longer `previous`, CLOSED, NOT_FOUND."""
        return self._write("set_owner_group", _changed(owner.number), key=key, body=plain(owner))


def _changed(number: str) -> Callable[[Fields], Changed]:
    """Reads the ticket as it is right after a change of ours."""

    def read(data: Fields) -> Changed:
        changed = Changed.read(data)
        if changed.incident.number != number:
            raise BadDataError("incident.number")
        return changed

    return read
