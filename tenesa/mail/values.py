"""What travels between the parts of the mail platform: plain frozen values, no database."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

OURS = "reply token"  # why a mail belongs to a case: it names a mail that we sent
DERIVED_DOMAIN = "no-message-id.invalid"  # of the ids we give to mails that came without one


class Kind(TextChoices):
    """Who speaks in a mail: a person, or which sort of machine."""

    PERSON = "PERSON", _("Person")
    AUTO_REPLY = "AUTO_REPLY", _("Automatic reply")
    BOUNCE = "BOUNCE", _("Delivery failed")
    DELAY = "DELAY", _("Delivery delayed")
    RECEIPT = "RECEIPT", _("Delivery or reading receipt")
    ABUSE = "ABUSE", _("Abuse report")
    SYSTEM = "SYSTEM", _("Sent by a system")
    LIST = "LIST", _("Mailing list")
    SPAM = "SPAM", _("Spam by the server's verdict")


def spoken(kind: str, looks_like: str) -> str:
    """What speaks in a mail, in words, with "?" where only its own words say so; "" for a person, on a list too."""
    if kind not in {Kind.PERSON, Kind.LIST}:
        return str(Kind(kind).label)
    return "" if looks_like == Kind.PERSON else f"{Kind(looks_like).label}?"


class Party(TextChoices):
    """On whose side the writer of a received mail stands in its case."""

    CUSTOMER = "CUSTOMER", _("Customer")
    THIRD = "THIRD_PARTY", _("Third party")


# These never open a case. Systems, lists and spam do: a customer's monitoring reports faults, a desk behind a group
# address gets all its mail with list headers, and a spam verdict is often wrong; a person voids them (E-20).
NEVER_A_CASE = frozenset({Kind.AUTO_REPLY, Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT, Kind.ABUSE})


@dataclass(frozen=True, slots=True)
class Address:
    """One mail address, lower case, with the name the sender gave it ("" where none)."""

    email: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


@dataclass(frozen=True, slots=True)
class ParsedAttachment:
    """A part that is not the message's own text; `content_id` without its angle brackets."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Extracted:
    """Numbers that the text mentions, in order, each once and in its written-out form (requirements 2.3).

    `own` are the products and incidents of the sender's own words; any other is a hint, from a signature or a quote.
    """

    product_ids: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def as_json(self) -> dict[str, list[str]]:
        return {name: list(numbers) for name, numbers in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Returned:
    """What a bounce says: who was not reached, why, and which mails it names by Message-ID."""

    recipients: tuple[str, ...] = ()
    reason: str = ""
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail as the product understands it. Every text is storable: no NUL, no lone surrogate."""

    message_id: str
    sender: Address
    subject: str = ""
    text: str = ""
    html: str = ""
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    kind: Kind = Kind.PERSON
    kind_reason: str = ""
    looks_like: Kind = Kind.PERSON  # by its words alone, where nothing proves it: not answered by a machine of ours
    returned: Returned | None = None
    attachments: tuple[ParsedAttachment, ...] = ()
    extracted: Extracted = field(default_factory=Extracted)
    authentication: dict[str, str] = field(default_factory=dict)  # see tenesa.mail.authentication; {} says nothing


@dataclass(frozen=True, slots=True)
class ThreadMatch:
    """The case a mail belongs to and the rule that said so, for example "reply token" or "References".

    `party` is THIRD where the writer is somebody to whom the case was forwarded. `also` is another case to which the
    mail belongs just as well: it came later than both.
    """

    procedure: str
    case_id: int
    why: str
    party: Party = Party.CUSTOMER
    also: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """A procedure's answer to a received mail: the case it now belongs to."""

    case_id: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as the server has it, before anything is read from it.

    `content` is empty when the server lists the mail but will not give it. `whole_size` tells that `content` is only
    the beginning of a mail that is too large. `uidl` is the mail's name on a POP3 server.
    """

    uid: int
    content: bytes
    whole_size: int = 0
    arrived_at: datetime | None = None
    uidl: str = ""
