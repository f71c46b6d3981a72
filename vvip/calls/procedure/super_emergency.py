"""News and end of a super emergency: `lokal` (requirements 7.1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.step import step
from vvip.calls import effects, forms, guards
from vvip.calls.procedure.base import DESK, LEADERS, LOKAL, SYSTEM, CallBase
from vvip.calls.states import ALL, NEWS_OWED, State


class SuperEmergency(CallBase):
    class Meta:
        abstract = True

    # --- super emergency: news and end (requirements 7.1) --------------------------------------------------------
    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("Tell the customer the news"),
        roles=DESK,
        source=[*NEWS_OWED, State.SOLVED],
        target=None,
        form=forms.NewsForm,
        guards=[guards.is_emergency, guards.owns_emergency],
        effects=[effects.news_told, effects.end_question],
    )
    def tell_news(self, *, at: datetime) -> None:
        self.news_due = at + timedelta(minutes=settings.W26["news_minutes"])

    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("The news are late: to the team leader"),
        roles=SYSTEM,
        source=NEWS_OWED,
        target=None,
        guards=[guards.is_emergency],
        effects=[effects.news_missed],
    )
    def miss_news(self) -> None: ...

    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("Name another owner of the super emergency"),
        roles=LEADERS,
        source=NEWS_OWED,
        target=None,
        form=forms.EmergencyOwnerForm,
        guards=[guards.is_emergency],
    )
    def name_owner(self, *, owner: User) -> None:
        self.emergency_owner = owner
        if self.state == State.BACKEND:
            self.owner = owner

    @step(
        requirement="V-22",
        clause=LOKAL,
        label=_("End the super emergency"),
        roles=LEADERS,
        source=ALL,
        target=None,
        form=forms.ReasonForm,
        guards=[guards.is_emergency],
        effects=[effects.emergency_off],
    )
    def end_emergency(self) -> None:
        self._end_emergency()

    @step(
        requirement="V-22",
        clause=LOKAL,
        label=_("The super emergency is over"),
        roles=SYSTEM,
        source=State.CLOSED,
        target=None,
        guards=[guards.is_emergency],
        effects=[effects.emergency_off],
    )
    def end_by_time(self) -> None:
        self._end_emergency()
