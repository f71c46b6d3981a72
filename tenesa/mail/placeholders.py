"""What each placeholder of a customer mail stands for, with an example for the preview (X-07, P-05 5.1)."""

from __future__ import annotations

from difflib import unified_diff

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenesa.mail import salutation, templating
from tenesa.mail.models import MailTemplate

EXPLAINED: dict[str, tuple[Promise, str]] = {
    "greeting": (_("the greeting of the hour in Jakarta"), ""),
    "customer": (_("Bapak/Ibu and the sender's name"), "Bapak/Ibu Bonar Nababan"),
    "subject": (_("the subject without Re: and Fwd:"), "Link mati sejak pagi"),
    "case": (_("the number of the case"), "TN0000041"),
    "agent": (_("who writes"), "Tim Layanan"),
    "signature": (_("the writer's own signature, where there is one"), ""),
    "desk": (_("the name of the mailbox"), "TENESA"),
    "contact": (_("the address of the mailbox"), "tenesa@telkom.example"),
    "body": (_("the agent's own text"), "Sedang kami periksa."),
    "related_product": (_("the sentence on a related product"), ""),
    "ticket": (_("the ticket's number"), "IN10482219"),
    "incident": (_("the ticket's number"), "IN10482219"),
    "product_id": (_("the product id"), "4700112-0045127790"),
    "status": (_("NOSSA's status in plain words"), "dalam penanganan gangguan"),
    "next_update": (_("when the customer hears from us again"), "21 November 2026 pukul 14.00 WIB"),
    "cause": (_("the cause of the fault"), "Kabel terputus"),
    "repair": (_("the repair"), "Kabel disambung kembali"),
}


def explained(names: set[str]) -> list[tuple[str, str]]:
    """("{greeting}", what it stands for), the known ones first."""
    ordered = sorted(names, key=lambda name: (name not in EXPLAINED, name))
    return [
        (f"{{{name}}}", str(EXPLAINED[name][0]) if name in EXPLAINED else str(_("given by the step")))
        for name in ordered
    ]


def preview(template: MailTemplate) -> str:
    """The mail with examples in its places; what a step gives stands there by its name."""
    text = f"{template.subject}\n\n{template.body}"
    values = {name: EXPLAINED[name][1] if name in EXPLAINED else f"[{name}]" for name in templating.used(text)}
    values["greeting"] = salutation.greeting(timezone.localtime())
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def difference(template: MailTemplate) -> str:
    """What this version changed of the one before it; the shipped text is version 0."""
    earlier = MailTemplate.objects.filter(name=template.name, version__lt=template.version).order_by("-version").first()
    before = earlier or templating.shipped(template.name)
    old, new = (f"{one.subject}\n\n{one.body}".splitlines() for one in (before, template))
    names = f"v{before.version}", f"v{template.version}"
    return "\n".join(unified_diff(old, new, *names, lineterm="", n=2))
