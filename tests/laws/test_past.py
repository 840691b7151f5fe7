"""No table that readers' pages are made of is forgotten when a page is shown as it was."""

import pytest
from django.apps import apps
from simple_history.models import HistoricalChanges

from aid.queries.beginnings import with_past
from aid.queries.past import ADDED

# Rows that are added and never changed, and that readers get only with a row whose past is known: a revision with its
# publication, a correction with its `decided_at`.
ADDED_ONCE = {"ArticleRevision", "Correction"}
# Rows with a beginning and an end of their own, by which they are asked for.
OF_THEIR_TIME = {"Report", "SearchEntry", "SearchMention", "SearchText", "SearchWords"}
# No public page reads them.
DESK = {
    "AuditEntry", "Autosave", "BulkChange", "ContentChange", "DeskPreference", "Exemption", "LinkCheck", "Presence",
    "PreviewAnswer", "PreviewLink", "PreviewVisit", "Reopening", "ReportTally", "SearchStale", "SignOff",
}  # fmt: skip


def kept():
    return {model.__name__ for model in with_past()}


def test_every_table_has_a_past_or_needs_none():
    models = {
        model.__name__
        for model in apps.get_app_config("aid").get_models()
        if not issubclass(model, HistoricalChanges)
    }
    links = {name for name in models if name.startswith("Historical")}
    added = {model.__name__ for model in ADDED}
    assert models - links - kept() - added - ADDED_ONCE - OF_THEIR_TIME - DESK == set()
    assert not (DESK | ADDED_ONCE) & (kept() | added)


@pytest.mark.parametrize("model", with_past(), ids=lambda model: model.__name__)
def test_links_of_a_row_are_kept_with_it(model):
    """A many-to-many field that the history does not follow would show today's links in the past."""
    lines = getattr(model, model._meta.simple_history_manager_attribute).model
    assert {field.name for field in model._meta.many_to_many} == {field.name for field in lines._history_m2m_fields}
