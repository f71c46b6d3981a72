"""The addresses of the whole house."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from tenesa.search.api import SearchView
from tenesa.workspace import rest
from tenesa.workspace.tag_api import TagNamesView

router = DefaultRouter()
router.include_root_view = router.include_format_suffixes = False
rest.register(router)

API_DOCS = SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get"])
handler400, handler403 = "tenesa.door.bad_request", "tenesa.door.forbidden"
handler404, handler500 = "tenesa.door.not_found", "tenesa.door.broken"

urlpatterns = [
    path("", include("tenesa.ui.urls")),
    path("", include("tenesa.workspace.urls")),
    path("", include("tickets.urls")),
    path("pending/", include("pending.urls")),
    path("calls/", include("vvip.urls")),
    path("audits/", include("vvip.audits.urls")),
    path("caring/", include("caring.urls")),
    path("qc/", include("caring.quality.urls")),
    path("customers/", include("segmentation.urls")),
    path("mail/", include("tenesa.mail.urls")),
    path("systems/", include("tenesa.systems.urls")),
    path("documents/retention/", include("tenesa.retention.urls")),
    path("documents/", include("tenesa.documents.urls")),
    path("knowledge/", include("tenesa.knowledge.urls")),
    path("search/", include("tenesa.search.urls")),
    path("reports/", include("tenesa.reporting.urls")),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", API_DOCS, name="api-docs"),
    path("api/v1/", include("vvip.api_urls")),
    path("api/v1/", include("caring.api_urls")),
    path("api/tags/", TagNamesView.as_view(), name="api-tags"),
    path("api/search/", SearchView.as_view(), name="api-search"),
    path("api/reports/", include("tenesa.reporting.api_urls")),
    path("api/", include(router.urls)),
]
