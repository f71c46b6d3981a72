"""Who gets the answer: derived from the mail that is answered, never from how a case was opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Q, QuerySet

from tenesa.mail.address import Unsendable, domain_of, is_unattended, normal, sendable
from tenesa.mail.models import InboundMail, Mailbox, OutboundMail
from tenesa.mail.values import NEVER_A_CASE, Party

MOST = 50  # addresses of one mail
_LOOK_BACK = 200  # mails of a case whose addresses are offered


@dataclass(frozen=True, slots=True)
class Recipients:
    """Addresses in their stored spelling; each is in one of the two."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter((*self.to, *self.cc))


_read_once: ContextVar[list[frozenset[str]] | None] = ContextVar("own_addresses", default=None)


@contextmanager
def own_addresses_read_once() -> Iterator[None]:
    """Put it around one piece of work over many mails: inside, our addresses are those of its first question."""
    token = _read_once.set([])
    try:
        yield
    finally:
        _read_once.reset(token)


def own_addresses() -> frozenset[str]:
    """Of our mailboxes: a mail to one of them comes back to us as if the customer had written it."""
    read = _read_once.get()
    if read:
        return read[0]
    found = frozenset(map(normal, Mailbox.objects.values_list("address", flat=True)))
    if read is not None:
        read.append(found)
    return found


def answering(mail: InboundMail) -> Recipients:
    """Reply-To, unless it is ours or nobody's, else From; the others that the mail was addressed to get a copy."""
    wanted = _customers([mail.reply_to, mail.from_address])
    if not wanted:
        return Recipients()
    others = [one for one in _customers([*mail.to, *mail.cc]) if one != wanted[0]]
    return Recipients((wanted[0],), tuple(others[: MOST - 1]))


def _customers(addresses: Iterable[str]) -> list[str]:
    """Those that somebody outside reads, each once: without ours, our units' and the unattended ones."""
    found = dict.fromkeys(normal(one) for one in addresses if one)
    taken_out = {*own_addresses(), *map(normal, settings.MAIL_OWN_ADDRESSES)} if found else set()
    return [one for one in found if one not in taken_out and not is_unattended(one) and _can_be_sent(one)]


def _can_be_sent(address: str) -> bool:
    try:
        return bool(sendable(address))
    except Unsendable:
        return False


@dataclass(frozen=True)
class Conversation:
    """The mails that count as one conversation. `mails` selects them, received and sent ones alike.

    `answered` is the newest mail of the customer's side; `otherwise` are addresses known from elsewhere.
    """

    answered: InboundMail | None
    mails: Q
    otherwise: Sequence[str] = ()

    @cached_property
    def recipients(self) -> Recipients:
        """Of the newest mail that can be answered: where a noreply address wrote last, whoever wrote before it."""
        if self.answered is not None and (found := answering(self.answered)).to:
            return found
        written = self._received().exclude(kind__in=NEVER_A_CASE).filter(party=Party.CUSTOMER)
        for mail in written.order_by("-pk")[:20]:
            if (found := answering(mail)).to:
                return found
        return Recipients(tuple(_customers(self.otherwise)))

    @cached_property
    def parties(self) -> list[str]:
        """Everybody who wrote, was written to or got a copy, newest first; a Reply-To alone makes nobody a party."""
        received = self._received().filter(party=Party.CUSTOMER).order_by("-pk")
        sent = OutboundMail.objects.filter(self.mails, forwards=None).exclude(status=OutboundMail.Status.CANCELLED)
        found: list[str] = []
        for writer, to, cc in received.values_list("from_address", "to", "cc")[:_LOOK_BACK]:
            found += [writer, *to, *cc]
        for to, cc in sent.order_by("-created_at").values_list("to", "cc")[:_LOOK_BACK]:
            found += [*to, *cc]
        return _customers(found)

    def strange_domains(self, addresses: Iterable[str]) -> list[str]:
        """Domains that nobody in the conversation has used."""
        known = {domain_of(one) for one in self.parties}
        return [one for one in dict.fromkeys(map(domain_of, addresses)) if one not in known]

    def name_of(self, address: str) -> str:
        """What somebody called themselves in their newest mail of the conversation, "" where they wrote none."""
        if (mail := self.answered) and address in {normal(mail.from_address), normal(mail.reply_to)}:
            return mail.from_name.strip()
        written = self._received().filter(from_address=address).order_by("-pk")
        return (written.values_list("from_name", flat=True).first() or "").strip()

    def _received(self) -> QuerySet[InboundMail]:
        """With the answered one: a case that was split off has no mail of its own."""
        mine = Q(self.mails, status=InboundMail.Status.FILED)
        if self.answered is not None:
            mine |= Q(pk=self.answered.pk)
        return InboundMail.objects.filter(mine).defer("text", "html")
