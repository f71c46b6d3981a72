from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "tenesa.mail"
    verbose_name = _("Mail")

    def ready(self) -> None:
        from tenesa.mail.recipients import forget_own_addresses

        for changed in (post_save, post_delete):
            changed.connect(forget_own_addresses, sender=self.get_model("Mailbox"))
