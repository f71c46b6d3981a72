"""Eyebeam, the softphone of the outbound desks (P-01 6.7; requirements 9, S-25), as the port of all softphones."""

from __future__ import annotations

from datetime import datetime

from tenesa.systems.http import SystemClient
from tenesa.systems.readings import BadDataError, Fields
from tenesa.systems.softphone.values import CallLog

STATES = {"TRYING": "RINGING", "ESTABLISHED": "CONNECTED", "TERMINATED": "ENDED"}
# SIP's final answer → result; 480 is temporarily unavailable, 487 cancelled by who called, 603 declined
RESULTS = {
    200: "ANSWERED", 404: "INVALID", 408: "NO_ANSWER", 480: "OFF", 486: "BUSY", 487: "CANCELLED", 603: "REJECTED",
}  # fmt: skip


class EyebeamClient(SystemClient):
    """The same three methods as `SoftphoneClient`, of a telephone that speaks of accounts and SIP's codes."""

    system = "eyebeam"
    label = "Eyebeam"

    def dial(self, number: str, *, agent: str, key: str) -> str:
        """S-25: call a number from the agent's account → the call's id. Refused NO_DEVICE, BUSY, INVALID."""

        def read(data: Fields) -> str:
            data.same("to", number)
            return data.text("id")

        return self._write("call", read, key=key, body={"to": number, "account": agent})

    def hang_up(self, call_id: str) -> None:
        """S-25: end a call; one that has ended stays as it is. Refused NOT_FOUND."""

        def read(data: Fields) -> None:
            data.same("id", call_id)

        return self._write("end", read, key=f"end:{call_id}", body={"id": call_id})

    def call_log(self, call_id: str) -> CallLog:
        """S-25: how a call stands. Refused NOT_FOUND."""

        def read(data: Fields) -> CallLog:
            data.same("id", call_id)
            return _log(data)

        return self._read("history", read, id=call_id)


def _log(data: Fields) -> CallLog:
    code = data.whole_or_none("sip")
    if code is not None and code not in RESULTS:
        raise BadDataError("sip")
    ended: datetime | None = data.moment_or_none("ended")
    return CallLog(
        call_id=data.text("id"),
        number=data.text("to"),
        agent=data.text("account"),
        state=STATES[data.one_of("state", STATES)],
        result="" if code is None else RESULTS[code],
        started_at=data.moment("started"),
        ended_at=ended,
        duration=data.whole("talk_seconds"),
        recording=data.words("recording"),
    )
