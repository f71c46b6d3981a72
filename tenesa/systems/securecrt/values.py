"""Looking into a network device (P-05 6.9; S-14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tenesa.systems.readings import Fields
from tenesa.systems.verdict import Condition, Verdict, whole

MANY_ERRORS = 1000  # lokal: ADR-0004


class Command(StrEnum):
    """The whole vocabulary: nobody can send a device any other word (S-14, "never free commands")."""

    INTERFACE_STATUS = "interface-status"
    INTERFACE_ERRORS = "interface-errors"
    PING_CUSTOMER = "ping-customer"


@dataclass(frozen=True)
class Output:
    node: str
    port: str
    command: Command
    text: str

    @classmethod
    def read(cls, data: Fields) -> Output:
        return cls(data.text("node"), data.text("port"), Command(data.text("command")), data.text("text"))

    def verdict(self) -> Verdict:
        """Read from the interface status; other outputs are for people."""
        line = re.search(r"line protocol is (up|down)", self.text)
        errors = re.search(r"(\d{1,9}) input errors", self.text)
        measures = {"Node": self.node, "Port": self.port}
        if errors:
            measures["Galat input"] = whole(int(errors.group(1)))
        if line is None:
            return Verdict("securecrt", Condition.UNKNOWN, "Keluaran perangkat perlu dibaca petugas.", measures)
        if line.group(1) == "down":
            return Verdict("securecrt", Condition.FAULT, f"Port {self.port} pada {self.node} mati.", measures)
        if errors and int(errors.group(1)) > MANY_ERRORS:
            words = f"Port {self.port} pada {self.node} aktif dengan {whole(int(errors.group(1)))} galat input."
            return Verdict("securecrt", Condition.FAULT, words, measures)
        words = f"Port {self.port} pada {self.node} aktif tanpa gangguan."
        return Verdict("securecrt", Condition.NORMAL, words, measures)
