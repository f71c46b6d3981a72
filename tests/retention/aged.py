"""One record of every kind with something hanging on it, and the walk through every reference of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.utils import timezone

from caring.dapros.models import DaprosPart, DaprosRow
from caring.models import (
    CalibrationRound,
    DaprosBatch,
    Difference,
    Exclusion,
    ExclusionList,
    FaultReport,
    Instrument,
    InstrumentItem,
    Promise,
    PromiseLine,
    Prospect,
    Quota,
    Reconciliation,
    ScriptSeen,
    Verdict,
    Withdrawal,
)
from caring.reconciliation.models import SideFile
from segmentation.models import ListImport
from segmentation.openings import RecordOpening
from segmentation.special_list.batches import ListImportRow
from tenesa.accounts.models import PresenceChange, User
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal, NumberState
from tenesa.incidents.models import Incident, IncidentStatus
from tenesa.mail.models import Blob, InboundAttachment, InboundMail, OutboundMail
from tenesa.notices.models import Notice
from tenesa.reporting.models import Export, ExportEnd, Measurement, Sample
from tenesa.retention.models import Disposal
from tenesa.retention.structure import by_number
from tenesa.systems.models import ExternalCall
from tenesa.systems.trouble import TroubleReport
from tenesa.workflow.procedures import procedures
from tenesa.workspace.models import Batch, Draft, Note
from tests import factories
from tests.caring import desk as caring
from tests.caring import results
from tests.oracle.world import placed
from tests.vvip import callbacks
from tickets.models import EmailCase, Expedite, Line, ToolCheck
from vvip.models import SpecialCase

People = Mapping[Role, User]


def mail_case(people: People, **columns: Any) -> EmailCase:
    """A closed case with all that its procedure may hang on it."""
    case, agent = factories.put(factories.opened(), "CLOSED", **columns), people[Role.AGENT_EMAIL]
    mine = {"procedure": "tickets.emailcase", "case_id": case.pk}
    InboundMail.objects.filter(pk=case.first_mail_id).update(status="FILED", **mine)
    blob = Blob.keep([f"lampiran {case.pk}".encode()])[0]
    InboundAttachment.objects.create(mail=case.first_mail, blob=blob, name="a.txt", content_type="text/plain", size=1)
    event = case.last_event()
    OutboundMail.objects.create(
        event=event, mailbox=case.mailbox, purpose="answer", template="answer", template_version=0, to=["a@b.example"],
        subject="s", text="t", message_id=f"<{case.pk}@keluar>", idempotency_key=f"k{case.pk}", **mine,
    )  # fmt: skip
    call = ExternalCall.objects.create(
        event=event, system="nossa", operation="find", payload={}, idempotency_key=f"c{case.pk}", **mine
    )
    incident = Incident.objects.get_or_create(number="IN777", defaults={"status": "CLOSED"})[0]
    Line.objects.create(case=case, product_id=f"P{case.pk}", incident=incident)
    Expedite.objects.create(case=case, unit="NOC", channel="PHONE", person="Budi", answer="ya", by=agent)
    ToolCheck.objects.create(case=case, tool="nossa", state="NORMAL", summary="baik", by=agent, call=call)
    Note.objects.create(author=agent, text="catatan", **mine)
    Draft.objects.create(author=agent, step="close", **mine)
    dial = Dial.objects.create(number="0812000111", purpose="hold", agent=agent, **mine)
    ContactAttempt.objects.create(
        number="0812000111", purpose="hold", agent=agent, result="NO_ANSWER", dial=dial, **mine
    )
    Measurement.objects.create(
        kpi="response", day=timezone.localdate(), desk=case.desk, seq=1, at=timezone.now(), reference="P-1", **mine
    )
    return case


def special_case(people: People) -> SpecialCase:
    """A closed call with a callback that is done."""
    made = callbacks.placed("DONE")
    type(made.call).objects.filter(pk=made.call_id).update(state="CLOSED", changed_at=timezone.now())
    return made.call


def prospect(people: People) -> Prospect:
    """A prospect who agreed, with a final result, its verdict and a promise that was kept."""
    result = results.placed("FINAL")
    one = result.prospect
    Prospect.objects.filter(pk=one.pk).update(state="DONE_AGREE", ready=False)
    promise = Promise.objects.create(
        result=result, ncli=one.ncli, period=one.period, made_on=result.day, state="KEPT", settled_at=timezone.now(),
        agent=result.agent, desk=result.desk,
    )  # fmt: skip
    PromiseLine.objects.create(promise=promise, due=result.day, amount=1)
    gate = Instrument.objects.filter(kind="GATE", approved_at__isnull=False).latest("version")
    Verdict.objects.create(
        result=result, result_version=1, kind="DECIDING", decision="APPROVED", gate=gate, qco=people[Role.QCO],
        agent=result.agent, desk=result.desk,
    )  # fmt: skip
    agent = people[Role.AGENT_CARING]
    ScriptSeen.objects.create(prospect=one, attempt=1, version=callbacks.script(), user=agent)
    FaultReport.objects.create(
        prospect=one, procedure="tickets.emailcase", case_id=factories.opened().pk, number="TN1", by=agent
    )
    return one


def dapros(people: People) -> DaprosBatch:
    batch = DaprosBatch.objects.create(
        name="d.xlsx", sha256="0" * 64, size=1, period=caring.this_month(), by=people[Role.TEAM_LEADER], status="DONE",
        finished_at=timezone.now(),
    )  # fmt: skip
    DaprosPart.objects.create(batch=batch, place=1, content=b"x")
    DaprosRow.objects.create(batch=batch, row_number=1, refused=True)
    Withdrawal.objects.create(batch=batch, kind="WITHDRAW", why="salah", by=people[Role.TEAM_LEADER])
    return batch


def exclusions(people: People) -> ExclusionList:
    """Approved, and lifted."""
    leader, other, now = people[Role.TEAM_LEADER], people[Role.SUPERVISOR], timezone.now()
    listed = ExclusionList.objects.create(
        source="surat", reason="sengketa", by=leader, approved=True, decided_by=other, decided_at=now
    )
    Exclusion.objects.create(
        list=listed, of="PHONE", value="0812999", reason="sengketa", valid_from=now.date(), lifted_by=leader,
        lifted_at=now, lifted_why="selesai",
    )  # fmt: skip
    return listed


def reconciliation(people: People) -> Reconciliation:
    """A signed run with a difference about a result."""
    leader, now = people[Role.TEAM_LEADER], timezone.now()
    run = Reconciliation.objects.create(
        desk=factories.desk("CARING"), first=now.date(), last=now.date(), asked_by=leader, status="SIGNED",
        signed_by=leader, signed_at=now, finalised_at=now, closes=True,
    )  # fmt: skip
    SideFile.objects.create(reconciliation=run, system="MYCX", name="f", sha256="1" * 64, content=b"y")
    result = prospect(people).results.get()
    Difference.objects.create(reconciliation=run, system="MYCX", kind="MISSING", state="SETTLED", result=result,
                              ours={"fastel": result.fastel})  # fmt: skip
    return run


def instrument(people: People) -> Instrument:
    one = Instrument.objects.create(kind="GATE", version=90, drafted_by=people[Role.QCO], withdrawn_at=timezone.now())
    InstrumentItem.objects.create(instrument=one, place=1, code="a", words="b")
    return one


def calibration(people: People) -> CalibrationRound:
    gate = Instrument.objects.filter(kind="GATE", approved_at__isnull=False).latest("version")
    card = Instrument.objects.filter(kind="SCORECARD", approved_at__isnull=False).latest("version")
    qco, now = people[Role.QCO], timezone.now()
    one = CalibrationRound.objects.create(
        desk=factories.desk("CARING"), gate=gate, scorecard=card, sample=sample(people), opened_by=qco, closed_by=qco,
        closed_at=now,
    )  # fmt: skip
    one.results.add(prospect(people).results.get())
    return one


def sample(people: People) -> Sample:
    today = timezone.localdate()
    return Sample.objects.create(purpose="x", desk=factories.desk("CARING"), first=today, last=today, seed=1)


def incident(people: People) -> Incident:
    one = Incident.objects.create(number="IN900", status="CLOSED")
    IncidentStatus.objects.create(incident=one, status="CLOSED", at=timezone.now())
    return one


def export(people: People) -> Export:
    one = Export.objects.create(by=people[Role.SUPERVISOR], report="x", kind="csv")
    ExportEnd.objects.create(export=one, rows=1, finished=True)
    return one


def import_of_list(people: People) -> ListImport:
    """A file that was read, with a row that became an entry, which is off the list by now."""
    entry: Any = placed(procedures()["segmentation.listentry"], "ENDED", people)
    one = ListImport.objects.create(
        name="l.xlsx", sha256="2" * 64, content=b"z", by=people[Role.SUPERVISOR], status="DONE",
        finished_at=timezone.now(),
    )  # fmt: skip
    ListImportRow.objects.create(batch=one, line=1, said="baris", entry=entry)
    return one


def opening(people: People) -> RecordOpening:
    return RecordOpening.objects.create(customer=factories.customer(), by=people[Role.AGENT_147], reason="telepon")


def _call(model: Any, **columns: Any) -> Callable[[People], Any]:
    return lambda people: model.objects.create(number="0812999", agent=people[Role.AGENT_147], **columns)


def batch(people: People) -> Batch:
    one = Batch.objects.create(by=people[Role.TEAM_LEADER], token="x", procedure="tickets.emailcase", step="note")
    one.items.create(procedure=one.procedure, case_id=factories.opened().pk)
    return one


RECORDS: Mapping[str, Callable[[People], Any]] = {
    "tickets.emailcase": mail_case,
    "vvip.specialcase": special_case,
    "caring.prospect": prospect,
    "caring.daprosbatch": dapros,
    "caring.exclusionlist": exclusions,
    "caring.reconciliation": reconciliation,
    "caring.instrument": instrument,
    "caring.calibrationround": calibration,
    "caring.quota": lambda people: Quota.objects.create(
        team=people[Role.TEAM_LEADER].memberships.get().team, asked=1, given=1, by=people[Role.TEAM_LEADER]
    ),
    "pending.pendingrequest": lambda people: placed(procedures()["pending.pendingrequest"], "RESUMED", people),
    "segmentation.listentry": lambda people: placed(procedures()["segmentation.listentry"], "ENDED", people),
    "segmentation.listimport": import_of_list,
    "segmentation.recordopening": opening,
    "systems.troublereport": lambda people: TroubleReport._base_manager.create(
        desk=factories.desk(), state="RETURNED", tool="mycx", text="mati", since=timezone.now() - timedelta(minutes=1)
    ),
    "mail.inboundmail": lambda people: factories.inbound(status="IGNORED", reason="mesin"),
    "incidents.incident": incident,
    "contact.numberstate": lambda people: NumberState.objects.create(number="0812999", state="DEAD"),
    "contact.contactattempt": _call(ContactAttempt, purpose="hold", result="NO_ANSWER"),
    "contact.dial": _call(Dial, purpose="hold"),
    "contact.dialrefusal": _call(DialRefusal, purpose="hold", why="HOURS", words="malam"),
    "notices.notice": lambda people: Notice.objects.create(
        person=people[Role.TEAM_LEADER], kind="ASKED", procedure="caring.offerversion", case_id=1, seq=0
    ),
    "reporting.export": export,
    "reporting.sample": sample,
    "workspace.batch": batch,
    "accounts.presencechange": lambda people: PresenceChange.objects.create(
        user=people[Role.AGENT_147], state="AVAILABLE"
    ),
}


def orphans() -> list[str]:
    """Every row that refers to one that is not there: by foreign key, and by procedure and number."""
    found = list(_by_key())
    for model in by_number():
        for name, procedure in procedures().items():
            there = procedure._base_manager.values("pk")
            rows = model._base_manager.filter(procedure=name, case_id__isnull=False).exclude(case_id__in=there)
            found += [f"{model._meta.label} {pk}" for pk in rows.values_list("pk", flat=True)]
    return found


def _by_key() -> Iterator[str]:
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.local_concrete_fields:
                if isinstance(field, ForeignKey) and field.related_model._meta.managed:
                    target = field.related_model._meta
                    cursor.execute(
                        f'SELECT count(*) FROM "{model._meta.db_table}" a WHERE a."{field.column}" IS NOT NULL'
                        f' AND NOT EXISTS (SELECT 1 FROM "{target.db_table}" b'
                        f' WHERE b."{field.target_field.column}" = a."{field.column}")'
                    )
                    if count := cursor.fetchone()[0]:
                        yield f"{model._meta.label}.{field.name}: {count}"


def what_became(run: Disposal) -> dict[str, str]:
    """By number, what the list and its execution say."""
    found = {}
    for line in run.records.select_related("outcome"):
        done = getattr(line, "outcome", None)
        found[line.number] = line.why or ("due" if done is None else "removed" if done.removed else done.why)
    return found
