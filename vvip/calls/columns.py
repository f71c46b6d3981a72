"""The columns of a 147 call, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.classes import CustomerClass
from segmentation.models import Customer, Service
from segmentation.special_list.states import NO_TIER, TIERS, Action, Criterion
from tenesa.accounts.models import User
from tenesa.contact import zones
from tenesa.knowledge.models import Version
from tenesa.workflow.case import Case
from vvip.calls.states import Asked, Category, Channel, Kind, Outcome, Source, Topic

LEASE = timedelta(minutes=30)


class CallColumns(Case):
    """Who called about what, what was asked to be sure of them, and what the lists said then.

    Numbers are kept in their normal form. Of the verification only which questions were asked and matched is kept,
    never the answers. `entries` are the facts of the list entries as they were at the check: number, criterion, label,
    action, valid_to. `came_from` is the state that an approval returns to, `asked` what was asked for there.
    """

    lease = LEASE

    channel = models.CharField(_("came by"), max_length=5, choices=Channel, default=Channel.TYPED)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    caller_number = models.CharField(_("caller's number"), max_length=30, blank=True)
    internet_number = models.CharField(_("internet number"), max_length=30, blank=True)
    phone_number = models.CharField(_("telephone number"), max_length=30, blank=True)
    ticket_number = models.CharField(_("ticket number"), max_length=20, blank=True)
    topic = models.CharField(_("topic"), max_length=9, choices=Topic, default=Topic.FAULT)
    report = models.CharField(_("report"), max_length=500, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", null=True, verbose_name=_("customer"))
    service = models.ForeignKey(
        Service, models.PROTECT, related_name="+", null=True, verbose_name=_("service"), db_index=False
    )

    category = models.CharField(_("category in CTI"), max_length=7, choices=Category, blank=True)
    category_at = models.DateTimeField(null=True)
    category_source = models.CharField(_("class read from"), max_length=8, choices=Source, blank=True)

    questions_asked = ArrayField(models.CharField(max_length=30), default=list)
    questions_matched = ArrayField(models.CharField(max_length=30), default=list)
    verified_at = models.DateTimeField(null=True)

    kind = models.CharField(_("path"), max_length=10, choices=Kind, blank=True)
    checked_at = models.DateTimeField(null=True)
    entries = models.JSONField(default=list)
    action = models.CharField(_("ordered by the list"), max_length=20, blank=True)
    decided_by_entry = models.CharField(max_length=12, blank=True)
    tier = models.PositiveSmallIntegerField(default=9)

    script = models.ForeignKey(Version, models.PROTECT, related_name="+", null=True, db_index=False)
    script_opened_at = models.DateTimeField(null=True)
    script_read_at = models.DateTimeField(null=True)

    analysis = models.CharField(_("analysis"), max_length=1000, blank=True)
    asked = models.CharField(max_length=7, choices=Asked, blank=True)
    came_from = models.CharField(max_length=21, blank=True)
    backend_answer = models.CharField(_("answer of the back-end"), max_length=500, blank=True)
    is_super_emergency = models.BooleanField(_("super emergency"), default=False)
    emergency_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    news_due = models.DateTimeField(null=True)
    solution = models.CharField(_("solution"), max_length=500, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    tier2 = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )  # who spoke with the customer last: an answer of the back-end goes to them
    remark = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def segment(self) -> str:
        """What the targets of its clocks go by."""
        return self.kind

    @property
    def contact_number(self) -> str:
        """Where the customer is called back unless they wish otherwise."""
        return self.caller_number or self.phone_number

    @property
    def zone(self) -> str:
        """ "WIB", "WITA" or "WIT", where the customer lives; "" where nobody knows."""
        return zones.key_of(self.witel)

    @property
    def witel(self) -> str:
        return self.customer.witel if self.customer else ""

    @property
    def lasting_tier(self) -> int:
        """Its place in the queue but for a super emergency."""
        if self.kind == Kind.VVIP:
            return TIERS[Criterion.PUBLIC_FIGURE]
        criteria = {entry["criterion"] for entry in self.entries} - {Criterion.SUPER_EMERGENCY}
        return min((TIERS[criterion] for criterion in criteria), default=NO_TIER)

    @property
    def is_listed(self) -> bool:
        """The way-out script is to be read (5.2.5, 5.3.3)."""
        return self.kind in {Kind.VVIP, Kind.SPECIAL}

    @property
    def is_verified(self) -> bool:
        """Only then may anything of the customer be told (requirements 7.1)."""
        return self.verified_at is not None

    @property
    def is_behind(self) -> bool:
        """CTI said VVIP after the lists were checked, and the case still goes the way of before (5.3.2)."""
        return self.category == Category.VVIP and self.kind in {Kind.SPECIAL, Kind.NOT_LISTED}

    @property
    def problem(self) -> str:
        """What is wrong, in a key: two calls about it are one matter."""
        return self.ticket_number or (self.service.product_id if self.service else "") or self.topic

    @property
    def ordered(self) -> str:
        """What the list orders, and which entry says so."""
        named = [entry for entry in self.entries if entry["number"] == self.decided_by_entry]
        return " · ".join(f"{Action(one['action']).label} ({one['label']}, {one['number']})" for one in named)

    def see_class(self, found: CustomerClass, at: datetime) -> None:
        """Keep what the lists say of the customer now; the higher class of CTI and lists wins (requirements 7.1)."""
        by_cti = self.category == Category.VVIP
        self.category_source = _source(by_cti, found.vvip, says=self.category in {Category.VVIP, Category.REGULAR})
        self.kind = Kind.VVIP if by_cti or found.vvip else Kind.SPECIAL if found.listed else Kind.NOT_LISTED
        self.entries = [_facts(entry) for entry in found.entries]
        decides = found.decided_by if found.action != Action.NONE else None
        self.action, self.decided_by_entry = (decides.action, decides.number) if decides else ("", "")
        self.tier = min(found.tier, 1) if self.kind == Kind.VVIP else found.tier
        self.checked_at = at

    def hear_category(self) -> None:
        """CTI speaks while others have the case: its way stays until they take the new class (requirements 7.1)."""
        says = self.category in {Category.VVIP, Category.REGULAR}
        self.category_source = _source(self.category == Category.VVIP, self.kind == Kind.VVIP, says=says)

    def ask_backend(self, asked: Asked, state: str) -> None:
        self.asked, self.came_from = asked, state

    def begin_emergency(self, owner: User, news_due: datetime) -> None:
        self.is_super_emergency, self.emergency_owner, self.news_due, self.tier = True, owner, news_due, 0


def _source(by_cti: bool, by_list: bool, *, says: bool) -> Source:
    """A number that CTI does not know contradicts nothing."""
    if not says:
        return Source.TAG
    return Source.BOTH if by_cti == by_list else Source.CONFLICT


def _facts(entry: Any) -> dict[str, str]:
    return {
        "number": entry.number,
        "criterion": entry.criterion,
        "label": str(entry.label),
        "action": entry.action,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else "",
    }
