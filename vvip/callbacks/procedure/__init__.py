"""IN.OCC.TELK.W-26 5.2.6, 5.3.4: Tier 2 takes a callback, analyses, reaches the customer, escalates.

Read it beside the document: `queue`, `contact` and `escalation` are W-26, a mixin a section; `ending` is ours. Every
step that moves the matter moves the call with it, in the same transaction. Order of the queue, lease, hours, attempts
and end are `lokal` (requirements 7.1; ADR-0032). `CallbackProcedure` joins the sections in this order.
"""

from vvip.callbacks.procedure.contact import Contact
from vvip.callbacks.procedure.ending import Ending
from vvip.callbacks.procedure.escalation import Escalation
from vvip.callbacks.procedure.queue import Queue


class CallbackProcedure(Queue, Contact, Escalation, Ending):
    class Meta:
        abstract = True
