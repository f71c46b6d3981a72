from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "tenesa.documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from tenesa.documents import menu, words

        menu.register()
        for model in ("Document", "Clause", "Term"):
            for changed in (post_save, post_delete):
                changed.connect(words.forget, sender=self.get_model(model))
