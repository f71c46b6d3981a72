"""The agents' softphone (requirements 9, S-25)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields
from tenesa.systems.softphone.values import CallLog


class SoftphoneClient(SystemClient):
    system = "softphone"
    label = "Softphone"

    def dial(self, number: str, *, agent: str, key: str) -> str:
        """S-25: call a number from the agent's device → the call's id. Refused NO_DEVICE, BUSY (the agent is in a
        call), INVALID."""

        def read(data: Fields) -> str:
            data.same("number", number)
            return data.text("call_id")

        return self._write("dial", read, key=key, body={"number": number, "agent": agent})

    def hang_up(self, call_id: str) -> None:
        """S-25: end a call; one that has ended stays as it is. Refused NOT_FOUND."""

        def read(data: Fields) -> None:
            data.same("call_id", call_id)

        return self._write("hang_up", read, key=f"hang-up:{call_id}", body={"call_id": call_id})

    def call_log(self, call_id: str) -> CallLog:
        """S-25: how a call stands. Refused NOT_FOUND."""

        def read(data: Fields) -> CallLog:
            data.same("call_id", call_id)
            return CallLog.read(data)

        return self._read("call_log", read, call_id=call_id)
