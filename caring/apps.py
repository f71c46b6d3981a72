from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CaringConfig(AppConfig):
    name = "caring"
    verbose_name = _("Caring")

    def ready(self) -> None:
        from caring import seed

        post_migrate.connect(seed.seed, sender=self)
