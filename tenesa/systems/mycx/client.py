"""MyCX: where a complaint becomes a fault ticket (P-05 6.3), and where prospects are picked and results entered
(P-01 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tenesa.systems.http import SystemClient
from tenesa.systems.mycx.orders import Loaded, NewOrder, Order
from tenesa.systems.mycx.values import Created, CustomerMatch, NewTicket, SearchType
from tenesa.systems.outbound import MOST_ROWS, Entered, Outcome, Page, Row
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

    def load(self, rows: Sequence[NewOrder], *, key: str) -> Loaded:
        """S-04, P-01 5.1: load prospects as orders, at most 1,000 at once; a key that is there keeps its order.

        Rows that MyCX does not take stand in `refused`; the others are loaded. Refused INVALID for too many or none.
        """
        return self._write("load_orders", Loaded.read, key=key, body={"rows": plain(rows)})

    def pick(self, order: str, agent: str, *, key: str) -> Order:
        """S-04, P-01 5.1: take an order. Refused CONFLICT with `agent` where another has it, NOT_FOUND."""
        return self._order("pick_order", order, key, {"order": order, "agent": agent})

    def release(self, order: str, *, key: str) -> Order:
        """S-04: give an order back, free for everybody; a free one stays so. Refused NOT_FOUND."""
        return self._order("release_order", order, key, {"order": order})

    def result(self, outcome: Outcome, *, key: str) -> Entered:
        """S-05, P-01 5.3, step 6: enter the result of a call.

        The same key is one row, and what is sent again replaces what stands there. Refused INVALID (`fields`: name →
        what is wrong), CLOSED where another stands in its place.
        """

        def read(data: Fields) -> Entered:
            data.same("key", outcome.key)
            return Entered.read(data)

        return self._write("result", read, key=key, body=outcome.body())

    def verdict(self, result: str, valid: str, note: str, *, qco: str, key: str) -> Row:
        """S-05, P-01 step 4: the QCO's word, "Valid" or "Not Valid", on the result of this key; `qco` is their login.

        A later word, as after an appeal, takes the place of the earlier one. Refused NOT_FOUND, INVALID, CONFLICT where
        somebody has the row open (`locked_by`), CLOSED where another stands in its place.
        """

        def read(data: Fields) -> Row:
            data.same("key", result)
            return data.one("found", Row.read)

        body = {"key": result, "valid": valid, "note": note, "qco": qco}
        return self._write("verdict", read, key=key, body=body)

    def results(self, since: date, until: date, *, after: int = 0, limit: int = MOST_ROWS) -> Page:
        """S-05, P-01 step 5: all results of a period (both days included), superseded ones too, a page of them."""
        period = {"since": since.isoformat(), "until": until.isoformat()}
        return self._read("results", Page.read, **period, after=after, limit=limit)

    def _order(self, operation: str, order: str, key: str, body: dict[str, str]) -> Order:
        def read(data: Fields) -> Order:
            data.same("order", order)
            return Order.read(data)

        return self._write(operation, read, key=key, body=body)
