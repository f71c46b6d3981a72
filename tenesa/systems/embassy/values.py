"""Quality of an IndiHome or telephone line (P-05 6.11; S-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.reading import Fields
from tenesa.systems.verdict import Condition, Verdict, decimal

WEAK_RX_DBM = -27.0  # lokal: ADR-0004
HIGH_ATTENUATION_DB = 30.0
LOW_SNR_DB = 10.0


@dataclass(frozen=True)
class LineQuality:
    """An offline modem has no levels: they are None then."""

    service_no: str
    online: bool
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
            data.number_or_none("rx_dbm"),
            data.number_or_none("attenuation_db"),
            data.number_or_none("attainable_mbps"),
            data.number_or_none("snr_db"),
            data.moment("last_seen_at"),
        )

    def verdict(self) -> Verdict:
        levels = {
            "Rx": (self.rx_dbm, "dBm"),
            "Redaman": (self.attenuation_db, "dB"),
            "Attainable": (self.attainable_mbps, "Mbps"),
            "SNR": (self.snr_db, "dB"),
        }
        measures = {name: decimal(value, unit) for name, (value, unit) in levels.items() if value is not None}
        if not self.online:
            return Verdict("embassy", Condition.FAULT, "Perangkat pelanggan tidak terhubung (offline).", measures)
        if not measures:
            return Verdict("embassy", Condition.UNKNOWN, "Kualitas saluran tidak terukur.")
        if self.rx_dbm is not None and self.rx_dbm < WEAK_RX_DBM:
            words = f"Daya terima optik lemah ({decimal(self.rx_dbm, 'dBm')})."
            return Verdict("embassy", Condition.FAULT, words, measures)
        if self.attenuation_db is not None and self.attenuation_db > HIGH_ATTENUATION_DB:
            words = f"Redaman saluran tinggi ({decimal(self.attenuation_db, 'dB')})."
            return Verdict("embassy", Condition.FAULT, words, measures)
        if self.snr_db is not None and self.snr_db < LOW_SNR_DB:
            return Verdict("embassy", Condition.FAULT, f"SNR rendah ({decimal(self.snr_db, 'dB')}).", measures)
        return Verdict("embassy", Condition.NORMAL, "Kualitas saluran baik.", measures)
