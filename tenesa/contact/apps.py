from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "tenesa.contact"
    verbose_name = _("Contact with customers")

    def ready(self) -> None:
        from tenesa.contact import holidays

        post_migrate.connect(holidays.seed, sender=self)
