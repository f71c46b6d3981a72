"""MyCX: where a complaint becomes a fault ticket (P-05 6.3)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.mycx.values import Created, CustomerMatch, NewTicket, SearchType
from tenesa.systems.readings import Fields, plain


class MycxClient(SystemClient):
    system = "mycx"
    label = "MyCX"

    def search(self, kind: SearchType, value: str) -> tuple[CustomerMatch, ...]:
        """S-02, W-05 1.2.8: customers by product id, phone, name or ticket. Refused NOT_FOUND when there is none."""

        def read(data: Fields) -> tuple[CustomerMatch, ...]:
            return data.many("customers", CustomerMatch.read)

        return self._read("search", read, search_type=kind.value, value=value)

    def create_ticket(self, ticket: NewTicket, *, key: str) -> Created:
        """S-03, W-05 1.2.8: open a fault ticket.

        Refused INVALID carries `fields` (name → what is wrong), Refused DUPLICATE carries `incident`, the open ticket
        on this product. The same key gives the same number, however often it is sent.
        """

        def read(data: Fields) -> Created:
            data.same("product_id", ticket.product_id)
            return Created.read(data)

        return self._write("create_ticket", read, key=key, body=plain(ticket))
