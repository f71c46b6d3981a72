"""E-Payment, also called I-payment: bills and payments (P-05 6.5, P-01 6.8)."""

from __future__ import annotations

from datetime import date

from tenesa.systems.epayment.values import Account, Payment
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields


class EpaymentClient(SystemClient):
    system = "epayment"
    label = "E-Payment"

    def bills(self, fastel: str) -> Account:
        """S-17, W-05 1.2.7: bills by month, newest first, and whether the line is isolated. Refused NOT_FOUND."""

        def read(data: Fields) -> Account:
            data.same("fastel", fastel)
            return Account.read(data)

        return self._read("bills", read, fastel=fastel)

    def payments(self, fastel: str, since: date) -> tuple[Payment, ...]:
        """S-17, P-01 6.8: payments posted by now with a value date from `since` on, oldest first; one that is posted
        late is read some days after its value date. Refused NOT_FOUND."""

        def read(data: Fields) -> tuple[Payment, ...]:
            data.same("fastel", fastel)
            found = {payment.payment: payment for payment in data.many("payments", Payment.read)}
            return tuple(found.values())

        return self._read("payments", read, fastel=fastel, since=since.isoformat())
