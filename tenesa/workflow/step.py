"""How a written procedure is declared: `step`, `guard` and `effect`.

A step is a django-fsm transition that also carries its clause, its label, who may take it, what it asks for, when it
is refused (guards) and what it sets going (effects). Buttons, REST, the refusal tests, the state chart and the table
of `manage.py sop` are all read from this one declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from tenesa.accounts.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from tenesa.accounts.models import Actor
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case

REQUIRED = _("required")
START = ""  # the source of a step that opens a case: before it there is none

Body = TypeVar("Body", bound=Callable[..., Any])


@dataclass(frozen=True)
class NeededWhen:
    """A field is required while one of the fields `names` has one of `values`; `words` say so beside its label."""

    names: tuple[str, ...]
    values: Collection[str]
    words: _StrOrPromise = REQUIRED


class StepForm(forms.Form):
    """The inputs of a step; page and REST bind the same class. It knows the case and who asks.

    A value that stands in a field comes from what is known of this case. `left_out` names fields kept out of the
    history (they are stored elsewhere), `masked` those kept half hidden, `needed_when` optional fields that another
    field's choice makes required. `asks`: no field is required by itself, yet something has to be entered. `several`:
    it asks for many cases together, of which `case` is one.
    """

    left_out: Sequence[str] = ()
    masked: Sequence[str] = ()
    needed_when: Mapping[str, NeededWhen] = {}
    asks = False

    def __init__(self, *args: Any, case: Any, actor: Actor, several: bool = False, **kwargs: Any) -> None:
        self.case = case
        self.actor = actor
        self.several = several
        super().__init__(*args, **kwargs)

    def __getitem__(self, name: str) -> forms.BoundField:
        """A choice that has to be made begins with none: nothing is taken for chosen that nobody chose."""
        bound = super().__getitem__(name)
        field: Any = bound.field
        if type(field) is forms.ChoiceField and type(field.widget) is forms.Select and field.required:
            every: Any = field.choices
            known = list(every)
            if bound.initial in {None, ""} and known and known[0][0] != "":
                field.choices = [("", "—"), *known]
        return bound


class Written(Protocol):
    """A row for the outer world (mail, call): inserted in the step's transaction, acted on after commit.

    One with a true `before_case` also decides columns of the case: it is written before the case's own row, with an
    event that has no number yet.
    """

    def write(self, case: Case, event: Event) -> object: ...


@dataclass(frozen=True)
class Ahead:
    """SQL that runs ahead of the case's own row. The last one's `given`, a SELECT of one row, decides `columns`.

    `parts` are single statements with their values.
    """

    parts: Sequence[tuple[str, Sequence[Any]]]
    columns: tuple[str, ...]
    given: str
    given_values: Sequence[Any]


class Decides:
    """Outgoing that also decides columns of the case; goes out in one round trip with it. The event has no number."""

    def ahead(self, case: Case, event: Event) -> Ahead:
        raise NotImplementedError


class OnOther:
    """Outgoing that takes a step of another case, which is locked beside this one (`other_case.StepOn`)."""

    other: Case

    def write(self, case: Case, event: Event) -> object:
        raise NotImplementedError


@dataclass(frozen=True)
class AddRow:
    """A row that belongs to the case (a note, a check): stored with the step, in one round trip with the case."""

    row: Model


Outgoing = Written | Decides | OnOther | AddRow


@dataclass(frozen=True)
class StepContext:
    """A step being taken: what the body and the effects may know about it."""

    actor: Actor
    at: datetime
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Guard:
    """A condition of a step. `refuses(case, actor)` gives the refusal in words, or "" to let pass."""

    label: _StrOrPromise
    refuses: Callable[[Any, Actor], str]


@dataclass(frozen=True)
class Effect:
    """What a step sets going. `plan(case, taken)` describes it; nothing is sent."""

    label: _StrOrPromise
    plan: Callable[[Any, StepContext], Iterable[Outgoing]]


def guard(label: _StrOrPromise) -> Callable[[Callable[[Any, Actor], str]], Guard]:
    """Make a guard of a function; the label says in the document's words what must hold."""
    return lambda refuses: Guard(label, refuses)


def effect(label: _StrOrPromise) -> Callable[[Callable[[Any, StepContext], Iterable[Outgoing]]], Effect]:
    """Make an effect of a function; the label says what will leave."""
    return lambda plan: Effect(label, plan)


@dataclass(frozen=True)
class Step:
    """The declaration of one step. `target` is empty where the state stays, several where the body returns it."""

    name: str
    clause: str
    label: _StrOrPromise
    roles: frozenset[Role]
    source: tuple[str, ...]
    target: tuple[str, ...]
    form: type[StepForm] | None
    guards: tuple[Guard, ...]
    effects: tuple[Effect, ...]
    then: tuple[str, ...]
    requirements: tuple[str, ...]
    activities: tuple[str, ...]

    @property
    def opens(self) -> bool:
        return self.source == (START,)

    @property
    def by_people(self) -> bool:
        return self.roles != {Role.SYSTEM}


def step(
    *,
    clause: str,
    label: _StrOrPromise,
    roles: Iterable[Role],
    source: str | Sequence[str],
    target: str | Sequence[str] | None = None,
    form: type[StepForm] | None = None,
    guards: Sequence[Guard] = (),
    effects: Sequence[Effect] = (),
    then: Sequence[str] = (),
    requirement: str = "",
    activity: str = "",
) -> Callable[[Body], Body]:
    """Declare a method of a `Case` as a step of its procedure.

    Without a `target` the state stays; a sequence of targets means that the body returns one of them. `then` names
    steps of the system that follow in the same transaction where their guards let them. `requirement` names the rows of
    the requirements (E-05, PD-03 …) that the step fulfils, `activity` the lines of the activity matrix (P-05 7.1 -
    7.12). The body may declare `actor` and `at` beside the step's inputs.
    """
    sources = [source] if isinstance(source, str) else list(source)
    targets: tuple[str, ...] = () if target is None else (target,) if isinstance(target, str) else tuple(target)
    fsm_target = RETURN_VALUE(*targets) if len(targets) > 1 else targets[0] if targets else None

    def declare(body: Body) -> Body:
        declared = Step(
            name=body.__name__,
            clause=clause,
            label=label,
            roles=frozenset(roles),
            source=tuple(map(str, sources)),
            target=tuple(map(str, targets)),
            form=form,
            guards=tuple(guards),
            effects=tuple(effects),
            then=tuple(then),
            requirements=tuple(requirement.split()),
            activities=tuple(activity.split()),
        )
        moved: Body = transition(field="state", source=sources, target=fsm_target, custom={"step": declared})(body)
        moved.declared = declared  # type: ignore[attr-defined]
        return moved

    return declare


@cache
def steps_of(procedure: type[Model]) -> Mapping[str, Step]:
    """All steps of a procedure by name, in the order of the document (the order they are written in)."""
    written = [(name, member) for cls in _sections(procedure) for name, member in vars(cls).items()]
    names = dict.fromkeys(name for name, member in written if _declared(member))
    return {name: declared for name in names if (declared := _declared(getattr(procedure, name)))}


def _sections(procedure: type) -> Iterator[type]:
    """The classes that a procedure is made of: its sections in the order that it names them, after what they share."""
    for base in procedure.__bases__:
        yield from _sections(base)
    yield procedure


def _declared(member: object) -> Step | None:
    declared = getattr(member, "declared", None)
    return declared if isinstance(declared, Step) else None
