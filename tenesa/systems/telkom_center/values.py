"""The path of a link through the network (P-05 6.8; S-13)."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.systems.readings import Fields
from tenesa.systems.verdict import Condition, Verdict, decimal

MANY_FLAPS = 6  # lokal: ADR-0004; more changes a day than this is an unstable link


@dataclass(frozen=True)
class Hop:
    node: str
    port: str
    up: bool
    flaps_24h: int
    latency_ms: float

    @classmethod
    def read(cls, data: Fields) -> Hop:
        return cls(
            data.text("node"), data.text("port"), data.flag("up"), data.whole("flaps_24h"), data.number("latency_ms")
        )


@dataclass(frozen=True)
class Topology:
    sid: str
    hops: tuple[Hop, ...]

    @classmethod
    def read(cls, data: Fields) -> Topology:
        return cls(data.text("sid"), data.many("hops", Hop.read))

    def verdict(self) -> Verdict:
        down = next((hop for hop in self.hops if not hop.up), None)
        flapping = next((hop for hop in self.hops if hop.flaps_24h > MANY_FLAPS), None)
        measures = {
            "Simpul": str(len(self.hops)),
            "Latensi": decimal(sum(hop.latency_ms for hop in self.hops), "ms"),
            "Flap 24 jam": str(sum(hop.flaps_24h for hop in self.hops)),
        }
        if not self.hops:
            return Verdict("telkom_center", Condition.UNKNOWN, "Topologi layanan belum terdaftar.")
        if down:
            words = f"Link terputus pada {down.node} port {down.port}."
            return Verdict("telkom_center", Condition.FAULT, words, measures)
        if flapping:
            words = f"Link naik-turun {flapping.flaps_24h} kali dalam 24 jam pada {flapping.node} port {flapping.port}."
            return Verdict("telkom_center", Condition.FAULT, words, measures)
        return Verdict("telkom_center", Condition.NORMAL, "Semua link pada jalur layanan aktif dan stabil.", measures)
