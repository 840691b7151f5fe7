"""A writer sends a picture and puts it at the head of an article, in a real Chromium."""

import pytest
from django.urls import reverse

from aid.models import ArticleRevision, Image
from tests import builders as make
from tests.browser.test_editor import choose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_picture_is_sent_chosen_and_previewed(editor_page, live_server):
    page, complaints = editor_page, []
    page.on("console", lambda found: found.type in ("error", "warning") and complaints.append(found.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    article = make.make_article(published=False)
    page.goto(live_server.url + reverse("admin:aid_image_add"))
    page.get_by_label("What it shows").fill("A radar on a hill")
    page.get_by_label("Credit").fill("Ministry of Defence")

    # A text with another name is refused, and what was typed stays.
    page.get_by_label("File").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"words"})
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("This file is no picture. Save it as JPEG, PNG or WebP, and send that.").wait_for()
    assert page.get_by_label("What it shows").input_value() == "A radar on a hill"
    picture = make.picture_bytes("PNG", size=(640, 360))
    page.get_by_label("File").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture})
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()

    page.goto(live_server.url + reverse("admin:aid_article_change", args=[article.pk]))
    choose(page, "image", "radar")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was changed successfully").wait_for()
    page.get_by_role("img", name="A radar on a hill").wait_for()
    assert ArticleRevision.objects.get(article=article, number=2).image == Image.objects.get()

    page.goto(f"{live_server.url}{article.get_absolute_url()}?preview")
    shown = page.get_by_role("img", name="A radar on a hill")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    page.get_by_text("Picture: Ministry of Defence").wait_for()
    assert complaints == []
