"""Each page in each language: by its address alone, with the way to the others, and without a trace elsewhere."""

import re
from html import unescape

import pytest
from django.utils import translation

from aid.languages import in_language, language_of, permanent
from aid.models import Claim, FormerAddress, Pledge
from tests.builders import make_article, make_claim, make_pledge

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "code", "english"),
    (
        ("/", "en", "/"),
        ("/da/", "da", "/"),
        ("/uk/pledges/?page=2#x", "uk", "/pledges/?page=2#x"),
        ("/da", "da", "/"),
        ("/data/", "en", "/data/"),
        ("/uk?q=/da/", "uk", "/?q=/da/"),
        ("https://news.example/da/about/", "da", "https://news.example/about/"),
        ("https://da.example/", "en", "https://da.example/"),
        ("//evil.example/uk/", "uk", "//evil.example/"),
        ("/articles/da/", "en", "/articles/da/"),
        ("/DA/\nx", "en", "/DA/\nx"),
    ),
)
def test_address_says_its_language(address, code, english):
    assert language_of(address) == code
    assert permanent(address) == english
    assert in_language(in_language(address, "uk"), "en") == english


def links(text, pattern):
    return {unescape(one): unescape(other) for one, other in re.findall(pattern, text)}


def test_page_leads_to_itself_in_each_language_with_all_that_was_asked(reader):
    make_pledge()
    query = f"donor={Pledge.objects.get().donor.slug}&sort=oldest&currency=EUR"
    sets = []
    for prefix in ("", "/da", "/uk"):
        response = reader.get(f"{prefix}/pledges/?{query}")
        code = prefix[1:] or "en"
        assert f'<html lang="{code}">' in response.text
        assert response["Content-Language"] == code
        assert not response.cookies
        assert "Accept-Language" not in response.get("Vary", "")
        alternate = links(response.text, r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]*)">')
        canonical = unescape(re.search(r'<link rel="canonical" href="([^"]*)">', response.text)[1])
        assert alternate[code] == canonical
        sets.append(alternate)
        switch = links(response.text, r'<a href="([^"]*)" lang="[a-z]+" hreflang="([a-z]+)"')
        assert switch == {
            f"/pledges/?{query}": "en", f"/da/pledges/?{query}": "da", f"/uk/pledges/?{query}": "uk",
        }  # fmt: skip
        # Whatever else the page leads to stays in its language.
        shown = re.search(r"<main.*</main>", response.text, re.DOTALL)[0]
        assert {language_of(address) for address in re.findall(r'href="(/[^"]*)"', shown)} == {code}
    assert sets[0] == sets[1] == sets[2]
    assert sets[0]["x-default"] == sets[0]["en"]


def test_language_wanted_by_the_browser_leads_nobody_away(reader):
    response = reader.get("/", headers={"accept-language": "da", "cookie": "django_language=uk"})
    assert response.status_code == 200
    assert '<html lang="en">' in response.text


def test_language_ends_with_its_request(reader):
    for address in ("/da/", "/uk/nothing/", "/da/pledges/nothing/", "/uk/pledges/?as_of=nonsense"):
        reader.get(address)
        assert translation.get_language() == "en"
        assert Pledge(slug="boats").get_absolute_url() == "/pledges/boats/"


def test_desk_and_machines_have_one_address(reader, writer):
    for address in ("/da/admin/", "/uk/healthz", "/da/favicon.ico", "/uk/en/", "/en/"):
        assert reader.get(address).status_code == 404
    assert writer.get("/admin/", headers={"accept-language": "da"}).context["LANGUAGE_CODE"] == "en"


def test_missing_page_is_told_in_the_language_of_its_address(reader):
    response = reader.get("/da/nothing/")
    assert response.status_code == 404
    assert '<html lang="da">' in response.text
    assert 'href="/da/pledges/"' in response.text
    # There is no such page in another language either.
    assert 'href="/uk/" lang="uk" hreflang="uk"' in response.text
    assert reader.get("/da").headers["Location"] == "/da/"


def test_what_moved_and_what_was_leads_on_in_the_same_language(reader):
    pledge = make_pledge(slug="boats")
    FormerAddress.objects.create(kind="pledge", slug="ships", record=pledge.pk)
    moved = reader.get("/da/pledges/ships/?currency=EUR")
    assert (moved.status_code, moved["Location"]) == (301, "/da/pledges/boats/?currency=EUR")
    then = reader.get("/uk/pledges/?as_of=2026-01-01")
    stays = re.findall(r'<a [^>]*href="(/uk/[^"]*)"', then.text)
    # All but the way back to the present, and the feeds, which tell of what is new.
    leads_out = [address for address in stays if "as_of=2026-01-01" not in address]
    assert [address for address in leads_out if "/feed." not in address] == ["/uk/pledges/"]
    assert len(stays) > 5


def test_what_names_a_claim_or_an_article_for_good_has_no_language(reader):
    claim = make_claim(make_pledge(), "amount")
    text = reader.get(f"/da/claims/{claim.key}/").text
    assert f"http://testserver/claims/{claim.key}/" in text
    citations = "".join(re.findall(r'<pre class="cite__text[^>]*>(.*?)</pre>', text, re.DOTALL))
    cited = re.findall(r"http://testserver(/[^\s<&,}]*)", citations)
    assert cited and {language_of(address) for address in cited} == {"en"}
    assert Claim.objects.get().get_absolute_url() == f"/claims/{claim.key}/"
    article = make_article(published=True)
    data = re.search(r'"@id": "([^"]*)"', reader.get(f"/uk/articles/{article.slug}/").text)[1]
    assert data == f"http://testserver/articles/{article.slug}/"
