"""The fictional world of the demo and the tests: customers, contacts, services and the state of their lines.

Nothing here is real: names are invented, addresses end in .example, phones are 0812-0000-xxxx and 02x-5550xxxx.
The same calls always give the same world; only the times of incidents are relative to the moment of seeding.

Named fixtures (each says what a story needs):

    DES_DOWN_VPN       VPN IP of PT Samudra Niaga Lintas in Tegal, down, no open incident; bonar@samudra.example
    DES_HEALTHY        Astinet of PT Samudra Niaga Lintas in Jakarta, everything normal
    DES_OPEN_INCIDENT  Astinet of PT Bank Arta Mandala with one open incident (progress asked by SID alone)
    DGS_DOWN           VPN IP of Dinas Kominfo Kota Tirtajaya, link unstable, no open incident
    DGS_OPEN_INCIDENT  VPN IP of Kantor Pajak Wilayah Cendana; its open incident is OPEN_INCIDENT (IN10482219)
    DBS_UNSTABLE       HSI of CV Kopi Lereng Merapi, weak optical level, no open incident
    DBS_HEALTHY        HSI of Koperasi Tani Makmur, normal (asks to relocate)
    DCS_LOS            IndiHome of a household, LOS; sender wulan@surel.example
    DES_TWO_INCIDENTS  Metro-E of PT Energi Pelita Raya with two open incidents and a closed one
    DES_UNREACHABLE    Astinet whose node SecureCRT cannot reach and MRTG keeps no graph of
    DBS_ISOLATED       HSI of Hotel Melati Indah, cut off for unpaid bills, the line itself is sound
    DWS_SERVICE        service of a wholesale customer: segment DWS, which the documents do not name
    AMBIGUOUS_NAME     a name that several customers share; AMBIGUOUS_DOMAIN likewise
    SHARED_PHONE       one telephone number of two households
    UNKNOWN_SID        well formed, known to no system
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

SEED = 20210801

DES_DOWN_VPN = "4700112-0045127790"
DES_HEALTHY = "4700112-0045127811"
DES_OPEN_INCIDENT = "4700087-0031885512"
DES_TWO_INCIDENTS = "4700203-0052240017"
DES_UNREACHABLE = "4700310-0061120045"
DGS_DOWN = "4700415-0070031120"
DGS_OPEN_INCIDENT = "4700421-0070440981"
DBS_UNSTABLE = "122055501432"
DBS_HEALTHY = "131055507781"
DBS_ISOLATED = "152055504410"
DCS_LOS = "131055500917"
DWS_SERVICE = "4700900-0099000123"
OPEN_INCIDENT = "IN10482219"
UNKNOWN_SID = "4799999-0099999999"
AMBIGUOUS_NAME = "Arta Mandala"
AMBIGUOUS_DOMAIN = "artamandala.example"
SHARED_PHONE = "0812-0000-3021"
SHARING = {21, 22}  # households


class Health(StrEnum):
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    ISOLATED = "ISOLATED"


@dataclass(frozen=True)
class Contact:
    name: str
    role: str
    email: str
    phone: str


@dataclass(frozen=True)
class Customer:
    reference: str
    name: str
    segment: str
    address: str
    witel: str
    regional: str
    domain: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class Service:
    """`kind` is DATA, INTERNET or TELEPHONE; `graphed` and `reachable` are what MRTG and SecureCRT can do with it."""

    number: str
    kind: str
    name: str
    bandwidth_mbps: float
    customer: str
    address: str
    node: str
    port: str
    health: Health
    price: int
    graphed: bool = True
    reachable: bool = True


@dataclass(frozen=True)
class World:
    customers: tuple[Customer, ...]
    services: tuple[Service, ...]
    by_reference: dict[str, Customer] = field(repr=False)
    by_number: dict[str, Service] = field(repr=False)

    def customer_of(self, number: str) -> Customer:
        return self.by_reference[self.by_number[number].customer]

    def services_of(self, reference: str) -> list[Service]:
        return [service for service in self.services if service.customer == reference]


WITHOUT_DEVICE = {"yohanes"}  # agents of the demonstration whose softphone is not set up: they dial by hand
PLACES = {  # city → (witel, regional)
    "Jakarta": ("Jakarta Centrum", "II"),
    "Bandung": ("Bandung", "III"),
    "Tegal": ("Semarang-Jateng Utara", "IV"),
    "Semarang": ("Semarang-Jateng Utara", "IV"),
    "Solo": ("Solo-Jateng Timur", "IV"),
    "Yogyakarta": ("Yogya-Jateng Selatan", "IV"),
    "Surabaya": ("Suramadu", "V"),
    "Denpasar": ("Bali", "V"),
    "Balikpapan": ("Balikpapan", "VI"),
    "Makassar": ("Sulbagsel", "VII"),
    "Medan": ("Sumut", "I"),
}

# a contact is name|role|mailbox
FIRMS: list[tuple[str, str, str, str, str, list[str]]] = [
    ("2000101", "PT Samudra Niaga Lintas", "DES", "samudra.example", "Jakarta",
     ["Bonar Nababan|Koordinator TI|bonar", "Putu Ayu Lestari|Manajer TI|putu.ayu", "Agus Prasetiyo|Staf TI|agus"]),
    ("2000102", "PT Bank Arta Mandala", "DES", "artamandala.example", "Jakarta",
     ["Cut Meutia Sari|Kepala Jaringan|meutia", "Hendro Kuncoro|Staf Jaringan|hendro"]),
    ("2000103", "PT Energi Pelita Raya", "DES", "pelitaraya.example", "Balikpapan",
     ["La Ode Hamzah|Supervisor TI|laode", "Nadira Paramitha|Staf TI|nadira"]),
    ("2000104", "PT Logistik Nusa Cakra", "DES", "nusacakra.example", "Surabaya",
     ["Andi Tenriawaru|Kepala TI|andi", "Robertus Tanjung|Teknisi|robertus"]),
    ("2000105", "PT Rumah Sakit Medika Sentosa Abadi", "DES", "medikasentosa.example", "Bandung",
     ["Ningsih Wulandari|Kepala SIMRS|ningsih", "Galih Ramadhan|Teknisi|galih"]),
    ("2000201", "Dinas Kominfo Kota Tirtajaya", "DGS", "tirtajaya.example", "Semarang",
     ["Retno Palupi|Kepala Seksi Jaringan|retno", "Suhardi|Pranata Komputer|suhardi"]),
    ("2000202", "Kantor Pajak Wilayah Cendana", "DGS", "pajak-cendana.example", "Yogyakarta",
     ["Made Suarjana|Kepala Subbagian Umum|made", "Yuliana Kase|Staf|yuliana"]),
    ("2000203", "Badan Pendapatan Daerah Kab. Wanasari", "DGS", "bapenda-wanasari.example", "Solo",
     ["Tri Handoko|Kepala Bidang|tri"]),
    ("2000301", "CV Kopi Lereng Merapi", "DBS", "kopimerapi.example", "Yogyakarta",
     ["Satrio Wicaksono|Pemilik|satrio", "Laila Kusumawati|Administrasi|laila"]),
    ("2000302", "UD Sumber Rejeki Jaya", "DBS", "sumberrejeki.example", "Semarang", ["Lim Swandi|Pemilik|swandi"]),
    ("2000303", "Koperasi Tani Makmur", "DBS", "tanimakmur.example", "Solo", ["Paijo Hartono|Ketua|paijo"]),
    ("2000304", "Hotel Melati Indah", "DBS", "melatiindah.example", "Denpasar", ["Ketut Sumerta|Manajer|ketut"]),
    ("2000305", "Koperasi Karyawan Arta Mandala", "DBS", "artamandala.example", "Jakarta",
     ["Dian Puspita|Bendahara|koperasi"]),
    ("2000901", "PT Jaringan Mitra Grosir", "DWS", "mitragrosir.example", "Jakarta", ["Ferdinand Lubis|NOC|noc"]),
    ("2000902", "PT Seluler Kawan Kita", "PL-TSEL", "kawankita.example", "Medan", ["Rosa Hutapea|NOC|noc"]),
]  # fmt: skip

NAMED: list[tuple[str, str, float, str, str, Health]] = [
    (DES_DOWN_VPN, "VPN IP", 10, "2000101", "Tegal", Health.DOWN),
    (DES_HEALTHY, "Astinet", 100, "2000101", "Jakarta", Health.HEALTHY),
    ("4700112-0045127823", "VPN IP", 10, "2000101", "Surabaya", Health.HEALTHY),
    ("4700112-0045127836", "Metro-E", 200, "2000101", "Jakarta", Health.DEGRADED),
    (DES_OPEN_INCIDENT, "Astinet", 50, "2000102", "Jakarta", Health.DOWN),
    ("4700087-0031885529", "VPN IP", 20, "2000102", "Bandung", Health.HEALTHY),
    ("4700087-0031885530", "VPN IP", 20, "2000102", "Medan", Health.DOWN),
    ("4700087-0031885547", "Metro-E", 500, "2000102", "Jakarta", Health.HEALTHY),
    (DES_TWO_INCIDENTS, "Metro-E", 100, "2000103", "Balikpapan", Health.DOWN),
    ("4700203-0052240024", "Astinet", 50, "2000103", "Balikpapan", Health.DEGRADED),
    (DES_UNREACHABLE, "Astinet", 30, "2000104", "Surabaya", Health.HEALTHY),
    ("4700310-0061120052", "VPN IP", 10, "2000104", "Makassar", Health.DOWN),
    ("4700310-0061120069", "SIP Trunk", 4, "2000104", "Surabaya", Health.HEALTHY),
    ("4700352-0063310018", "Astinet", 200, "2000105", "Bandung", Health.HEALTHY),
    ("4700352-0063310025", "VPN IP", 50, "2000105", "Bandung", Health.DEGRADED),
    (DGS_DOWN, "VPN IP", 20, "2000201", "Semarang", Health.DEGRADED),
    ("4700415-0070031137", "Astinet", 300, "2000201", "Semarang", Health.HEALTHY),
    ("4700415-0070031144", "Wifi Manage", 50, "2000201", "Semarang", Health.DOWN),
    (DGS_OPEN_INCIDENT, "VPN IP", 20, "2000202", "Yogyakarta", Health.DOWN),
    ("4700421-0070440998", "Astinet", 100, "2000202", "Yogyakarta", Health.HEALTHY),
    ("4700433-0070550163", "Astinet", 50, "2000203", "Solo", Health.HEALTHY),
    (DBS_UNSTABLE, "IndiBiz HSI", 50, "2000301", "Yogyakarta", Health.DEGRADED),
    ("02745550143", "Telepon", 0, "2000301", "Yogyakarta", Health.HEALTHY),
    ("142055502218", "IndiBiz HSI", 30, "2000302", "Semarang", Health.DOWN),
    ("02455502218", "Telepon", 0, "2000302", "Semarang", Health.DOWN),
    (DBS_HEALTHY, "IndiBiz HSI", 50, "2000303", "Solo", Health.HEALTHY),
    (DBS_ISOLATED, "IndiBiz HSI", 100, "2000304", "Denpasar", Health.ISOLATED),
    ("03615550441", "Telepon", 0, "2000304", "Denpasar", Health.HEALTHY),
    ("122055503305", "IndiBiz HSI", 30, "2000305", "Jakarta", Health.HEALTHY),
    (DWS_SERVICE, "IP Transit", 1000, "2000901", "Jakarta", Health.DOWN),
    ("4700901-0099000456", "Metro-E", 1000, "2000902", "Medan", Health.DEGRADED),
]

UNGRAPHED = {DES_UNREACHABLE, "4700310-0061120069"}
HOUSEHOLDS = 60
FIRST = ["Wulan", "Bambang", "Siti", "Yosef", "Komang", "Rahmat", "Dewi", "Eko", "Maria", "Fajar", "Nur", "Teguh"]
LAST = ["Sasmita", "Hutabarat", "Ramadhani", "Wenda", "Suryani", "Pangestu", "Lubis", "Marbun", "Anggraini", "Kurnia"]
PACKAGES = [(20, 275_000), (30, 330_000), (40, 390_000), (50, 445_000), (100, 750_000)]
PACKAGE_WEIGHTS = [30, 35, 20, 10, 5]


@cache
def world() -> World:
    rng = random.Random(SEED)  # noqa: S311 - a repeatable world, not a secret
    customers = [_firm(*firm, serial=index) for index, firm in enumerate(FIRMS)]
    by_reference = {customer.reference: customer for customer in customers}
    services = [_service(rng, *named) for named in NAMED]
    services += [_extra(rng, customer, index) for customer in customers for index in range(_lacking(customer))]
    for index in range(HOUSEHOLDS):
        customer, service = _household(rng, index)
        by_reference[customer.reference] = customer
        services.append(service)
    by_number = {service.number: service for service in services}
    return World(tuple(by_reference.values()), tuple(services), by_reference, by_number)


def _firm(  # noqa: PLR0917 - called with the rows above
    reference: str, name: str, segment: str, domain: str, city: str, contacts: list[str], *, serial: int
) -> Customer:
    witel, regional = PLACES[city]
    people = []
    for index, contact in enumerate(contacts):
        person, role, mailbox = contact.split("|")
        phone = "0812-0000-1187" if mailbox == "bonar" else f"0812-0000-{1200 + serial * 10 + index:04d}"
        people.append(Contact(person, role, f"{mailbox}@{domain}", phone))
    return Customer(
        reference, name, segment, f"Jl. Niaga No. {serial + 3}, {city}", witel, regional, domain, tuple(people)
    )


def _service(  # noqa: PLR0917 - called with the rows above
    rng: random.Random, number: str, name: str, mbps: float, customer: str, city: str, health: Health
) -> Service:
    kind = "DATA" if "-" in number else "TELEPHONE" if number.startswith("0") else "INTERNET"
    code = city[:3].upper()
    return Service(
        number=number,
        kind=kind,
        name=name,
        bandwidth_mbps=mbps,
        customer=customer,
        address=f"Jl. Melati No. {rng.randint(1, 90)}, {city}",
        node=f"{'PE' if kind == 'DATA' else 'OLT'}-{code}-{rng.randint(1, 4):02d}",
        port=f"{'GE' if kind == 'DATA' else 'GPON'}0/{rng.randint(0, 7)}/{rng.randint(0, 47)}",
        health=health,
        price=rng.choice([350_000, 500_000, 750_000]),
        graphed=number not in UNGRAPHED,
        reachable=number != DES_UNREACHABLE,
    )


def _lacking(customer: Customer) -> int:
    """Enterprises have six services, government bodies four; the others keep what is named above."""
    named = sum(1 for row in NAMED if row[3] == customer.reference)
    return max(0, {"DES": 6, "DGS": 4}.get(customer.segment, 0) - named)


def _extra(rng: random.Random, customer: Customer, index: int) -> Service:
    number = f"47{customer.reference[-5:]}-{90_000_000 + rng.randint(1, 9_999_999)}{index:02d}"
    name, mbps = rng.choice([("Astinet", 50), ("VPN IP", 20), ("VPN IP", 10), ("Metro-E", 100)])
    health = rng.choices([Health.HEALTHY, Health.DEGRADED, Health.DOWN], [50, 20, 30])[0]
    return _service(rng, number, name, mbps, customer.reference, rng.choice(list(PLACES)), health)


def _household(rng: random.Random, index: int) -> tuple[Customer, Service]:
    city = rng.choice(list(PLACES))
    name = "Wulan Sasmita" if index == 0 else f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    mailbox = "wulan" if index == 0 else f"{name.lower().replace(' ', '.')}{index}"
    reference = f"3000{index:03d}"
    phone = SHARED_PHONE if index in SHARING else f"0812-0000-{3000 + index:04d}"
    contact = Contact(name, "Pelanggan", f"{mailbox}@surel.example", phone)
    witel, regional = PLACES[city]
    customer = Customer(
        reference, name, "DCS", f"Perum Griya Asri Blok C{index + 1}, {city}", witel, regional, "", (contact,)
    )
    number = DCS_LOS if index == 0 else f"1{rng.randint(1, 7)}20555{index + 6000:05d}"
    health = Health.DOWN if index == 0 else rng.choices(list(Health), [70, 15, 10, 5])[0]
    mbps, price = rng.choices(PACKAGES, PACKAGE_WEIGHTS)[0]
    service = _service(rng, number, "IndiHome", mbps, reference, city, health)
    return customer, Service(**{**vars(service), "price": price})
