from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save, pre_delete, pre_save
from django.utils.translation import gettext_lazy as _


class TimersConfig(AppConfig):
    name = "tenesa.timers"
    verbose_name = _("Deadlines")

    def ready(self) -> None:
        from tenesa.timers import moving, targets

        post_migrate.connect(targets.seed, sender=self)
        for model in ("Target", "Calendar", "Opening", "SpecialDay"):
            for changed in (post_save, post_delete):
                changed.connect(targets.forget, sender=self.get_model(model))
        for model in ("Calendar", "Opening", "SpecialDay"):
            for changing, changed in ((pre_save, post_save), (pre_delete, post_delete)):
                changing.connect(moving.remember, sender=self.get_model(model))
                changed.connect(moving.move, sender=self.get_model(model))
