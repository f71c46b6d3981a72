"""Traffic of a link (P-05 6.10; S-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields
from tenesa.systems.verdict import Condition, Verdict, decimal

SATURATED = 0.95  # lokal: ADR-0004; of the bandwidth
SILENT_MBPS = 0.05
LOSSY_PERCENT = 2.0


@dataclass(frozen=True)
class Sample:
    at: datetime
    in_mbps: float
    out_mbps: float

    @classmethod
    def read(cls, data: Fields) -> Sample:
        return cls(data.moment("at"), data.number("in_mbps"), data.number("out_mbps"))


@dataclass(frozen=True)
class Traffic:
    sid: str
    bandwidth_mbps: float
    loss_percent: float
    series: tuple[Sample, ...]

    @classmethod
    def read(cls, data: Fields) -> Traffic:
        return cls(
            data.text("sid"),
            data.number("bandwidth_mbps"),
            data.number("loss_percent"),
            data.many("series", Sample.read),
        )

    def verdict(self) -> Verdict:
        if not self.series:
            return Verdict("mrtg", Condition.UNKNOWN, "Grafik trafik masih kosong.")
        last = self.series[-1]
        measures = {
            "Masuk": decimal(last.in_mbps, "Mbps"),
            "Keluar": decimal(last.out_mbps, "Mbps"),
            "Bandwidth": decimal(self.bandwidth_mbps, "Mbps"),
            "Loss": decimal(self.loss_percent, "%"),
        }
        if max(last.in_mbps, last.out_mbps) < SILENT_MBPS:
            return Verdict("mrtg", Condition.FAULT, "Tidak ada trafik pada link.", measures)
        if self.loss_percent > LOSSY_PERCENT:
            words = f"Paket hilang {decimal(self.loss_percent, '%')} pada link."
            return Verdict("mrtg", Condition.FAULT, words, measures)
        if max(last.in_mbps, last.out_mbps) > SATURATED * self.bandwidth_mbps:
            return Verdict("mrtg", Condition.NORMAL, "Trafik berjalan, bandwidth terpakai penuh.", measures)
        return Verdict("mrtg", Condition.NORMAL, "Trafik berjalan normal.", measures)
