"""The check of the catalogues: a text that is not translated, or translated into something else, is named."""

import pytest
from django.core.management import CommandError, call_command

from aid.exchange import catalogues


@pytest.fixture
def site(tmp_path, settings):
    """A site of one template and one module, without any catalogue."""
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    (tmp_path / "templates" / "admin").mkdir(parents=True)
    (tmp_path / "aid").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}\n    <p>{% translate 'Pledges' %}</p>\n{% if x %}\n"
        "  {% blocktranslate trimmed count n=n %}\n    {{ n }} <b>day</b>\n  {% plural %}\n    {{ n }} <b>days</b>\n"
        "  {% endblocktranslate %}\n{% endif %}{{ x|default:_('none') }}"
    )
    (tmp_path / "templates" / "admin" / "desk.html").write_text("{% load i18n %}{% translate 'Only at the desk' %}")
    (tmp_path / "aid" / "words.py").write_text("A = pgettext_lazy('a letter', 'A')\nB = gettext(f'{A} now')\n")
    return tmp_path


def check(capsys, **options):
    """Whether the command is content, and what it says."""
    try:
        call_command("translations", **options)
        return True, capsys.readouterr().out
    except CommandError:
        return False, capsys.readouterr().out


def translate(code, texts):
    kept = catalogues.read(code)
    for message in kept:
        if message.id in texts:
            message.string = texts[message.id]
    catalogues.write(code, kept)


DANISH = {
    "Pledges": "Tilsagn",
    "none": "ingen",
    "A": "A",
    ("%(n)s <b>day</b>", "%(n)s <b>days</b>"): ("%(n)s <b>dag</b>", "%(n)s <b>dage</b>"),
}
UKRAINIAN = DANISH | {
    ("%(n)s <b>day</b>", "%(n)s <b>days</b>"): ("%(n)s <b>день</b>", "%(n)s <b>дні</b>", "%(n)s <b>днів</b>")
}


def test_what_readers_see_is_taken_up_and_what_the_desk_sees_is_not(site):
    found = {(message.id, message.context) for message in catalogues.extracted() if message.id}
    assert found == {
        ("Pledges", None), ("none", None), ("A", "a letter"), (("%(n)s <b>day</b>", "%(n)s <b>days</b>"), None),
    }  # fmt: skip


def test_a_whole_catalogue_has_no_faults(site, capsys):
    content, told = check(capsys)
    assert not content
    assert told == "da: there is no catalogue.\nuk: there is no catalogue.\n"
    content, told = check(capsys, write=True)
    assert not content
    assert told.count("not translated") == 8
    translate("da", DANISH)
    translate("uk", UKRAINIAN)
    before = (site / "locale/da/LC_MESSAGES/django.po").read_bytes()
    content, told = check(capsys, write=True)
    assert content, told
    assert told == "4 texts, translated into 2 languages.\n"
    assert (site / "locale/da/LC_MESSAGES/django.po").read_bytes() == before


@pytest.mark.parametrize(
    ("texts", "fault"),
    (
        ({"Pledges": ""}, "not translated: 'Pledges'"),
        ({"Pledges": " Tilsagn"}, "other spaces around it"),
        ({"Pledges": "Tilsagn %(x)s"}, "other placeholders"),
        ({("%(n)s <b>day</b>", "%(n)s <b>days</b>"): ("%(n)s <b>dag</b>", "%(n)s dage")}, "other tags"),
        ({("%(n)s <b>day</b>", "%(n)s <b>days</b>"): ("%(n)s <b>dag</b>", "")}, "not translated: '%(n)s <b>day"),
    ),
)
def test_faulty_translation_is_named(site, capsys, texts, fault):
    check(capsys, write=True)
    translate("da", DANISH | texts)
    translate("uk", UKRAINIAN)
    content, told = check(capsys)
    assert not content
    assert fault in told
    assert len(told.splitlines()) == 1


def test_file_that_was_not_compiled_again_and_text_that_nobody_says_are_named(site, capsys):
    check(capsys, write=True)
    translate("da", DANISH)
    translate("uk", UKRAINIAN)
    path = site / "locale/da/LC_MESSAGES/django.po"
    path.write_text(path.read_text().replace('"Tilsagn"', '"Løfter"'))
    assert check(capsys) == (False, "da: django.mo is not what django.po says.\n")
    (site / "aid" / "words.py").write_text("")
    _is_content, told = check(capsys, write=False)
    assert "uk: not said anywhere: 'A'" in told
