"""Two hundred saves of one row, ten at a time: each is a state that is kept, or is refused with both texts."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from aid.models import ArticleRevision, Person
from tests import builders as make
from tests.admin.forms import sent
from tests.conftest import _signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 10
ROUNDS = 20


@pytest.fixture
def run():
    """Runs a function in ten threads at once, each with a connection of its own to the database."""
    pool, together = ThreadPoolExecutor(PEOPLE), Barrier(PEOPLE, timeout=60)
    yield lambda function, *given: list(pool.map(function, *given))

    def close(_):
        # Each thread closes its own: none takes two of these.
        together.wait()
        connection.close()

    list(pool.map(close, range(PEOPLE)))
    pool.shutdown()


class PlainClient(Client):
    """A client that keeps no copy of what the templates were given: it would be that of all threads together."""

    def request(self, **request):
        return self.handler(self._base_environ(**request))


def editors():
    """One client of an editor to open forms, and ten of others to send them."""
    first = _signed_in("editor")
    group = first.user.groups.get()
    clients = [PlainClient() for _ in range(PEOPLE)]
    for client in clients:
        user = make.make_user(is_staff=True)
        user.groups.add(group)
        client.force_login(user)
    return first, clients


def save_all(run, opener, clients, address, field):
    """Ten people send the form that all of them opened at one moment, twenty times over: (texts that were saved, in
    order; texts that were refused). Asserts that each refused one came back, beside the one that was saved."""
    saved, refused = [], []
    for round_ in range(ROUNDS):
        page = opener.get(address)
        texts = [f"Text {person} of round {round_} <{person}>" for person in range(PEOPLE)]

        def save(client, text, page=page):
            return client.post(address, sent(page, **{field: text}))

        answers = list(zip(texts, run(save, clients, texts), strict=True))
        through = [text for text, answer in answers if answer.status_code == 302]
        assert len(through) == 1
        for text, answer in answers:
            if text in through:
                continue
            html = answer.content.decode()
            assert answer.status_code == 200
            assert "Nothing is saved yet: since you opened this page, " in html
            assert f"“{escape(through[0])}” is saved; “{escape(text)}” stands in your form." in html
            assert re.search(rf"(value=\"|<textarea[^>]*>\n){re.escape(escape(text))}[\"<]", html)
            refused.append(text)
        saved += through
    return saved, refused


def test_two_hundred_saves_of_one_article_lose_none(run):
    article, people = make.make_article("A headline", "The first text.", published=False), editors()

    saved, refused = save_all(run, *people, reverse("admin:aid_article_change", args=[article.pk]), "body")

    rows = ArticleRevision.objects.filter(article=article).order_by("number")
    assert (len(saved), len(refused)) == (ROUNDS, ROUNDS * (PEOPLE - 1))
    assert [(row.number, row.body) for row in rows] == list(enumerate(["The first text.", *saved], 1))


def test_two_hundred_saves_of_one_record_lose_none(run):
    person, people = make.make_person(name="The first name"), editors()

    saved, refused = save_all(run, *people, reverse("admin:aid_person_change", args=[person.pk]), "name")

    history = Person.history.filter(id=person.pk).order_by("history_id")
    assert (len(saved), len(refused)) == (ROUNDS, ROUNDS * (PEOPLE - 1))
    names = [row.name for row in history]
    assert [name for n, name in enumerate(names) if not n or name != names[n - 1]] == ["The first name", *saved]
