from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "tenesa.documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from tenesa.documents import menu

        menu.register()
