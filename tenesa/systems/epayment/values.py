"""Bills and payments of IndiHome and telephone (P-05 6.5, P-01 6.8; S-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenesa.rupiah import in_rupiah
from tenesa.systems.readings import Fields
from tenesa.systems.verdict import Condition, Verdict


@dataclass(frozen=True)
class Bill:
    """`month` is "2026-11", `amount` whole rupiah; of a bill paid in part, what is left of it."""

    month: str
    amount: int
    paid_on: date | None

    @classmethod
    def read(cls, data: Fields) -> Bill:
        return cls(data.text("month"), data.whole("amount"), data.day_or_none("paid_on"))


@dataclass(frozen=True)
class Account:
    fastel: str
    isolated: bool
    bills: tuple[Bill, ...]

    @classmethod
    def read(cls, data: Fields) -> Account:
        return cls(data.text("fastel"), data.flag("isolated"), data.many("bills", Bill.read))

    def verdict(self) -> Verdict:
        """Isolation explains a dead line without a fault: the agent decides, so it is neither NORMAL nor FAULT."""
        owed = [bill for bill in self.bills if bill.paid_on is None]
        measures = {"Belum dibayar": f"{len(owed)} bulan", "Tagihan": in_rupiah(sum(bill.amount for bill in owed))}
        if self.isolated:
            words = f"Layanan terisolir karena {len(owed)} bulan tagihan belum dibayar; bukan gangguan jaringan."
            return Verdict("epayment", Condition.UNKNOWN, words, measures)
        return Verdict("epayment", Condition.NORMAL, "Layanan tidak terisolir.", measures)


@dataclass(frozen=True)
class Payment:
    """`value_date` is when the customer paid, `posted_on` when it could be read here: it may be days later."""

    payment: str
    amount: int
    value_date: date
    posted_on: date

    @classmethod
    def read(cls, data: Fields) -> Payment:
        return cls(data.text("payment"), data.whole("amount"), data.day("value_date"), data.day("posted_on"))


def of_payments(payments: tuple[Payment, ...]) -> Verdict:
    """What was paid, in words; it says nothing of the line."""
    paid = in_rupiah(sum(payment.amount for payment in payments))
    words = f"{len(payments)} pembayaran, {paid}." if payments else "Belum ada pembayaran."
    return Verdict("epayment", Condition.UNKNOWN, words, {"Pembayaran": str(len(payments)), "Jumlah": paid})
