"""SISKAS: customers and their segments (P-05 6.6)."""

from __future__ import annotations

from typing import Literal

from tenesa.systems.http import SystemClient
from tenesa.systems.siskas.values import CustomerRecord

By = Literal["fastel", "reference", "phone", "name", "email", "domain"]


class SiskasClient(SystemClient):
    system = "siskas"
    label = "SISKAS"

    def find_customer(self, by: By, value: str) -> CustomerRecord:
        """S-11, W-05 1.2.2: the customer with segment by fastel, customer number, telephone number, name, e-mail
        address (then its domain) or domain.

        Refused NOT_FOUND; Refused AMBIGUOUS carries `candidates`, a list of customers to choose from.
        """
        return self._read("find_customer", CustomerRecord.read, **{by: value})
