"""E-Payment, also called I-payment: bills and payments (P-05 6.5)."""

from __future__ import annotations

from tenesa.systems.epayment.values import Account
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
