"""OB.IN.OCC.TELK.P-01 5.3, 8 steps 3 - 6: a result is entered into both applications, judged by QC and checked.

`Entry` is step 6 and clause 5.3, `Quality` step 4, `Checking` step 5. Appeals, leases and samples are `lokal`
(requirements 8.1; ADR-0037). What QC has judged never changes: a recall makes another result in its place.
"""

from caring.results.procedure.checking import Checking
from caring.results.procedure.entry import Entry
from caring.results.procedure.quality import Quality


class ResultProcedure(Entry, Quality, Checking):
    class Meta:
        abstract = True
