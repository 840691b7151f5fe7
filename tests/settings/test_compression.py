"""What readers get is sent compressed; what is somebody's own is not."""

import gzip
import re

import brotli
import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from newsroom.compression import CompressionMiddleware

TEXT = "A sentence of the page. " * 100


def asked(accepted, response=None, **headers):
    response = response or HttpResponse(TEXT, headers=headers)
    return CompressionMiddleware(lambda request: response)(
        RequestFactory().get("/", headers={"accept-encoding": accepted})
    )


@pytest.mark.parametrize(
    ("accepted", "encoding", "opened"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("GZIP;q=1.0", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("br; q=0", None, bytes),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_page_is_sent_in_what_the_browser_opens(accepted, encoding, opened):
    response = asked(accepted, ETag='"one"')

    assert response.headers.get("Content-Encoding") == encoding
    assert opened(response.content).decode() == TEXT
    assert response["Vary"] == "Accept-Encoding"
    assert response["ETag"] == ('W/"one"' if encoding else '"one"')
    if encoding:
        assert int(response["Content-Length"]) == len(response.content) < len(TEXT) / 5


def with_cookie():
    response = HttpResponse(TEXT)
    response.set_cookie("who", "it is")
    return response


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(TEXT, headers={"Vary": "Accept, Cookie"}),
        HttpResponse(TEXT, headers={"Cache-Control": "no-store, private"}),
        HttpResponse(TEXT, headers={"Content-Encoding": "zstd"}),
        HttpResponse(TEXT, content_type="image/webp"),
        HttpResponse("Short."),
        with_cookie(),
        StreamingHttpResponse([TEXT]),
    ],
    ids=["asks who", "stored nowhere", "compressed already", "a picture", "short", "sets a cookie", "a stream"],
)
def test_what_is_somebodys_own_or_gains_nothing_is_left_as_it_is(response):
    before = dict(response.headers)

    assert dict(asked("br", response).headers) == before


@pytest.mark.django_db
def test_the_site_compresses_its_pages_and_not_the_desks(reader, editor):
    headers = {"accept-encoding": "br"}

    assert reader.get("/about/", headers=headers)["Content-Encoding"] == "br"
    assert "Content-Encoding" not in editor.get("/admin/", headers=headers)


def test_the_sheets_of_a_page_are_collected_into_one_file(tmp_path, settings):
    from django.core.management import call_command

    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.static_files.StaticFilesStorage"},
    }
    call_command("collectstatic", "--noinput", verbosity=0)

    [whole] = tmp_path.glob("css/site.????????????.css")
    text = whole.read_text()
    assert "@import" not in text and "/*" not in text
    assert "@font-face" in text and ".masthead" in text and ".story" in text
    # The fonts have the names under which they are kept for ever.
    fonts = re.findall(r'url\("(../fonts/[^"]+)"\)', text)
    assert fonts and all(
        re.search(r"\.[0-9a-f]{12}\.woff2$", font) and (whole.parent / font).is_file() for font in fonts
    )
    assert whole.with_name(whole.name + ".br").stat().st_size < 20_000
