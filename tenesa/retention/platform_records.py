"""The records of the platform itself: mails set aside, calls of no case, incidents, trouble reports, logs."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import PresenceChange
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal, NumberState
from tenesa.escalation.models import Escalation
from tenesa.escalation.states import ENDED
from tenesa.incidents.models import Incident
from tenesa.mail.models import InboundMail
from tenesa.notices.models import Kind as NoticeKind
from tenesa.notices.models import Notice
from tenesa.reporting.models import Export, Sample
from tenesa.retention.kinds import Kind, Member, belong, member, register
from tenesa.systems.operations import REPAIRED
from tenesa.systems.trouble import UNSOLVED, TroubleReport
from tenesa.workspace.models import Batch

EVERY = Q(pk__isnull=False)
OF_NO_CASE = Q(case_id=None)
OF_REQUESTS = Q(kind__in=[NoticeKind.ASKED, NoticeKind.DECIDED])  # those of a case go with it
THEN = _("the day it was written")


def registered() -> None:
    belong("timers.mark.timer")
    member(Escalation._meta.label_lower, Member(Q(state__in=ENDED)))
    register(
        Kind(
            InboundMail, _("Raw mails of no case (set aside, repeated)"), Role.TEAM_LEADER,
            Q(status__in=["IGNORED", "DUPLICATE"]), "stored_at", prefix="SM", where=OF_NO_CASE,
            counts_from=_("the day it came"),
        ),
        Kind(
            TroubleReport, _("Reports of tool trouble"), Role.SUPERVISOR, ~Q(state__in=UNSOLVED),
        ),
        Kind(
            Incident, _("Copies of incidents of NOSSA"), Role.TEAM_LEADER, Q(status__in=REPAIRED), "read_at",
            prefix="IN", counts_from=_("the day it was read last, repaired"),
        ),
        Kind(
            NumberState, _("States of telephone numbers"), Role.TEAM_LEADER, EVERY, "at", prefix="NS",
            counts_from=_("the last call that told of it"), batch=1_000,
        ),
        Kind(Export, _("Log of exports"), Role.SUPERVISOR, EVERY, "at", prefix="EX", counts_from=THEN, batch=1_000,
             parts=("reporting.exportend.export",)),
        Kind(Notice, _("Notices of requests that a second person decides"), Role.SUPERVISOR, EVERY, "at", prefix="PM",
             where=OF_REQUESTS, counts_from=THEN, batch=1_000),
        Kind(Batch, _("Steps on several cases at once"), Role.SUPERVISOR, EVERY, "at", prefix="PS", counts_from=THEN),
        Kind(Sample, _("Samples drawn for QC"), Role.QCO, EVERY, "at", prefix="SP", counts_from=THEN),
        Kind(PresenceChange, _("Changes of presence"), Role.SUPERVISOR, EVERY, "at", prefix="PC", counts_from=THEN,
             batch=1_000),
        *(
            Kind(model, label, Role.TEAM_LEADER, EVERY, "at", prefix=prefix, where=OF_NO_CASE, counts_from=THEN,
                 batch=1_000)
            for model, label, prefix in (
                (ContactAttempt, _("Contact proofs of no case: attempts"), "CA"),
                (Dial, _("Contact proofs of no case: dials"), "DL"),
                (DialRefusal, _("Contact proofs of no case: refused calls"), "DR"),
            )
        ),
    )  # fmt: skip
