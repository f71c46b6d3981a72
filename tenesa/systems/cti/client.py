"""CTI: the category of a caller and the state of an agent (W-26 5.3.2, W-05 1.1.8)."""

from __future__ import annotations

from datetime import datetime

from tenesa.systems.cti.values import Agent, AgentState, Caller
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields


class CtiClient(SystemClient):
    system = "cti"
    label = "CTI"

    def category(self, number: str) -> Caller:
        """S-20, W-26 5.3.2: the category of a telephone number in any writing; UNKNOWN is an answer too."""

        def read(data: Fields) -> Caller:
            data.same("number", number)
            return Caller.read(data)

        return self._read("category", read, number=number)

    def agent_state(self, login: str) -> Agent:
        """S-20: the state in which the CTI has an agent. Refused NOT_FOUND before the first one is set."""

        def read(data: Fields) -> Agent:
            data.same("login", login)
            return Agent.read(data)

        return self._read("agent_state", read, login=login)

    def set_agent_state(self, login: str, state: AgentState, since: datetime, *, key: str) -> Agent:
        """S-20, W-05 1.1.8: set an agent's state; one that is older than what the CTI has is left aside. The answer is
        the state that holds."""

        def read(data: Fields) -> Agent:
            data.same("login", login)
            return Agent.read(data)

        body = {"login": login, "state": state.value, "since": since.isoformat()}
        return self._write("set_agent_state", read, key=key, body=body)
