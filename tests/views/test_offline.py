"""What the browser is given to read without a network."""

import json
import re
import zlib
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from tests import builders

pytestmark = pytest.mark.django_db


def test_the_worker_comes_from_the_root_and_is_small_and_asked_for_each_time(reader):
    response = reader.get("/sw.js")

    assert (response.status_code, response["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert response["Cache-Control"] == "no-cache"
    # A worker may ask what the policy of its own answer allows.
    assert "connect-src 'self'" in response["Content-Security-Policy"]
    assert len(zlib.compress(response.content)) <= 4 * 1024
    site = json.loads(re.match(r"const SITE = (.*);\n", response.text)[1])
    assert site["offline"] == {"": "/offline/", "/da": "/da/offline/", "/uk": "/uk/offline/"}
    assert reader.get("/da/sw.js").status_code == 404


def test_another_sheet_makes_another_worker(reader, settings):
    before = reader.get("/sw.js").text
    settings.STATIC_URL = "/other/"

    assert reader.get("/sw.js").text.partition("\n")[0] != before.partition("\n")[0]
    assert reader.get("/sw.js").text.partition("\n")[2] == before.partition("\n")[2]


def test_the_offline_page_is_found_by_no_search_and_asks_for_no_row(reader, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = reader.get("/offline/")

    assert response["X-Robots-Tag"] == "noindex"
    assert 'id="kept-articles"' in response.text
    assert "canonical" not in response.text


def test_an_article_carries_the_line_that_the_worker_shows_and_hides_it(reader):
    html = reader.get(builders.make_article().get_absolute_url()).text

    assert re.search(r'<p [^>]*id="kept"[^>]* hidden>[^<]+<span class="kept__at"></span>', html)
    # The worker changes the page by these very words.
    script = Path(finders.find("js/service-worker.js")).read_text(encoding="utf-8")
    assert """.replace('<span class="kept__at"></span>'""" in script
    assert '.replace(/(id="kept"[^>]*?) hidden/' in script


@pytest.mark.parametrize("code", ["en", "da"])
def test_the_manifest_names_icons_that_are_there_in_the_language_of_its_address(reader, code):
    prefix = "" if code == "en" else f"/{code}"
    with translation.override(code):
        response = reader.get(f"{prefix}/site.webmanifest")
    told = response.json()

    assert response["Content-Type"] == "application/manifest+json"
    assert (told["lang"], told["start_url"], told["scope"]) == (code, f"{prefix}/", "/")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    assert all(finders.find(icon["src"].removeprefix("/static/")) for icon in told["icons"])
