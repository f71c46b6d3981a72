"""A person's own settings: password, language, signature, mail of notices, appearance, keys and tour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import i18n
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenesa.accounts import signin
from tenesa.accounts.models import NoticeMail, Theme, User
from tenesa.door import number
from tenesa.mail import templating
from tenesa.mail.salutation import greeting
from tenesa.ui.context import Shell
from tenesa.ui.views import current_user, lead

YEAR = 365 * 24 * 60 * 60
LINES = 4


class OwnForm(forms.ModelForm[User]):
    """What somebody chooses for themselves; the first of a list stands for a choice that was never made."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=gettext_lazy("Appearance"), choices=Theme, widget=forms.RadioSelect)
    compact = forms.BooleanField(label=gettext_lazy("Compact: rows and forms stand closer together"), required=False)
    single_keys = forms.BooleanField(
        label=gettext_lazy("Single keys (j, k, r, 1 to 9 …)"),
        help_text=gettext_lazy("Off: Ctrl Enter, Ctrl K and Esc stay."),
        required=False,
    )
    notice_mail = forms.ChoiceField(
        label=gettext_lazy("Unread notices by mail"),
        choices=[("", gettext_lazy("No mail")), *NoticeMail.choices],
        required=False,
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        help_text=gettext_lazy("Stands below your name in mails to customers; up to four lines."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=300,
        required=False,
    )

    class Meta:
        model = User
        fields = ("language", "theme", "compact", "single_keys", "notice_mail", "signature")

    def __init__(self, data: Any, *, instance: User, initial: dict[str, Any]) -> None:
        super().__init__(data, instance=instance, initial=initial)
        self.fields["notice_mail"].help_text = _about_notice_mail(instance)

    def clean_notice_mail(self) -> str:
        chosen: str = self.cleaned_data["notice_mail"]
        if chosen and not self.instance.email:
            raise forms.ValidationError(_without_address())
        return chosen

    def clean_signature(self) -> str:
        lines = [" ".join(line.split()) for line in self.cleaned_data["signature"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > LINES:
            raise forms.ValidationError(_("A signature has at most four lines."))
        return "\n".join(lines)


def _about_notice_mail(user: User) -> str:
    if not user.email:
        return _without_address()
    if user.notice_mail_stopped:
        words = _("Mails to %(address)s were stopped: %(reason)s")
        return words % {"address": user.email, "reason": user.notice_mail_stopped}
    words = _("To %(address)s; in the morning is at %(hour)s. The first comes within minutes if anything is unread.")
    return words % {"address": user.email, "hour": f"{settings.NOTICE_MAIL_HOUR:02d}.00"}


def _without_address() -> str:
    return _("Your account has no e-mail address. An administrator enters it in your account.")


class OwnPasswordForm(PasswordChangeForm):
    """Django's form. A wrong old password counts like one at the sign-in, and is refused like there (ADR-0028)."""

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        self.request = request
        super().__init__(current_user(request), data)
        del self.fields["old_password"].widget.attrs["autofocus"]  # the page begins with its other form

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=old) == self.user:
            return old
        blocked = getattr(self.request, "axes_locked_out", False)
        problem = signin.words(self.request) if blocked else self.error_messages["password_incorrect"]
        self.request.axes_locked_out = False  # type: ignore[attr-defined]  # answered here, not by the sign-in page
        raise forms.ValidationError(problem, code="password_incorrect")


@login_required
@require_http_methods(["GET", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """The page, and what it saves; language and appearance hold from the next page on, which is this one."""
    user = current_user(request)
    form = _form(user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        user.refresh_from_db(fields=OwnForm.Meta.fields)  # what was refused is not drawn as if it held
        return _page(request, form=form)
    if "notice_mail" in form.changed_data:
        form.instance.notice_mail_stopped = ""
    form.save()
    if "signature" in form.changed_data:
        _log(user, "signature")
    with translation.override(user.language):
        messages.success(request, _("Your settings are saved."))
    return _remembered(redirect("own"), user)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """One's own password; every other session of the person ends with the old one."""
    form = OwnPasswordForm(request, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, password_form=form)
    user = form.save()
    update_session_auth_hash(request, user)
    _log(user, "password")
    messages.success(request, _("Your password is changed. You are signed out everywhere else."))
    return redirect("own")


def _form(user: User, data: Any = None) -> OwnForm:
    """What was never chosen is drawn as it holds now."""
    initial = {"language": user.language or translation.get_language(), "theme": user.theme or Theme.SYSTEM}
    return OwnForm(data, instance=user, initial=initial)


def _page(
    request: HttpRequest, form: OwnForm | None = None, password_form: OwnPasswordForm | None = None
) -> HttpResponse:
    user = current_user(request)
    refused = any(one is not None and one.errors for one in (form, password_form))
    context = {
        "form": form or _form(user),
        "password_form": password_form or OwnPasswordForm(request),
        "preview": _mail_of(user, user.signature),
    }
    return render(request, "ui/own.html", context, status=422 if refused else 200)


@login_required
@require_POST
def signature_preview(request: HttpRequest) -> HttpResponse:
    """How a mail ends with the signature as it is typed."""
    typed = request.POST.get("signature", "")[:300]
    return render(request, "ui/_own_mail.html", {"preview": _mail_of(current_user(request), typed)})


def _mail_of(user: User, signature: str) -> str:
    """A free mail to the customer by this person, as the newest template has it."""
    values = dict.fromkeys(templating.placeholders("reply") | templating.COMMON, "…")
    spoken = {"greeting": greeting(timezone.localtime()), "customer": "Bapak/Ibu", "desk": _desk_of(user)}
    return templating.render("reply", values | spoken | {"agent": str(user), "signature": signature}).text


def _desk_of(user: User) -> str:
    membership = user.memberships.select_related("team__desk").order_by("pk").first()
    return membership.team.desk.name if membership else "TENESA"


@login_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark or the system's, from the menu of the account."""
    user, theme = current_user(request), request.POST.get("theme", "")
    if theme not in Theme.values:
        return HttpResponse(status=400)
    user.theme = theme
    user.save(update_fields=["theme"])
    return _remembered(HttpResponse(status=204), user)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's switch of the language; of somebody signed in it is kept on the account."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return i18n.set_language(request)


@login_required
@require_POST
def tour(request: HttpRequest) -> HttpResponse:
    """To the hint with the number `hint`, from 0; 7 ends the tour for ever, 0 begins it again."""
    user, hint = current_user(request), number(request.POST.get("hint", ""))
    if hint is None or not 0 <= hint <= User.TOUR:
        return HttpResponse(status=400)
    user.tour_hint = hint
    user.save(update_fields=["tour_hint"])
    if request.headers.get("HX-Request"):
        shell = Shell(request)
        stays = shell.is_where_work_begins or hint == User.TOUR
        return render(request, "ui/_tour.html") if stays else lead(request, shell.begins)
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "home")


def _remembered(response: HttpResponse, user: User) -> HttpResponse:
    """The browser remembers both for the sign-in page, where nobody is known yet."""
    if user.language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, max_age=YEAR, samesite="Lax")
    response.set_cookie("theme", user.theme, max_age=YEAR, samesite="Lax")
    return response


def _log(user: User, field: str) -> None:
    """In the history that an administrator reads of an account."""
    what: Any = [{"changed": {"fields": [field]}}]
    LogEntry.objects.log_actions(user.pk, User.objects.filter(pk=user.pk), CHANGE, what)


class OwnLanguage:
    """Middleware behind the sign-in: a person's own language, in whatever browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
