import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from aid.actions.search import catch_up
from aid.models import SearchEntry, SearchStale, SearchText
from tests import builders as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def run(*arguments):
    out = StringIO()
    call_command("rebuild_search", *arguments, stdout=out)
    return out.getvalue()


def test_rebuilding_mends_what_differs_and_then_changes_nothing():
    pledge, event = make.make_pledge(title="Boats"), make.make_event(title="Meeting")
    catch_up()
    assert run("--check") == "Search reads what the records say.\n"
    SearchText.objects.filter(entry__record=pledge.pk, entry__kind="pledge").update(digest="another")
    SearchEntry.objects.filter(kind="event").delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM aid_searchwords WHERE rowid IN (SELECT id FROM aid_searchentry WHERE kind = 'party')"
        )

    out = StringIO()
    with pytest.raises(CommandError):
        call_command("rebuild_search", "--check", stdout=out)
    told = out.getvalue()
    assert f"pledge {pledge.pk}: “Boats” reads differently." in told
    assert f"event {event.pk}: “Meeting” is missing." in told
    assert told.count("party") == 2
    assert "words stand without it" in told
    assert "anew" in run()
    assert run() == "Nothing differed.\n"
    assert run("--check") == "Search reads what the records say.\n"


def test_what_was_noted_is_worked_off():
    event = make.make_event(title="Meeting")
    catch_up()
    type(event).objects.update(title="Another")
    assert SearchStale.objects.exists()
    with pytest.raises(CommandError):
        run("--check")
    run()
    assert not SearchStale.objects.exists()
    assert run("--check") == "Search reads what the records say.\n"


def test_an_export_leaves_out_what_is_made_of_the_records(tmp_path):
    make.make_event(title="Meeting")
    catch_up()
    file = tmp_path / "dump.json"
    call_command("dumpdata", "aid", natural_primary=True, natural_foreign=True, output=str(file), verbosity=0)
    kinds = {row["model"] for row in json.loads(file.read_text())}
    assert "aid.event" in kinds
    assert not {kind for kind in kinds if "search" in kind or "contentchange" in kind}
    call_command("loaddata", str(file), verbosity=0)
    catch_up()
    assert run("--check") == "Search reads what the records say.\n"
