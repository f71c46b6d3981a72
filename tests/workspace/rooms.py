"""A desk and the people around it, for the tests that hold for all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.http import QueryDict
from django.test import Client

from tenesa.accounts.models import User
from tenesa.workflow.perform import perform
from tenesa.workspace import lists
from tenesa.workspace.desk import Desk, View, desks
from tests.ui.test_frame import signed_in
from tests.workspace.worked import WORK, People, Work

SAID = "Kata yang tidak boleh hilang."
STATES = [(desk, state) for desk in desks() for state in desk.labels]
# Of the page itself (templates/workspace, templates/ui, frontend/js/keys.js); "u" undoes whatever it is shown beside.
FIXED = {*"jkx.,/?gbrnf+;'", *"0123456789", "Enter", "Backspace"}


@dataclass
class Room:
    """A desk and the people around it."""

    desk: Desk
    people: People

    @property
    def work(self) -> Work:
        return WORK[self.desk.procedure]

    @property
    def worker(self) -> User:
        return self.people[self.work.role]

    @property
    def browser(self) -> Client:
        return signed_in(self.worker)

    def open(self) -> Any:
        return self.work.opened(self.people)

    def lead_on(self, case: Any) -> Any:
        return perform(case, self.work.step, actor=self.worker, data=dict(self.work.inputs))

    def again(self, case: Any) -> Any:
        return self.desk.model._default_manager.get(pk=case.pk)

    def view(self, case: Any) -> View:
        """The first view in which this person finds the case."""
        every = self.desk.model._default_manager.all()
        views = self.desk.views_for(self.worker)
        return next(view for view in views if view.of(every, self.worker).filter(pk=case.pk).exists())

    def page(self, view: View, after: str = "", **asked: str) -> lists.Page:
        query = QueryDict(mutable=True)
        query.update(asked)
        return lists.page(self.desk, self.worker, view, query, after=after)

    def shown(self, case: Any) -> str:
        return text_of(self.browser.get(self.desk.url("case", case.pk)))

    def part(self, case: Any, name: str) -> str:
        return text_of(self.browser.get(self.desk.url("part", case.pk, name)))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def words_of_page(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page))


def keys_of(text: str) -> set[str]:
    return {key for keys in re.findall(r'data-key="([^"]*)"', text) for key in keys.split()}


def rest_of(desk: Desk, case: Any = None) -> str:
    return f"/api/{desk.rest_path}/{case.pk}/" if case else f"/api/{desk.rest_path}/"
