"""Addresses of the frame and of signing in."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from tenesa.ui import board, live, views

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
    path("i18n/", include("django.conf.urls.i18n")),
]
