"""When a customer counts as not reached (W-02 1.2.4; AMB-14): the rule of the purpose "hold"."""

from tenesa.contact.kinds import Purpose
from tenesa.contact.rules import Rule, policy_of


def rule() -> Rule:
    return policy_of(Purpose.HOLD).rule
