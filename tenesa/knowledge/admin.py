"""Editing of articles: saving writes a new version, published or as a draft; a draft is published by an action.

Scripts have pages of their own, where another person approves (`script_views`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.knowledge import services
from tenesa.knowledge.models import Article, Product, Snippet, Version
from tenesa.workflow.admin_filters import narrowed_by


class ArticleForm(forms.ModelForm[Article]):
    title = forms.CharField(label=_("title"), max_length=160)
    body = forms.CharField(
        label=_("text"), widget=forms.Textarea(attrs={"rows": 18, "cols": 100}), help_text="Markdown"
    )
    note = forms.CharField(label=_("what was changed and why"), max_length=200, required=False)
    draft = forms.BooleanField(label=_("draft"), required=False)

    class Meta:
        model = Article
        fields = ["slug", "kind", "path", "products", "symptoms", "segments"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in Article.Kind.choices if choice[0] != Article.Kind.SCRIPT]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        newest = self.instance.versions.first() if self.instance.pk else None
        if newest is not None:
            self.initial = {**self.initial, "title": newest.title, "body": newest.body}


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin[Article]):
    form = ArticleForm
    list_display = ["__str__", "path", "kind", "published"]
    list_filter = ["kind"]
    search_fields = ["slug", "path", "published__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return super().get_queryset(request).exclude(kind=Article.Kind.SCRIPT)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"title", "body", "note", "draft"} & set(form.changed_data) or not change:
            given = form.cleaned_data
            by = request.user if isinstance(request.user, User) else None
            services.write(obj, given["title"], given["body"], by=by, note=given["note"], draft=given["draft"])

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False


@admin.register(Version)
class VersionAdmin(admin.ModelAdmin[Version]):
    """Versions are read here; a draft becomes what people read."""

    list_display = ["article", "number", "title", "draft", "by", "at", "note"]
    list_filter = ["draft"]
    actions = ["publish"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).exclude(article__kind=Article.Kind.SCRIPT)

    @admin.action(description=_("Publish"))
    def publish(self, request: HttpRequest, chosen: QuerySet[Version]) -> None:
        for version in chosen.order_by("number"):
            services.publish(version)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Version | None = None) -> bool:
        return False


FAMILIES = [
    ("DATA", _("Data service (SID)")),
    ("INTERNET", _("Internet (IndiHome / IndiBiz)")),
    ("TELEPHONE", _("Telephone")),
    ("OTHER", _("Other product")),
]


class ProductForm(forms.ModelForm[Product]):
    family = forms.ChoiceField(label=_("family"), choices=FAMILIES)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    form = ProductForm
    list_display = ["name", "of_family", "pitch", "active"]
    list_filter = [narrowed_by("family", _("family"), lambda: FAMILIES), "active"]

    @admin.display(description=_("family"), ordering="family")
    def of_family(self, obj: Product) -> str:
        return str(dict(FAMILIES).get(obj.family, obj.family))

    filter_horizontal = ["related"]
    search_fields = ["name"]


@admin.register(Snippet)
class SnippetAdmin(admin.ModelAdmin[Snippet]):
    list_display = ["shortcut", "title", "language", "desk", "owner", "changed_by", "changed_at"]
    list_filter = ["language", "desk"]
    search_fields = ["shortcut", "title", "body"]

    def save_model(self, request: HttpRequest, obj: Snippet, form: Any, change: bool) -> None:
        obj.changed_by_id = request.user.pk
        super().save_model(request, obj, form, change)
