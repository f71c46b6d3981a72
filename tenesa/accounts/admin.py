from typing import Any, ClassVar

from axes.models import AccessAttempt, AccessFailureLog
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tenesa.accounts import signin, tokens
from tenesa.accounts.models import ApiToken, Area, Desk, Membership, Team, User
from tenesa.accounts.presence import leave_for_good
from tenesa.door import number


class KnownRow(AutocompleteSelect):
    """Django's choice of a row by search, which breaks where a refused form names what no row's number can be."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if not one or number(str(one)) is not None], attrs)


class ByNumber:
    """For an administration with `autocomplete_fields`."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            kwargs["widget"] = KnownRow(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class Rights(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Django's permissions in words, of what the administration shows at all; Django names them in English alone."""

    ACTS: ClassVar = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("view")}

    def label_from_instance(self, obj: Any) -> str:
        act = obj.codename.partition("_")[0]
        return f"{str(obj.content_type).replace(' | ', ' · ')} · {self.ACTS.get(act, obj.name)}"


class RightsInWords:
    """For an administration that gives permissions; a plain list, because Django's two boxes speak half English."""

    filter_horizontal: Any = ()

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is not Permission:
            return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        kinds = ContentType.objects.get_for_models(*admin.site._registry).values()
        found = Permission.objects.filter(content_type__in=kinds).select_related("content_type")
        return Rights(found, label=db_field.verbose_name, help_text=db_field.help_text, required=False)


class MembershipInline(ByNumber, admin.TabularInline[Membership, User]):
    model = Membership
    extra = 1
    autocomplete_fields = ["team"]


@admin.register(User)
class UserAdmin(RightsInWords, DjangoUserAdmin[User]):
    inlines = [MembershipInline]
    list_display = ["username", "first_name", "last_name", "email", "is_active"]
    list_filter = ["is_active", "memberships__role", "memberships__team__desk"]
    actions = ["unlock"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """No: who has left is made inactive; Django would quote their notes as what is in the way."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who is made inactive leaves as somebody who signs off: what they worked on goes back to its lists."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            leave_for_good(obj)
            words = _("What %(who)s worked on went back to its lists; what is still theirs, leaders are told.")
            self.message_user(request, words % {"who": obj}, messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.instance.is_active and not form.instance.memberships.exists():
            words = _("%(who)s is in no team and has no role: nothing can be done with this account yet.")
            self.message_user(request, words % {"who": form.instance}, messages.WARNING)

    @admin.action(description=_("Unlock the sign-in of the selected users"), permissions=["change"])
    def unlock(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Whoever typed a wrong password too often may try again at once (lokal: ADR-0019)."""
        signin.unlock(*chosen.values_list("username", flat=True))
        LogEntry.objects.log_actions(request.user.pk, chosen, CHANGE, "Sign-in unlocked")  # type: ignore[arg-type]
        count = chosen.count()
        done = ngettext("%(count)s sign-in unlocked.", "%(count)s sign-ins unlocked.", count) % {"count": count}
        self.message_user(request, done, messages.SUCCESS)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(RightsInWords, DjangoGroupAdmin):  # type: ignore[misc]
    pass


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ["code", "name", "desk", "area"]
    search_fields = ["code", "name"]


@admin.register(ApiToken)
class ApiTokenAdmin(ByNumber, admin.ModelAdmin[ApiToken]):
    """Tokens are made, shown once and revoked; nothing else about them changes."""

    list_display = ["name", "user", "ending", "created_at", "created_by", "last_used_at", "revoked_at"]
    list_select_related = ["user", "created_by"]
    search_fields = ["name", "user__username"]
    fields = ["user", "name"]
    autocomplete_fields = ["user"]
    actions = ["revoke"]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return self.list_display if obj else []

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        return self.list_display if obj else ["user", "name"]

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if not change:
            assert isinstance(request.user, User)  # noqa: S101 - tells the type checker
            made, obj.key = tokens.issue(obj.user, obj.name, by=request.user)  # type: ignore[attr-defined]
            obj.pk = made.pk

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """The one page that shows the key; no session, cookie or browser's cache keeps it."""
        context = {**self.admin_site.each_context(request), "token": obj, "opts": self.opts, "title": obj.name}
        return TemplateResponse(request, "admin/accounts/apitoken/made.html", context)

    @admin.action(description=_("Revoke the selected tokens"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        valid = chosen.filter(revoked_at=None)
        LogEntry.objects.log_actions(request.user.pk, valid, CHANGE, "Revoked")  # type: ignore[arg-type]
        count = valid.update(revoked_at=timezone.now())
        done = ngettext("%(count)s token revoked.", "%(count)s tokens revoked.", count) % {"count": count}
        self.message_user(request, done, messages.SUCCESS)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(AccessAttempt)
class AttemptAdmin(ReadOnlyAdmin):
    """What counts towards a block now; deleting a row of an address unlocks it."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start", "path_info"]
    search_fields = ["username", "ip_address"]
    fields = ["attempt_time", "username", "ip_address", "failures_since_start", "path_info", "user_agent"]


@admin.register(AccessFailureLog)
class FailureAdmin(ReadOnlyAdmin):
    """Every wrong attempt, kept."""

    list_display = ["attempt_time", "username", "ip_address", "locked_out", "path_info"]
    list_filter = ["locked_out"]
    search_fields = ["username", "ip_address"]
    fields = ["attempt_time", "username", "ip_address", "locked_out", "path_info", "user_agent"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


admin.site.register([Area, Desk])
