from django.urls import path

from tenesa.mail import pages, views

app_name = "mail"
urlpatterns = [
    path("ledger/", pages.ledger_page, name="ledger"),
    *(path(f"{shelf.name}/", pages.shelf_page, {"status": shelf.status}, shelf.name) for shelf in pages.SHELVES),
    path("quarantine/<int:pk>/", pages.quarantined, name="quarantined"),
    path("quarantine/<int:pk>/raw/", pages.raw, name="quarantined-raw"),
    path("<int:pk>/body/", views.body, name="body"),
    path("<int:pk>/formatted/", views.framed, name="formatted"),
    path("<int:pk>/pictures/", views.pictures, name="pictures"),
    path("<int:pk>/original/", views.original, name="original"),
    path("<int:pk>/attachments/<int:attachment_pk>/", views.attachment, name="attachment"),
    path("<int:pk>/attachments/<int:attachment_pk>/preview/", views.preview, name="preview"),
    path("sent-files/<int:pk>/", views.sent_file, name="sent-file"),
    path("sent-files/<int:pk>/picture/", views.sent_picture, name="sent-picture"),
    path("case-files/<int:pk>/", views.case_file, name="case-file"),
]
