"""Pictures at the desk: sent, described, chosen for an article, and deleted."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import pre_save
from django.urls import reverse

from aid.models import Article, AuditEntry, Image
from tests import builders as make
from tests.admin.forms import errors, sent

pytestmark = pytest.mark.django_db
ADD = reverse("admin:aid_image_add")


def upload(client, data, name="photo.jpg", **words):
    file = SimpleUploadedFile(name, data, content_type="image/jpeg")
    return client.post(ADD, {**sent(client.get(ADD)), "alt": "A radar", "credit": "Staff", **words, "picture": file})


def test_a_picture_is_kept_anew_with_its_words(writer):
    data = make.picture_bytes("PNG", size=(300, 200)) + b"Marselisborg"
    response = upload(writer, data, "../../../etc/Marselisborg.php")
    assert response.status_code == 302
    image = Image.objects.get()
    assert (image.format, image.width, image.height, image.alt, image.credit) == ("png", 300, 200, "A radar", "Staff")
    assert image.file.name == f"images/{image.key}.png"
    assert image.added_by == writer.user
    assert b"Marselisborg" not in default_storage.open(image.file.name).read()
    assert AuditEntry.objects.get(kind="image").action == "added"
    page = writer.get(reverse("admin:aid_image_change", args=[image.pk])).content.decode()
    assert f'src="/admin/aid/image/{image.pk}/file/?small" alt="A radar"' in page
    assert 'type="file"' not in page


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"words", "format"), (b"GIF89a", "format"), (make.picture_bytes()[:200], "damaged")],
)
def test_what_is_no_picture_is_refused_and_the_words_stay(data, code, writer):
    response = upload(writer, data, alt="A radar on a hill")
    assert errors(response) == {"picture": [code]}
    assert "A radar on a hill" in response.content.decode()
    assert Image.objects.count() == 0
    assert default_storage.listdir("")[0] in ([], ["images"])


def test_no_file_at_all_is_refused(writer):
    response = writer.post(ADD, {**sent(writer.get(ADD)), "alt": "A radar"})
    assert errors(response) == {"picture": ["required"]}


def test_the_same_picture_is_kept_once(writer):
    data = make.picture_bytes()
    upload(writer, data)
    response = upload(writer, data, name="another-name.jpg", alt="Again")
    assert errors(response) == {"picture": ["repeated"]}
    assert "“A radar”" in response.content.decode()
    assert Image.objects.count() == 1


def test_a_form_that_met_another_save_reads_its_file_again(writer):
    def met(sender, instance, **kwargs):
        # What is made here is taken back with the failed save, as if the other had thought better of it.
        pre_save.disconnect(met, sender=Image)
        make.make_image(sha256=instance.sha256)
        tried.append(instance.file.name)

    tried = []
    pre_save.connect(met, sender=Image)
    try:
        assert upload(writer, make.picture_bytes()).status_code == 302
    finally:
        pre_save.disconnect(met, sender=Image)
    image = Image.objects.get()
    assert (image.alt, image.width) == ("A radar", 32)
    assert default_storage.exists(image.file.name)
    assert [default_storage.exists(name) for name in tried] == [False]


def test_the_words_are_changed_and_the_file_is_not(editor):
    image = make.make_image(alt="")
    address = reverse("admin:aid_image_change", args=[image.pk])
    file = SimpleUploadedFile("other.jpg", make.picture_bytes())
    editor.post(address, {**sent(editor.get(address)), "alt": "A ship", "picture": file, "file": file})
    changed = Image.objects.get()
    assert (changed.alt, changed.sha256, changed.file.name) == ("A ship", image.sha256, image.file.name)
    assert AuditEntry.objects.get(kind="image").changes == [["What it shows", "", "A ship"]]


def test_an_article_takes_a_picture_and_shows_it_on_its_form(writer):
    image = make.make_image(alt="A radar")
    article = make.make_article(published=False)
    address = reverse("admin:aid_article_change", args=[article.pk])
    found = writer.get(
        reverse("admin:autocomplete"),
        {"app_label": "aid", "model_name": "articlerevision", "field_name": "image", "term": "radar"},
    ).json()
    assert [row["id"] for row in found["results"]] == [str(image.pk)]
    writer.post(address, {**sent(writer.get(address)), "image": image.pk})
    assert Article.objects.get().revisions.get(number=2).image == image
    assert f'src="/admin/aid/image/{image.pk}/file/?small"' in writer.get(address).content.decode()


def test_a_picture_in_use_stays_and_another_goes_with_its_file(administrator, django_capture_on_commit_callbacks):
    used, unused = make.make_image(), make.make_image()
    article = make.make_article(image=used)
    page = administrator.get(reverse("admin:aid_image_delete", args=[used.pk])).content.decode()
    assert f"/admin/aid/article/{article.pk}/" in page
    with django_capture_on_commit_callbacks(execute=True):
        for image in (used, unused):
            administrator.post(reverse("admin:aid_image_delete", args=[image.pk]), {"post": "yes"})
    assert list(Image.objects.all()) == [used]
    assert [default_storage.exists(image.file.name) for image in (used, unused)] == [True, False]


def test_the_file_is_for_the_desk_alone(reader, writer):
    image = make.make_image()
    address = reverse("admin:aid_image_file", args=[image.pk])
    assert reader.get(address).status_code == 302
    assert writer.post(address).status_code == 405
    response = writer.get(address)
    assert "private" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    for wrong in ("0", "x", "9" * 30, "-1"):
        assert writer.get(f"/admin/aid/image/{wrong}/file/").status_code == 404
    default_storage.delete(image.file.name)
    assert writer.get(address).status_code == 404
    assert writer.get(reverse("admin:aid_image_changelist")).status_code == 200
