"""IN.OCC.TELK.W-26 5.2, 5.3 at the 147 desk: report, confirmation of data, lists, way out, or the agent's own analysis.

Read it beside the document, in its order: `intake`, `listed`, `own_analysis` and `backend` are W-26, a mixin a section;
`tier2` is what the steps of the callback (`vvip.callbacks.procedure`) do to the call, as steps of the system. What the
document leaves open - who is asked what, the end of a super emergency, a call that comes to nothing - is `lokal`
(ADR-0031): `super_emergency`, `ownership`. `CallProcedure` joins the sections in this order.
"""

from vvip.calls.procedure.backend import Backend
from vvip.calls.procedure.intake import Intake
from vvip.calls.procedure.listed import Listed
from vvip.calls.procedure.own_analysis import OwnAnalysis
from vvip.calls.procedure.ownership import Ownership
from vvip.calls.procedure.super_emergency import SuperEmergency
from vvip.calls.procedure.tier2 import Tier2


class CallProcedure(Intake, Listed, OwnAnalysis, Backend, SuperEmergency, Tier2, Ownership):
    class Meta:
        abstract = True
