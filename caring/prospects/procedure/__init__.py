"""OB.IN.OCC.TELK.P-01 5.1, 5.2, 8 steps 1 - 3: a prospect is picked, its bills are read, the customer is called.

Steps 1 to 3 of clause 8 did not survive in the document; they are restored from clauses 3, 5.1 and 5.2 and public
sources (AMB-27) and marked so. Attempts, hours, order of the queue and leases are `lokal` (requirements 8.1; ADR-0037).
"""

from caring.prospects.procedure.bills import Bills
from caring.prospects.procedure.calling import Calling
from caring.prospects.procedure.ending import Ending
from caring.prospects.procedure.picking import Picking


class ProspectProcedure(Picking, Bills, Calling, Ending):
    class Meta:
        abstract = True
