"""SecureCRT: a look into Telkom's devices with canned commands (P-05 6.9)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.readings import BadDataError, Fields
from tenesa.systems.securecrt.values import Command, Output


class SecureCrtClient(SystemClient):
    system = "securecrt"
    label = "SecureCRT"

    def check(self, node: str, port: str, command: Command) -> Output:
        """S-14, W-05 1.2.7: run one canned command. Refused NO_ROUTE, UNAUTHORISED."""

        def read(data: Fields) -> Output:
            data.same("node", node)
            data.same("port", port)
            if data.text("command") != command.value:
                raise BadDataError("command")
            return Output.read(data)

        return self._read("check", read, node=node, port=port, command=command.value)
