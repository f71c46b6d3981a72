"""Addresses of the frame and of signing in."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from tenesa.ui import board, live, own, views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("readiness/", views.readiness, name="readiness"),
    path("presence/", views.presence, name="presence"),
    path("nav/", views.nav, name="nav"),
    path("board/", board.board, name="board"),
    path("palette/", views.palette, name="palette"),
    path("events", live.events, name="events"),
    path("own/", own.settings_page, name="own"),
    path("own/password/", own.password, name="own-password"),
    path("own/appearance/", own.appearance, name="own-appearance"),
    path("own/signature/", own.signature_preview, name="own-signature"),
    path("own/tour/", own.tour, name="own-tour"),
    path("i18n/setlang/", own.set_language, name="set_language"),
]
