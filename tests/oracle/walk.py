"""A walk over a procedure on real rows: from each situation every offered step is taken and every answer comes.

A situation is a state with what else decides which steps are offered. The walk goes on from each new one and takes
everything back behind itself, so that a hundred situations cost one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.offered import Offer
from tenesa.workflow.perform import perform, refusals
from tenesa.workflow.step import StepForm, steps_of

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """Something that happens outside the offered steps; `by_people` where a person does it at another desk."""

    label: str
    happens: Callable[[], object]
    by_people: bool = False


@dataclass(frozen=True)
class Situation:
    state: str
    offers: frozenset[str]
    facts: Hashable = ()

    def __str__(self) -> str:
        return f"{self.state} {self.facts} ({', '.join(sorted(self.offers))})"


@dataclass
class Way:
    """How a procedure is walked.

    `turn`: who acts now, and on which case: the one that is walked, or one that hangs on it. `inputs`: what a person
    can enter, by step, where the fields' own choices do not do. `owed`: whether the answer of somebody outside is the
    way on. `aside`: steps that keep the state and open no way. `detours`: steps and answers taken in one situation of
    each state, never a way to an end.
    """

    turn: Callable[[Any], Iterable[tuple[Any, User]]]
    ended: Callable[[Any], bool]
    inputs: Mapping[str, Callable[[Any], Sequence[Inputs]]] = field(default_factory=dict)
    answers: Callable[[Any], Iterable[Answer]] = lambda case: ()
    facts: Callable[[Any], Hashable] = lambda case: ()
    arrive: Callable[[Any], object] = lambda case: None
    owed: Callable[[Any], bool] = lambda case: False
    aside: Collection[str] = ()
    detours: Collection[str] = ()


Edge = tuple[str, bool, Situation]  # what was done, whether by a person, where it led


class Walk:
    def __init__(self, way: Way) -> None:
        self.way = way
        self.edges: dict[Situation, set[Edge]] = {}
        self.owed: set[Situation] = set()
        self.ended: set[Situation] = set()
        self.took: set[tuple[str, str]] = set()
        self.steps: set[tuple[type[Case], str]] = set()

    def go(self, case: Any) -> Situation:
        """Walk on from the case as it is stored, and tell where it stood."""
        self.way.arrive(_again(case))
        case = _again(case)
        offers = [(offer, user) for one, user in self.way.turn(case) for offer in self._offers(one, user)]
        here = Situation(case.state, frozenset(offer.step.name for offer, _user in offers), self.way.facts(case))
        if here in self.edges:
            return here
        found = self.edges[here] = set()
        if self.way.owed(case):
            self.owed.add(here)
        if self.way.ended(case):
            self.ended.add(here)
            offers = []
        for offer, user in offers:
            name = offer.step.name
            if name in self.way.detours and (case.state, name) in self.took:
                continue
            self.took.add((case.state, name))
            self.steps.add((type(offer.case), name))
            for given in self._inputs(offer):
                there = self._try(case, lambda: _take(offer.case, name, user, given))  # noqa: B023
                found |= {(name, True, there)} if there else set()
        for answer in self.way.answers(case):
            if answer.label in self.way.detours and (case.state, answer.label) in self.took:
                continue
            self.took.add((case.state, answer.label))
            there = self._try(case, answer.happens)
            found |= {(answer.label, answer.by_people, there)} if there else set()
        return here

    def _offers(self, case: Case, user: User) -> Iterator[Offer]:
        for step in steps_of(type(case)).values():
            if step.name in self.way.aside or case.state not in step.source or step.roles.isdisjoint(user.roles):  # type: ignore[attr-defined]
                continue
            if not refusals(case, step, user):
                yield Offer(step, [], case, user)

    def _inputs(self, offer: Offer) -> Sequence[Inputs]:
        if offer.step.name in self.way.inputs:
            return self.way.inputs[offer.step.name](offer.case)
        return [filled(offer.form)] if offer.form else [{}]

    def _try(self, case: Case, act: Callable[[], object]) -> Situation | None:
        """Where it leads; None where another case, which the step moves, refuses it now."""
        with transaction.atomic():
            try:
                act()
            except NotNow:
                there = None
            else:
                there = self.go(case)
            transaction.set_rollback(True)
        return there

    def dead_ends(self, without: Collection[str] = ()) -> list[Situation]:
        """Situations from which nobody whose turn it is comes to an end, were the steps `without` not there."""
        alive = set(self.ended)
        while True:
            more = {
                one
                for one, ways in self.edges.items()
                if one not in alive
                and any(
                    target in alive and label not in {*without, *self.way.detours} and (by_people or one in self.owed)
                    for label, by_people, target in ways
                )
            }
            if not more:
                return sorted((one for one in self.edges if one not in alive), key=str)
            alive |= more

    @property
    def states(self) -> set[str]:
        return {str(one.state) for one in self.edges}

    def untaken(self, model: type[Case], *, but: Collection[str] = ()) -> set[str]:
        """Steps of persons that move a case, and that the walk nowhere took."""
        moving = {name for name, step in steps_of(model).items() if step.target and step.by_people and not step.opens}
        return moving - {name for of, name in self.steps if of is model} - set(but)


def _again(case: Case) -> Any:
    return type(case)._default_manager.get(pk=case.pk)


def _take(case: Case, name: str, user: User, given: Inputs) -> None:
    try:
        perform(_again(case), name, actor=user, data=given)
    except InvalidInput as refused:
        raise AssertionError(f"{case.state}: {name} is offered, but {given} is refused: {refused.errors}") from refused  # type: ignore[attr-defined]


def filled(form: StepForm) -> dict[str, Any]:
    """What a person sends who leaves what stands there and fills in the rest; the first choice where one is asked."""
    given: dict[str, Any] = {}
    for bound in form:
        if bound.field.disabled or isinstance(bound.field, forms.FileField):
            continue
        value = bound.value()
        given[bound.name] = value if value not in (None, "", []) else _anything(bound.field)
    return {name: value for name, value in given.items() if value is not None}


def _anything(asked: forms.Field) -> Any:
    if not asked.required:
        return None
    choices: Any = getattr(asked, "choices", ())
    if isinstance(asked, forms.MultipleChoiceField):
        return [value for value, _label in choices][:1]
    if isinstance(asked, forms.ChoiceField):
        return next(value for value, _label in choices if value)
    if isinstance(asked, forms.BooleanField):
        return "on"
    if isinstance(asked, forms.DateTimeField):
        return f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    if isinstance(asked, forms.DateField):
        return f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    return "seperti dikatakan"
