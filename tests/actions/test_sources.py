import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from aid.actions.sources import set_aside, take_up
from aid.models import AuditEntry, SetAside
from aid.queries.coverage import coverage
from tests.builders import make_source

pytestmark = pytest.mark.django_db

TEXT = "Denmark gave money. It helps much.\nRead more tomorrow."
WHY = "It announces another text."


@pytest.fixture
def source():
    return make_source(text=TEXT)


def test_a_sentence_set_aside_is_not_left_over(source, editor):
    set_aside(source, 35, editor.user, WHY)
    found = coverage(source)
    assert [text for _, text in found.left_over()] == ["Denmark gave money.", "It helps much."]
    assert [(text, row.why, row.set_by) for _, text, row in found.aside()] == [
        ("Read more tomorrow.", WHY, editor.user)
    ]
    entry = AuditEntry.objects.get(action="set_aside")
    assert (entry.why, entry.message, entry.number) == (WHY, "“Read more tomorrow.”", source.pk)


def test_another_reason_takes_the_place_of_the_first(source, editor):
    set_aside(source, 35, editor.user, WHY)
    set_aside(source, 35, editor.user, "It is an advertisement.")
    assert SetAside.objects.get().why == "It is an advertisement."


def test_a_sentence_that_is_taken_up_is_left_over_again(source, editor):
    set_aside(source, 35, editor.user, WHY)
    take_up(source, 35, editor.user)
    assert len(coverage(source).left_over()) == 3
    assert AuditEntry.objects.filter(action="taken_up").count() == 1
    with pytest.raises(ValidationError) as refused:
        take_up(source, 35, editor.user)
    assert refused.value.code == "sentence"


@pytest.mark.parametrize(("start", "why", "code"), [(35, " ", "reason"), (3, WHY, "sentence"), (-1, WHY, "sentence")])
def test_what_is_no_sentence_or_has_no_reason_is_not_set_aside(source, editor, start, why, code):
    with pytest.raises(ValidationError) as refused:
        set_aside(source, start, editor.user, why)
    assert (refused.value.code, SetAside.objects.count()) == (code, 0)


def test_who_may_not_change_sources_sets_nothing_aside(source, writer):
    for act in (lambda: set_aside(source, 35, writer.user, WHY), lambda: take_up(source, 35, writer.user)):
        with pytest.raises(PermissionDenied):
            act()
    assert SetAside.objects.count() == 0
