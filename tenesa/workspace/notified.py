"""Notices that a step writes, as the table of its desk says; in the step's own transaction."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.notices import services
from tenesa.notices.models import WORDS, Kind, Notice
from tenesa.workflow.case import Case
from tenesa.workflow.rows import before_step
from tenesa.workflow.step import AddRow, Step, StepContext
from tenesa.workspace import let_go, mentions
from tenesa.workspace.desk import Desk, desk_of
from tenesa.workspace.notify import Change

SAID = ("text", "note", "reason", "recommendation", "answer", "facts", "decision")  # inputs that say why; the first


def notices_of(case: Case, step: Step, taken: StepContext) -> Iterator[AddRow]:
    """A row for everybody whom the step tells of it; never for whoever takes it."""
    desk = desk_of(case.procedure_name())
    if desk is None:
        return
    change = Change(case, taken.actor, taken.inputs, before_step(case))
    kinds: dict[int, Kind] = {}
    for rule in desk.notices.get(step.name, ()):
        for person in rule.whom(change):
            if person is not None:
                kinds.setdefault(person, rule.kind)
    given = _given_until_now(desk, change)
    if given is not None and let_go.is_back(desk, case, change.before, step):
        kinds = {given.person_id: Kind.TAKEN} | kinds
        if given.actor_id is not None:
            kinds[given.actor_id] = Kind.LET_GO
    kinds.pop(taken.actor.pk or 0, None)
    services.told(kinds)
    actor = taken.actor if isinstance(taken.actor, User) else None
    words = next((str(taken.inputs[name]) for name in SAID if taken.inputs.get(name)), "") if kinds else ""
    words = mentions.named(words)
    for person, kind in kinds.items():
        to = _("it was given to %(who)s") % {"who": given.person} if given and person == given.actor_id else ""
        yield AddRow(
            Notice(
                person_id=person, kind=kind, procedure=case.procedure_name(), case_id=case.pk, seq=case.version,
                step=step.name, actor=actor, words=" · ".join(filter(None, [to, words]))[:WORDS], at=taken.at,
            )
        )  # fmt: skip


def _given_until_now(desk: Desk, change: Change) -> Notice | None:
    """By what its owner before the step heard that somebody gave it to them. It is theirs no longer: this gives way."""
    owner = change.before.get("owner_id")
    if owner is None or owner == change.case.owner_id:
        return None
    told = Notice.objects.filter(procedure=desk.procedure, case_id=change.case.pk, kind=Kind.GIVEN, person=owner)
    told = told.filter(step__in=[step.name for step in let_go.gives(desk)])
    last = told.select_related("person").order_by("-seq").first()
    if last is not None:
        told.delete()
        services.told([owner])
    return last
