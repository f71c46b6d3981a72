"""Quality of an IndiHome or telephone line and what is asked of it (P-05 6.11; S-16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenesa.systems.readings import Fields
from tenesa.systems.verdict import Condition, Verdict, decimal


class Keeps(StrEnum):
    """How a value stands to its limit."""

    MET = "met"
    RISK = "risk"
    BREACH = "breach"


@dataclass(frozen=True)
class Limit:
    """At `at_risk` a value becomes doubtful, beyond `breached` it is a fault; which way is worse follows from them."""

    at_risk: float
    breached: float

    def judge(self, value: float) -> Keeps:
        high_is_bad = self.breached > self.at_risk
        beyond, near = (
            (value > self.breached, value > self.at_risk)
            if high_is_bad
            else (value < self.breached, value < self.at_risk)
        )
        return Keeps.BREACH if beyond else Keeps.RISK if near else Keeps.MET


# lokal: ADR-0014; an administrator may change them (`LineLimit`)
LIMITS: dict[str, Limit] = {
    "rx_dbm": Limit(-25.0, -27.0),
    "attenuation_db": Limit(25.0, 30.0),
    "snr_db": Limit(15.0, 10.0),
    "attainable_percent": Limit(110.0, 90.0),
}
NAMES = {  # measure → (label, unit, what is wrong beyond the limit)
    "rx_dbm": ("Rx", "dBm", "Daya terima optik lemah"),
    "attenuation_db": ("Redaman", "dB", "Redaman saluran tinggi"),
    "snr_db": ("SNR", "dB", "SNR rendah"),
    "attainable_percent": ("Attainable", "% dari bandwidth", "Attainable rate di bawah bandwidth"),
}


@dataclass(frozen=True)
class Judged:
    """One measured value beside its limits, kept with the reading: limits may change later, this does not."""

    measure: str
    label: str
    unit: str
    value: float
    at_risk: float
    breached: float
    state: Keeps


@dataclass(frozen=True)
class LineQuality:
    """An offline modem has no levels: they are None then. A telephone has no bandwidth."""

    service_no: str
    online: bool
    bandwidth_mbps: float | None
    rx_dbm: float | None
    attenuation_db: float | None
    attainable_mbps: float | None
    snr_db: float | None
    last_seen_at: datetime

    @classmethod
    def read(cls, data: Fields) -> LineQuality:
        return cls(
            data.text("service_no"),
            data.flag("online"),
            data.number_or_none("bandwidth_mbps"),
            data.number_or_none("rx_dbm"),
            data.number_or_none("attenuation_db"),
            data.number_or_none("attainable_mbps"),
            data.number_or_none("snr_db"),
            data.moment("last_seen_at"),
        )

    @property
    def attainable_percent(self) -> float | None:
        if self.attainable_mbps is None or not self.bandwidth_mbps:
            return None
        return round(100 * self.attainable_mbps / self.bandwidth_mbps, 1)

    def judged(self, limits: Mapping[str, Limit] = LIMITS) -> list[Judged]:
        """Every value that was measured, beside what is asked of it."""
        found = []
        for measure, limit in limits.items():
            value = getattr(self, measure)
            if value is not None:
                label, unit, _fault = NAMES[measure]
                found.append(Judged(measure, label, unit, value, limit.at_risk, limit.breached, limit.judge(value)))
        return found

    def verdict(self, limits: Mapping[str, Limit] = LIMITS) -> Verdict:
        judged = self.judged(limits)
        measures = {each.label: decimal(each.value, each.unit) for each in judged}
        if self.attainable_mbps is not None:
            measures["Attainable"] = decimal(self.attainable_mbps, "Mbps")
        if not self.online:
            return Verdict("embassy", Condition.FAULT, "Perangkat pelanggan tidak terhubung (offline).", measures)
        if not measures:
            return Verdict("embassy", Condition.UNKNOWN, "Kualitas saluran tidak terukur.")
        for each in judged:
            if each.state == Keeps.BREACH:
                words = f"{NAMES[each.measure][2]} ({decimal(each.value, each.unit)})."
                return Verdict("embassy", Condition.FAULT, words, measures)
        near = ", ".join(each.label for each in judged if each.state == Keeps.RISK)
        words = f"Kualitas saluran masih dalam batas; mendekati batas: {near}." if near else "Kualitas saluran baik."
        return Verdict("embassy", Condition.NORMAL, words, measures)
