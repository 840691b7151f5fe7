import re

import pytest
from django.template.loader import get_template
from django.test import Client, override_settings
from django.urls import path

from aid import urls as public

# A script that is neither a file of the site nor a block of data, which no browser runs.
INLINE = re.compile(r'<script(?![^>]* src="/static/| type="application/ld\+json">)')


def broken(request):
    raise RuntimeError("a secret that no reader may see")


urlpatterns = [path("broken/", broken), *public.in_one_language, *public.urlpatterns]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.views.test_errors")
def test_broken_page_tells_no_details():
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "secret" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("name", ("400.html", "403.html", "403_csrf.html", "500.html"))
def test_error_page_needs_no_context_and_no_database(name):
    text = get_template(name).render({})
    assert text.count("<h1>") == 1
    assert 'href="/"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    (
        "/nothing/",
        "/pledges/a%00b/",
        "/pledges/../../etc/passwd",
        "/%3Cscript%3Ealert(1)%3C/script%3E/",
        "/%ff%fe/",
        "/" + "x" * 5000 + "/",
        "/pledges/none/%7B%7B%20request%20%7D%7D/",
    ),
)
def test_unknown_address_gets_a_helpful_page(reader, address):
    response = reader.get(address)
    assert response.status_code == 404
    assert "There is no page here" in response.text
    assert 'href="/pledges/"' in response.text
    assert not INLINE.search(response.text)
    assert "\0" not in response.text
    asked = re.search(r'<code class="asked">(.*?)</code>', response.text)[1]
    assert len(asked) < 800
    assert not response.cookies


@pytest.mark.django_db
def test_address_with_more_values_than_any_form_is_refused_in_words(reader):
    response = reader.get("/pledges/?" + "&".join(f"x{n}=1" for n in range(20_001)))
    assert response.status_code == 400
    assert "This request cannot be read" in response.text


def test_wrong_host_is_refused_in_words(reader):
    response = reader.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "This request cannot be read" in response.text


@pytest.mark.django_db
def test_browser_finds_its_icon(reader):
    response = reader.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"] == "/static/icons/favicon.svg"


@pytest.mark.django_db
def test_pages_need_nothing_inline_and_nothing_from_elsewhere(reader, document):
    for address in ("/", "/about/", "/pledges/", document.get_absolute_url(), "/nothing/"):
        text = reader.get(address).text
        assert "style=" not in text
        assert "<style" not in text
        assert not INLINE.search(text)
        assert not re.search(r'(src|srcset|action)="(https?:)?//', text)
        assert not re.search(r'<link[^>]*href="(https?:)?//(?!testserver)', text)
