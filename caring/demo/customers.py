"""Invented debtors of the demonstration: each owes in the list what the simulated I-payment says of the number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tenesa.contact import zones
from tenesa.contact.numbers import normal
from tenesa.systems.simulator import seed_bills
from tenesa.systems.simulator.seed_bills import Debtor

FIRST = (
    "Ahmad", "Anisa", "Ayu", "Bagas", "Bayu", "Cahyo", "Damar", "Desi", "Dian", "Eko", "Endang", "Fitri", "Gita",
    "Hana", "Hendrik", "Intan", "Irwan", "Jaka", "Ketut", "Kurnia", "Lina", "Lukman", "Maya", "Nanda", "Oki", "Putri",
    "Rahmat", "Retno", "Rina", "Samuel", "Sinta", "Tono", "Umar", "Vina", "Wulan", "Yanti",
)  # fmt: skip
LAST = (
    "Adisaputra", "Batubara", "Cahyani", "Darmawan", "Effendi", "Firdaus", "Ginting", "Hakim", "Iskandar", "Jatmiko",
    "Kurniasih", "Lubis", "Maulana", "Nugraha", "Oktaviani", "Pasaribu", "Purnama", "Rumbiak", "Saragih", "Tanuwijaya",
    "Utomo", "Wibawa", "Yulianti", "Zakaria",
)  # fmt: skip
STREETS = ("Jl. Melati", "Jl. Cemara", "Jl. Kenanga", "Jl. Anggrek", "Gg. Mawar", "Jl. Flamboyan", "Jl. Teratai")
PLACES = (  # region, witel, city, and how many of a hundred live there
    ("I", "MEDAN", "Medan", 9), ("I", "PADANG", "Padang", 4), ("II", "JAKARTA SELATAN", "Jakarta", 17),
    ("II", "BEKASI", "Bekasi", 11), ("III", "BANDUNG", "Bandung", 16), ("III", "CIREBON", "Cirebon", 6),
    ("IV", "SEMARANG", "Semarang", 9), ("V", "SURABAYA UTARA", "Surabaya", 9), ("V", "DENPASAR", "Denpasar", 4),
    ("VI", "BALIKPAPAN", "Balikpapan", 5), ("VII", "MAKASSAR", "Makassar", 6), ("VII", "AMBON", "Ambon", 2),
    ("VII", "JAYAPURA", "Jayapura", 2),
)  # fmt: skip
FASTEL, NCLI = 131_700_000_000, 47_000_000
MONTHS_OF = {"PAID": (0,), "CT0": (3,), "BEYOND": (4,)}


@dataclass
class Debt:
    """A line of a list of prospects. `phones` are in their normal form, the best first."""

    fastel: str
    ncli: str
    name: str
    address: str
    city: str
    regional: str
    witel: str
    zone: str
    package: str
    mbps: int
    campaign: str
    bills: dict[str, int]
    phones: list[str]
    email: str
    last_paid_on: date
    isolated: bool
    fate: str = ""

    @property
    def oldest_month(self) -> date:
        return date.fromisoformat(f"{min(self.bills)}-01")


class Town:
    """Customers one after another, no number twice; what was drawn once is drawn again by the same seed."""

    def __init__(self, rng: Random, base: date) -> None:
        self.rng, self.base = rng, base
        self.place = 0
        self._debtors = self._numbers()
        self._left: dict[tuple[int, ...], list[Debtor]] = {}

    def debt(self, kind: str, period: date) -> Debt:
        """Somebody who stands in the list of that month as "PRANPC", "CT0", "PAID" (meanwhile) or "BEYOND"."""
        back = (self.base.year - period.year) * 12 + self.base.month - period.month
        owed = MONTHS_OF.get(kind, (1, 2))
        one = self._owing(owed if kind == "PAID" else tuple(min(4, months + back) for months in owed))
        bills = {f"{period:%Y-%m}": one.price}
        if one.owed:
            bills = {
                month: amount
                for month, amount in seed_bills.arrears(one.fastel, self.base).items()
                if month <= f"{period:%Y-%m}"
            }
        return self._person(one, bills, period)

    def _numbers(self) -> Iterator[Debtor]:
        number = FASTEL
        while True:
            number += self.rng.randint(1, 97)
            yield seed_bills.debtor(str(number))

    def _owing(self, owed: tuple[int, ...]) -> Debtor:
        for kept in ([months] for months in owed):
            if waiting := self._left.get(tuple(kept)):
                return waiting.pop()
        for one in self._debtors:
            if one.owed in owed:
                return one
            self._left.setdefault((one.owed,), []).append(one)
        raise LookupError(owed)  # the numbers do not end

    def _person(self, one: Debtor, bills: dict[str, int], period: date) -> Debt:
        rng, self.place = self.rng, self.place + 1
        regional, witel, city, _share = rng.choices(PLACES, [share for *_place, share in PLACES])[0]
        months = len(bills)
        oldest = date.fromisoformat(f"{min(bills)}-01")
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        return Debt(
            fastel=one.fastel, ncli=str(NCLI + self.place), name=name,
            address=f"{rng.choice(STREETS)} No. {rng.randint(1, 140)}", city=city, regional=regional, witel=witel,
            zone=zones.key_of(witel), package=f"IndiHome {one.mbps} Mbps", mbps=one.mbps,
            campaign="CT0" if months > 2 else "PRANPC", bills=bills,
            phones=[normal(f"0812-0000-{2000 + self.place}"), normal(f"02{1 + self.place % 2}-5550{self.place:04d}")],
            email=f"pelanggan{self.place}@surel.example" if self.place % 3 else "",
            last_paid_on=oldest - timedelta(days=rng.randint(3, 16)), isolated=period > oldest,
        )  # fmt: skip
