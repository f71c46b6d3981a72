"""The 180 incidents that exist before the demo begins, with their worklogs (requirements 12.3)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from tenesa.systems.simulator.seed import (
    DCS_LOS,
    DES_HEALTHY,
    DES_OPEN_INCIDENT,
    DES_TWO_INCIDENTS,
    DGS_OPEN_INCIDENT,
    NAMED,
    OPEN_INCIDENT,
    SEED,
    Health,
    Service,
    world,
)

COUNT = 180
FIRST_NUMBER = 10_480_001
OPEN = ("NEW", "DRAFT", "QUEUED", "ANALYSIS", "BACKEND", "INPROG", "WAIT", "PENDING", "SLAHOLD")
WEIGHTS = {
    "BACKEND": 30, "INPROG": 12, "QUEUED": 8, "PENDING": 8, "FINALCHECK": 6, "RESOLVED": 8, "MEDIACARE": 6,
    "SALAMSIM": 4, "CLOSED": 18,
}  # fmt: skip
REPAIRED = ("FINALCHECK", "RESOLVED", "MEDIACARE", "SALAMSIM", "CLOSED")
BUSY = {"4700087-0031885530", "4700415-0070031144", "4700901-0099000456"}
KEPT_FREE = {row[0] for row in NAMED} - BUSY | {DCS_LOS}  # stories need these without further incidents

REPAIRS = [
    ("Kabel optik putus terkena galian", "Penyambungan kabel optik pada jalur utama"),
    ("Konektor patchcord kotor", "Pembersihan dan penggantian patchcord"),
    ("Modul SFP rusak", "Penggantian modul SFP pada perangkat PE"),
    ("Gangguan catu daya di sisi pelanggan", "Catu daya pulih, perangkat dinyalakan ulang"),
    ("Konfigurasi VLAN tidak sesuai", "Penyesuaian konfigurasi VLAN"),
    ("Redaman tinggi pada drop core", "Penggantian drop core dan pengukuran ulang"),
]
SYMPTOMS = ["OFFLINE", "INTERMITTENT", "LINK_FLAPPING", "SLOW", "PACKET_LOSS", "NO_BROWSING"]
PENDING_REASONS = ["Pelanggan minta dijadwalkan ulang", "Menunggu izin masuk gedung", "Lokasi tutup"]
STEPS = [
    ("Tiket diterima", "QUEUED"),
    ("Analisis gangguan oleh tim teknis", "BACKEND"),
    ("Pengukuran jarak jauh dilakukan", "BACKEND"),
    ("Teknisi menuju lokasi", "INPROG"),
    ("Teknisi tiba di lokasi dan melakukan pengecekan", "INPROG"),
    ("Perbaikan selesai, layanan diuji", "FINALCHECK"),
    ("Layanan normal, menunggu konfirmasi pelanggan", "RESOLVED"),
]


def INCIDENTS(now: datetime) -> list[dict[str, Any]]:  # noqa: N802 - reads like the constant that it is
    """All incidents, oldest first, in the shape that NOSSA answers with."""
    rng = random.Random(SEED + 1)  # noqa: S311 - a repeatable world, not a secret
    free = [service for service in world().services if service.number not in KEPT_FREE]
    faulty = [service for service in free if service.health in {Health.DOWN, Health.DEGRADED}]
    found = _named(rng, now)
    numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + COUNT))
    taken = {incident["service_no"] for incident in found}
    parents = [f"IN{FIRST_NUMBER + index}" for index in (3, 7)]
    while len(found) < COUNT:
        status = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        service = rng.choice(free if status in REPAIRED else faulty)
        if status not in REPAIRED:
            if service.number in taken and len(taken) < len(faulty):
                continue
            taken.add(service.number)
        age = timedelta(days=rng.uniform(2, 60)) if status in REPAIRED else timedelta(hours=rng.uniform(1, 72))
        number = f"IN{next(numbers)}"
        gamas = rng.choice(parents) if rng.random() < 0.05 and number not in parents else ""
        found.append(_incident(rng, number, service, status, now - age, gamas=gamas))
    return sorted(found, key=lambda incident: str(incident["reported_at"]))


def _named(rng: random.Random, now: datetime) -> list[dict[str, Any]]:
    """The incidents that the stories name."""
    services = world().by_number
    two = services[DES_TWO_INCIDENTS]
    return [
        _incident(rng, OPEN_INCIDENT, services[DGS_OPEN_INCIDENT], "BACKEND", now - timedelta(hours=5)),
        _incident(rng, "IN10482301", services[DES_OPEN_INCIDENT], "INPROG", now - timedelta(hours=20)),
        _incident(rng, "IN10481177", services[DES_OPEN_INCIDENT], "CLOSED", now - timedelta(days=30)),
        _incident(rng, "IN10482290", two, "BACKEND", now - timedelta(hours=30)),
        _incident(rng, "IN10482344", two, "QUEUED", now - timedelta(hours=3)),
        _incident(rng, "IN10481020", two, "CLOSED", now - timedelta(days=41)),
        _incident(rng, "IN10481950", services[DES_HEALTHY], "MEDIACARE", now - timedelta(days=2)),
    ]


def _incident(
    rng: random.Random, number: str, service: Service, status: str, reported: datetime, *, gamas: str = ""
) -> dict[str, Any]:
    customer = world().by_reference[service.customer]
    contact = rng.choice(customer.contacts)
    cause, solution = rng.choice(REPAIRS)
    repaired = status in REPAIRED
    logs = worklogs(rng, number, status, reported)
    lapul = int(rng.random() < 0.06)
    return {
        **facts_of(service),
        "number": number,
        "status": status,
        "status_at": logs[-1]["created_at"],
        "summary": f"{service.name} {service.number} terganggu",
        "description": "Pelanggan melaporkan layanan tidak dapat digunakan.",
        "symptom": rng.choice(SYMPTOMS),
        "reported_at": reported.isoformat(),
        "reported_by": contact.name,
        "contact_phone": contact.phone,
        "contact_email": contact.email,
        "channel": rng.choice(["EMAIL", "PHONE", "PHONE", "APP"]),
        "source_ticket": "GAMAS" if gamas else "CUSTOMER",
        "owner_group": f"TA HD WITEL {customer.witel.upper()}",
        "gamas": gamas,
        "pending_reason": rng.choice(PENDING_REASONS) if status in {"PENDING", "SLAHOLD"} else "",
        "cause": cause if repaired else "",
        "solution": solution if repaired else "",
        "resolved_at": logs[-1]["created_at"] if repaired else None,
        "lapul": lapul,
        "gaul": int(rng.random() < 0.04),
        "worklogs": logs,
    }


def facts_of(service: Service) -> dict[str, Any]:
    """The fields of an incident that follow from its service."""
    customer = world().by_reference[service.customer]
    return {
        "service_no": service.number,
        "product": service.name,
        "customer": customer.name,
        "customer_reference": customer.reference,
        "segment": customer.segment,
        "regional": customer.regional,
        "witel": customer.witel,
    }


def worklogs(rng: random.Random, number: str, status: str, reported: datetime) -> list[dict[str, Any]]:
    """Two to nine entries from the report up to the present status."""
    reached = next((i for i, (_words, at) in enumerate(STEPS) if at == status), len(STEPS) - 1)
    steps = STEPS[: max(2, reached + 1)]
    if status in {"PENDING", "SLAHOLD"}:
        steps = [*STEPS[:4], ("Tiket pending", "")]
    extra = [("Koordinasi dengan petugas lapangan", "")] * rng.randint(0, 2)
    moment, logs = reported, []
    for index, (words, _status) in enumerate([*steps[:1], *extra, *steps[1:]]):
        moment += timedelta(minutes=rng.uniform(4, 25))
        viewable = words not in {"Koordinasi dengan petugas lapangan", "Pengukuran jarak jauh dilakukan"}
        logs.append(worklog(f"{number}-{index + 1}", words, client_viewable=viewable, at=moment))
    return logs


def worklog(
    id_: str,
    summary: str,
    *,
    at: datetime,
    client_viewable: bool = True,
    log_type: str = "UPDATE",
    detail: str = "",
    author: str = "NOSSA",
) -> dict[str, Any]:
    return {
        "id": id_,
        "log_type": log_type,
        "summary": summary,
        "detail": detail,
        "client_viewable": client_viewable,
        "owner_group": "TENESA" if log_type == "CLIENTNOTE" else "BACKEND",
        "created_by": author,
        "created_at": at.isoformat(timespec="seconds"),
    }
