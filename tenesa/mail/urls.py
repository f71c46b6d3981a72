from django.urls import path

from tenesa.mail import views

app_name = "mail"
urlpatterns = [
    path("<int:pk>/body/", views.body, name="body"),
    path("<int:pk>/original/", views.original, name="original"),
    path("<int:pk>/attachments/<int:attachment_pk>/", views.attachment, name="attachment"),
    path("<int:pk>/inline/<path:content_id>", views.inline, name="inline"),
]
