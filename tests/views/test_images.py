"""A picture is handed out while it stands in a text that readers have, and at no other time."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from aid.actions.previews import make_link
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def image():
    return make.make_image(alt="A radar on a hill", credit="Ministry of Defence")


def test_a_picture_of_a_live_article_is_its_file(reader, image):
    make.make_article(image=image)
    response = reader.get(image.get_absolute_url())
    assert response.status_code == 200
    assert response.content == image.file.open("rb").read()
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-cache, public"
    assert not response.has_header("Vary")
    again = reader.get(image.get_absolute_url(), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
    assert reader.get(image.get_absolute_url(), headers={"If-None-Match": '"other"'}).status_code == 200
    assert reader.head(image.get_absolute_url()).status_code == 200
    assert reader.post(image.get_absolute_url()).status_code == 405


def test_no_other_picture_is_handed_out(reader, image):
    in_a_day = timezone.now() + timedelta(days=1)
    draft, coming, held, former = (make.make_image() for _ in range(4))
    make.make_article(image=draft, published=False)
    make.make_article(image=coming, published_at=in_a_day)
    make.make_article(image=held, embargo_until=in_a_day)
    changed = make.make_article(image=former)
    make.make_publication(changed, make.make_revision(changed, image=image), timezone.now())
    withdrawn = make.make_article(image=make.make_image())
    address = withdrawn.revisions.get().image.get_absolute_url()
    assert reader.get(address).status_code == 200
    make.make_publication(withdrawn, None, timezone.now(), why="It was wrong.")
    addresses = [address, *(one.get_absolute_url() for one in (draft, coming, held, former, make.make_image()))]
    for one in addresses:
        for headers in ({}, {"If-None-Match": "*"}, {"If-None-Match": f'"{image.sha256}"'}):
            assert reader.get(one, headers=headers).status_code == 404, one
    assert reader.get(image.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "address", ["/images/x.jpg", "/images/..%2f..%2fsecret_key.jpg", "/images/.jpg", "/images/a.b"]
)
def test_an_address_of_no_picture_is_not_there(reader, address):
    assert reader.get(address).status_code == 404


def test_another_ending_or_a_lost_file_is_not_there(reader, image):
    make.make_article(image=image)
    assert reader.get(image.get_absolute_url().replace(".jpg", ".png")).status_code == 404
    default_storage.delete(image.file.name)
    assert reader.get(image.get_absolute_url()).status_code == 404


def test_an_article_shows_its_picture_with_its_words(reader, image):
    article = make.make_article(image=image)
    page = reader.get(article.get_absolute_url()).content.decode()
    source = f'src="{image.get_absolute_url()}" alt="A radar on a hill" width="32" height="18"'
    assert page.count(source) == 1
    assert page.count("Picture: Ministry of Defence") == 1
    assert "<figure" not in reader.get(make.make_article().get_absolute_url()).content.decode()


def test_a_preview_shows_the_picture_to_the_desk_and_by_a_secret_link(writer, editor, reader, image):
    article = make.make_article(image=image, published=False)
    page = writer.get(f"{article.get_absolute_url()}?preview").content.decode()
    desk = f"/admin/aid/image/{image.pk}/file/"
    assert f'src="{desk}"' in page
    assert writer.get(desk).content == image.file.open("rb").read()
    _, secret = make_link(
        article.revisions.get(), editor.user, "a press office", timezone.now() + timedelta(days=1), "k2"
    )
    page = reader.get(f"/preview/{secret}/").content.decode()
    assert f'src="/preview/{secret}/picture/"' in page
    shown = reader.get(f"/preview/{secret}/picture/")
    assert (shown.content, shown["Cache-Control"]) == (image.file.open("rb").read(), "no-store, private")
    assert shown["Referrer-Policy"] == "no-referrer"
    assert reader.get("/preview/another/picture/").status_code == 404
    assert reader.get(image.get_absolute_url()).status_code == 404
    assert reader.get(desk).status_code == 302
