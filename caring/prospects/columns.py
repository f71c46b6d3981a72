"""The columns of a prospect, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring.prospects.states import HELD, LEASE, Campaign, Excluded, State
from tenesa.accounts.models import Team, User
from tenesa.contact.numbers import LONGEST
from tenesa.workflow.case import Case

PERSON = models.PROTECT
NOTHING = models.Value([], models.JSONField())


class ProspectColumns(Case):
    """One line of the list of prospects (dapros, P-01 6.4), and how far it was worked on.

    `period` is month N of the list (its first day), `bills` what is unpaid by month ("2026-11" → whole rupiah),
    `oldest_month` the first of them. `phones` are normal numbers, the best first, and `phones_told` those that we were
    told in calls, as {"number", "at", "by"}, the newest last. `score` with `score_facts` says who comes first, and
    `place` is the same for lists, which are ordered one way. `ready` is whether it may be picked now and `ready_at`
    from when. `bills_read_at` is when I-payment was last asked, `bills_problem` why it did not answer.
    `payer_confirmed_at`: until then the call may be with anybody, and no amount is shown. `recall` is the result that
    is to be called again.
    """

    lease = LEASE

    batch_id: int | None
    row_number = models.PositiveIntegerField(_("row"), null=True)
    period = models.DateField(_("period"))
    campaign = models.CharField(_("campaign"), max_length=6, choices=Campaign)
    ncli = models.CharField(_("customer number"), max_length=12, blank=True)
    fastel = models.CharField(_("internet or telephone number"), max_length=LONGEST)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=240, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    regional = models.CharField(_("region"), max_length=20, blank=True)
    witel = models.CharField(_("witel"), max_length=40, blank=True)
    zone = models.CharField(_("time zone"), max_length=4, blank=True)
    package = models.CharField(_("package"), max_length=80, blank=True)
    mbps = models.PositiveIntegerField(_("speed"), null=True)
    bills = models.JSONField(_("unpaid bills"), default=dict)
    total = models.BigIntegerField(_("arrears"))
    oldest_month = models.DateField(_("oldest unpaid month"))
    isolated = models.BooleanField(_("isolated"), default=False)
    last_paid_on = models.DateField(_("last payment"), null=True)
    phones = ArrayField(models.CharField(max_length=LONGEST), verbose_name=_("telephone numbers"), default=list)
    phones_told = models.JSONField(_("numbers told in calls"), default=list, db_default=NOTHING)
    email = models.EmailField(_("e-mail"), blank=True)
    mycx_order = models.CharField(_("order in MyCX"), max_length=30, blank=True)

    team = models.ForeignKey(Team, PERSON, related_name="+", verbose_name=_("team"), null=True, db_index=False)
    score = models.IntegerField(_("score"), default=0)
    place = models.IntegerField(default=0)  # minus the score
    score_facts = models.JSONField(default=dict)
    scored_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    ready = models.BooleanField(default=True)
    ready_at = models.DateTimeField(_("may be called from"), default=timezone.now)
    promised_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, PERSON, related_name="+", verbose_name=_("promised by"), null=True, db_index=False
    )
    at = models.DateTimeField(_("call at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    excluded_why = models.CharField(_("excluded"), max_length=9, choices=Excluded, blank=True)

    bills_read_at = models.DateTimeField(_("bills read"), null=True)
    bills_problem = models.CharField(max_length=300, blank=True)
    dial = models.UUIDField(null=True)
    dialled_at = models.DateTimeField(null=True)
    number_called = models.CharField(max_length=LONGEST, blank=True)
    receiver = models.CharField(_("receiver"), max_length=120, blank=True)
    relation = models.CharField(_("relation"), max_length=40, blank=True)
    payer_confirmed_at = models.DateTimeField(_("payer confirmed"), null=True)
    remark = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def segment(self) -> str:
        """What the targets of its clocks go by."""
        return self.campaign

    @property
    def shows_debt(self) -> bool:
        """While it is held no amount is shown until the receiver is confirmed as the payer (8.1, third party)."""
        return self.state not in HELD or self.payer_confirmed_at is not None  # type: ignore[attr-defined]

    @property
    def arrears(self) -> int | None:
        """Whole rupiah; None where they may not be shown."""
        return self.total if self.shows_debt else None

    def hold(self, owner: User, at: datetime) -> None:
        self.owner, self.promised_to, self.lease_until, self.ready = owner, None, at + LEASE, False
        self.touched_at = at
        self.forget_call()

    @property
    def lacks_result(self) -> bool:
        """Its call is over, whoever made it has gone, and nobody has said what came of it."""
        return self.state == State.IN_CALL and self.lease_until is None  # type: ignore[attr-defined]

    def pass_call(self, owner: User, at: datetime) -> None:
        """Somebody else says what came of the call."""
        self.owner, self.lease_until, self.touched_at = owner, at + LEASE, at

    def learn_number(self, number: str, by: User, at: datetime) -> None:
        """A number that we were told; it is the first to be tried."""
        self.phones = [number, *(one for one in self.phones if one != number)]
        known = [one for one in self.phones_told if one["number"] != number]
        self.phones_told = [*known, {"number": number, "at": at.isoformat(), "by": str(by)}]

    def let_go(self, at: datetime) -> None:
        """Nobody's again, and to be picked at once."""
        self.owner, self.lease_until = None, None
        self.wait_until(at, at)
        self.forget_call()

    def wait_until(self, moment: datetime, now: datetime) -> None:
        """To be picked from that moment on; the sweep makes it ready then."""
        self.ready_at, self.ready = moment, moment <= now

    def forget_call(self) -> None:
        self.dial, self.dialled_at, self.number_called = None, None, ""
        self.receiver, self.relation, self.payer_confirmed_at = "", "", None

    @property
    def not_called_because(self) -> str:
        """Why it is excluded, in words; "" where it is not."""
        return " · ".join(filter(None, (self.get_excluded_why_display(), self.remark))) if self.excluded_why else ""

    @property
    def is_paid(self) -> bool:
        """Nothing is owed any more; who is in the call ends it first."""
        return self.total == 0
