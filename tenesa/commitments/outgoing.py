"""What a step says about a promise: make it, put it off, let it expire, settle it. Rows in the step's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tenesa.audit.models import Event
from tenesa.commitments.models import Commitment
from tenesa.workflow.case import Case

State = Commitment.State


def _unsettled(case: Case, kind: str) -> Commitment | None:
    mine = Commitment.objects.select_for_update().filter(
        procedure=case.procedure_name(), case_id=case.pk, kind=kind, state__in=Commitment.UNSETTLED
    )
    return mine.first()


def _settle(commitment: Commitment, state: State, at: datetime) -> None:
    commitment.state, commitment.closed_at = state, at
    commitment.save(update_fields=["state", "closed_at"])


@dataclass(frozen=True)
class Promise:
    """A new promise; one of the kind that is still open is thereby extended."""

    kind: str
    until: datetime

    def write(self, case: Case, event: Event) -> None:
        if (before := _unsettled(case, self.kind)) is not None:
            _settle(before, State.EXTENDED, event.at)
        Commitment.objects.create(
            procedure=case.procedure_name(), case_id=case.pk, kind=self.kind, made_at=event.at, until=self.until
        )


@dataclass(frozen=True)
class Extended:
    """The promise lives on elsewhere, in another case's row."""

    kind: str

    def write(self, case: Case, event: Event) -> None:
        if (open_ := _unsettled(case, self.kind)) is not None:
            _settle(open_, State.EXTENDED, event.at)


@dataclass(frozen=True)
class Expired:
    """Its time is over and what was promised has not happened."""

    kind: str

    def write(self, case: Case, event: Event) -> None:
        if (open_ := _unsettled(case, self.kind)) is not None and open_.until <= event.at:
            open_.state = Commitment.State.EXPIRED
            open_.save(update_fields=["state"])


@dataclass(frozen=True)
class Settled:
    """What was promised has happened: kept when in time (and within `grace`), else broken."""

    kind: str
    grace: timedelta = timedelta()

    def write(self, case: Case, event: Event) -> None:
        if (open_ := _unsettled(case, self.kind)) is not None:
            late = event.at > open_.until + self.grace
            _settle(open_, State.BROKEN if late else State.KEPT, event.at)
