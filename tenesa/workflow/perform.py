"""The one door: nothing else writes the state of a case (architecture, "The one door")."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.accounts.roles import Role
from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.workflow import locks, rows
from tenesa.workflow.batched_on_commit import batched
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, UnknownStep
from tenesa.workflow.repeated import Request
from tenesa.workflow.sparing import spare
from tenesa.workflow.step import START, AddRow, Decides, Effect, OnOther, Outgoing, Step, StepContext, steps_of

logger = logging.getLogger(__name__)
C = TypeVar("C", bound=Case)

listeners: list[Callable[[Case], None]] = []  # told after commit; filled in AppConfig.ready, must not raise
# told of a step that is not possible now, after it was rolled back; filled in AppConfig.ready
refused: list[Callable[[Case, Step, Actor], None]] = []
# rows that are written with a step, beside its own effects (notices); filled in AppConfig.ready
beside: list[Callable[[Case, Step, StepContext], Iterable[AddRow]]] = []


def perform(
    case: C,
    step: str,
    *,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
    key: str | None = None,
    **inputs: Any,
) -> C:
    """Take a step and return the case as it now is; the object passed in is only a reference.

    `data` (and `files`) are raw inputs for the step's form, `inputs` are values already clean. A `key` that was used
    on this case before means the same request came twice: the case is returned and nothing is done again.

    Raises UnknownStep, NotYourStep, NotNow, InvalidInput or KeyReused; then nothing was written, sent or called.
    """
    declared = _declared(case, step)
    request = Request.of(key, declared, actor, inputs if data is None else data, files) if key else None

    def once() -> C:
        locked, done = _lock(case, actor, request)
        if request is not None and done is not None:
            request.same_as(done)
            return locked
        check(locked, declared, actor)
        clean = _clean(locked, declared, actor, data, files) if data is not None else inputs
        _take(locked, declared, actor, clean, request)
        _follow(locked, declared)
        return locked

    try:
        return locks.in_order(case, once)
    except NotNow:
        for tell in refused:
            tell(case, declared, actor)
        raise


def perform_beside(case: Case, step: str, *, where: Collection[str] = (), **inputs: Any) -> None:
    """Take a step of the system on a second case, inside the transaction of the step that wants it: refused, both are.

    With `where` it is taken only if the case, once locked, is in one of these states. Raises as `perform` does, and
    `locks.LockFirst`, upon which the first step begins again.
    """
    declared = _declared(case, step)
    locked, _done = _lock(case, SYSTEM, None)
    if where and locked.state not in where:  # type: ignore[attr-defined]
        return
    check(locked, declared, SYSTEM)
    _take(locked, declared, SYSTEM, inputs, None)
    _follow(locked, declared)


def perform_on_first(waiting: rows.Statement[C], step_for: Callable[[C], str], *, actor: Actor) -> C | None:
    """Take a step on the first case of the statement that nobody else is taking, in one transaction with the search.

    None when there is none. The statement shows only cases that the actor sees.
    """
    with batched(), transaction.atomic():
        case = waiting.lock(actor)
        if case is None:
            return None
        declared = _declared(case, step_for(case))
        check(case, declared, actor)
        _take(case, declared, actor, {}, None)
        _follow(case, declared)
    return case


def open_case(case: C, step: str, *, actor: Actor, request: Request | None = None, **inputs: Any) -> C:
    """Store a new case by its opening step; the same door as `perform`, without a row to lock."""
    declared = _declared(case, step)
    if case.pk is not None or not declared.opens:
        raise UnknownStep(step)
    with transaction.atomic():
        _authorise(declared, actor)
        _check_guards(case, declared, actor)
        case.pk = _next_id(type(case))
        _take(case, declared, actor, inputs, request)
    return case


def _declared(case: Case, step: str) -> Step:
    declared = steps_of(type(case)).get(step)
    if declared is None:
        raise UnknownStep(_("This procedure has no step “%(step)s”.") % {"step": step})
    return declared


def _lock(case: C, actor: Actor, request: Request | None) -> tuple[C, str | None]:
    locked, done = rows.lock(type(case), case.pk, actor, request.key if request else None)
    if locked is None or not locked.is_seen_by(actor):
        raise UnknownStep(_("There is no such case."))
    return locked, done


def check(case: Case, step: Step, actor: Actor) -> None:
    """Raise NotYourStep or NotNow where the actor may not take the step on the case as it is now."""
    _authorise(step, actor)
    _check_state(case, step)
    _check_guards(case, step, actor)


def _authorise(step: Step, actor: Actor) -> None:
    if step.roles.isdisjoint(actor.roles):
        who = ", ".join(sorted(str(role.label) for role in step.roles))
        raise NotYourStep(_("“%(step)s” is a step for: %(who)s.") % {"step": step.label, "who": who})


def _check_state(case: Case, step: Step) -> None:
    if case.state not in step.source:  # type: ignore[attr-defined]
        label = case.get_state_display()  # type: ignore[attr-defined]
        raise NotNow(
            [
                _("“%(step)s” is not possible: the case is now “%(state)s”. Nothing was changed.")
                % {"step": step.label, "state": label}
            ]
        )


def refusals(case: Case, step: Step, actor: Actor) -> list[str]:
    """The guards' reasons against this step now; empty when all let pass."""
    return [reason for guard in step.guards if (reason := guard.refuses(case, actor))]


def _check_guards(case: Case, step: Step, actor: Actor) -> None:
    for guard in step.guards:
        if reason := guard.refuses(case, actor):
            raise NotNow([reason])


def _clean(
    case: Case, step: Step, actor: Actor, data: Mapping[str, Any], files: Mapping[str, Any] | None
) -> dict[str, Any]:
    if step.form is None:
        return {}
    form = step.form(data, files, case=case, actor=actor)
    if not form.is_valid():
        raise InvalidInput({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    return form.cleaned_data


def _take(case: Case, step: Step, actor: Actor, inputs: Mapping[str, Any], request: Request | None) -> None:
    taken = StepContext(actor, timezone.now(), inputs)
    source = str(case.state)  # type: ignore[attr-defined]
    body = getattr(case, step.name)
    body(**_wanted(step.name, type(case), {"actor": actor, "at": taken.at, **inputs}))
    case.forget_readings()  # the body may have changed the case's rows
    case.after_step(step, taken)
    case.version += 1
    event = _event(case, step, taken, source, request)
    case.chain = event.hash
    planned: list[tuple[Effect, Outgoing]] = []
    for effect in step.effects:
        with spare(effect.label):
            planned += [(effect, outgoing) for outgoing in [*effect.plan(case, taken)]]
    locks.hold(case, [outgoing.other for _effect, outgoing in planned if isinstance(outgoing, OnOther)])
    more = [one.row for rows_of in beside for one in rows_of(case, step, taken)]
    _write(case, event, planned, more, new=source == START)
    case.forget_readings()
    transaction.on_commit(lambda: announce(case))


def _write(
    case: Case, event: Event, planned: Sequence[tuple[Effect, Outgoing]], more: Sequence[Model], *, new: bool
) -> None:
    ahead, added, after = [], [*more], []
    for effect, outgoing in planned:
        if isinstance(outgoing, Decides):
            with spare(effect.label):
                ahead.append(outgoing.ahead(case, event))
        elif isinstance(outgoing, AddRow):
            added.append(outgoing.row)
        elif getattr(outgoing, "before_case", False):
            with spare(effect.label):
                outgoing.write(case, event)
        else:
            after.append((effect, outgoing))
    rows.write(case, event, new=new, ahead=ahead, added=added)
    case.found_presence = None  # true under the lock only
    for effect, outgoing in after:
        with spare(effect.label):
            outgoing.write(case, event)


def _follow(case: Case, step: Step) -> None:
    """Take the system's steps that follow at once, where state and guards allow it."""
    for name in step.then:
        next_step = _declared(case, name)
        if case.state in next_step.source and not refusals(case, next_step, SYSTEM):  # type: ignore[attr-defined]
            _take(case, next_step, SYSTEM, {}, None)
            _follow(case, next_step)


def _wanted(name: str, procedure: type[Model], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that the body declares; the others are for the effects."""
    declared = _parameters(procedure, name)
    return {key: value for key, value in inputs.items() if key in declared}


@cache
def _parameters(procedure: type[Model], name: str) -> frozenset[str]:
    return frozenset(inspect.signature(inspect.unwrap(getattr(procedure, name))).parameters)


def _event(case: Case, step: Step, taken: StepContext, source: str, request: Request | None) -> Event:
    actor = taken.actor
    role = min(step.roles & actor.roles, key=list(Role).index)
    event = Event(
        procedure=case.procedure_name(),
        case_id=case.pk,
        seq=case.version,
        at=taken.at,
        actor_id=actor.pk if isinstance(actor, User) else None,
        role=role,
        step=step.name,
        clause=case.clause_of(step),
        revision=f"{case.document} rev {case.revision}",
        source=source,
        target=str(case.state),  # type: ignore[attr-defined]
        data=_recorded(step, taken.inputs),
        key=request.key if request else None,
        fingerprint=request.fingerprint if request else "",
        previous_hash=case.chain,
    )
    event.hash = event.digest()
    return event


def _recorded(step: Step, inputs: Mapping[str, Any]) -> dict[str, Any]:
    left_out = step.form.left_out if step.form else ()
    masked = step.form.masked if step.form else ()
    return {
        name: mask(str(value)) if name in masked else _plain(value)
        for name, value in inputs.items()
        if name not in left_out and value not in (None, "", [], ())
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, UploadedFile):
        return value.name
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if value is None or isinstance(value, bool | int | float):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _next_id(model: type[Case]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return cast("int", cursor.fetchone()[0])


def announce(case: Case) -> None:
    """Tell who listens that this case changed; call it after commit."""
    for listener in listeners:
        try:
            listener(case)
        except Exception:
            logger.exception("live update of %s not published", case)
