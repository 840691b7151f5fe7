from datetime import timedelta

import pytest
from django.utils import timezone

from aid.models import Coalition, Source

pytestmark = pytest.mark.django_db

HOME = "/coalitions/it-security-partners/"
BELGIUM = "example-text-that-disagrees"


def shown(client, **asked):
    response = client.get(HOME, asked)
    assert response.status_code == 200
    return response.content.decode()


def test_nine_members_by_one_document(document, client):
    page = shown(client)
    assert "By <a" in page and "Text on Danish cyber support" in page
    assert "Side by side" not in page
    assert '<table class="by-source"' not in page


def test_a_second_source_that_names_belgium_changes_no_count(examples, client):
    page = shown(client)
    assert '9 <span class="hero__currency">members' in page
    assert "It names nine: Belgium as well and not Italy." in page
    members, table = page.partition('id="by-source"')[::2]
    assert "Belgium</span>" not in members
    assert "not counted" in table
    for claim in Coalition.objects.get().claims.filter(field="party"):
        assert claim.get_absolute_url() in table


def test_members_by_one_source_and_as_of_a_day(examples, client):
    page = shown(client, source=BELGIUM, on="2024-01-31")
    answer = page.partition('class="by-source__answer"')[2]
    assert "On <time" in answer and "Not yet: 1" in answer and "Possibly a member: 8" in answer
    assert "Certainly a member: 1" in shown(client, source=BELGIUM, on="2024-02-01")
    # A day alone is asked of the source that the count rests on.
    assert "Possibly a member: 9" in shown(client, on="2024-01-24")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"source": "nobody"}, "No source at the address “nobody” names members here."),
        ({"source": "iso-3166-1"}, "No source at the address “iso-3166-1” names members here."),
        ({"on": "2024-02-30"}, "“2024-02-30” is no day. Write it like 2024-01-24."),
        ({"on": "yesterday"}, "“yesterday” is no day."),
        ({"on": "20240124"}, "“20240124” is no day."),
        ({"on": "٢٠٢٤-٠١-٢٤"}, "is no day."),
        ({"source": "x\x00y" * 99, "on": "9" * 500}, "is no day."),
        ({"on": "<script>"}, "“&lt;script&gt;” is no day."),
    ],
)
def test_what_cannot_be_used_is_said(examples, client, asked, sentence):
    page = shown(client, **asked)
    assert sentence in page
    assert "by-source__answer" not in page


def test_an_embargoed_source_names_nobody(examples, client):
    before = shown(client)
    Source.objects.filter(slug=BELGIUM).update(embargo_until=timezone.now() + timedelta(days=1))
    page = shown(client, source=BELGIUM)
    assert "Belgium" in before
    assert "Belgium" not in page and "lead" not in page.partition('id="by-source"')[2].partition("</table>")[0]
    assert f"No source at the address “{BELGIUM}” names members here." in page
    assert "Coalitions" not in client.get("/parties/belgium/").content.decode().partition("<main")[2]


def test_its_own_page_says_that_it_is_not_counted(examples, client):
    page = client.get("/parties/belgium/").content.decode()
    assert "named by a source that is not preferred, and not counted" in page
