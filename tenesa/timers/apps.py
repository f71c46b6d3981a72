from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class TimersConfig(AppConfig):
    name = "tenesa.timers"
    verbose_name = _("Deadlines")

    def ready(self) -> None:
        from tenesa.timers import targets

        post_migrate.connect(targets.seed, sender=self)
        for model in ("Target", "Calendar", "Opening", "SpecialDay"):
            for changed in (post_save, post_delete):
                changed.connect(targets.forget, sender=self.get_model(model))
