"""The page of the fact-check: what it shows, what it takes, and whom it lets."""

import html
import re

import pytest

from aid.choices import Rank
from aid.models import Article, Claim, Exemption, Pledge, SignOff
from aid.queries.checks import check_of
from tests import builders as make
from tests.admin.forms import said

pytestmark = pytest.mark.django_db

TEXT = "It was announced. Denmark allocated 91 million kroner. Nobody knows when it comes."
BODY = "It was [[pledge:one:amount]] on [[pledge:one:announced_on]].\n\nIt is for 12 tanks."


@pytest.fixture
def article():
    source, pledge = make.make_source(text=TEXT, title="The release"), make.make_pledge(slug="one")
    recorder = make.make_user(username="recorder")
    passage = make.make_passage(source, 18, 54)
    for row in (pledge, *pledge.stages.all()):
        for field in row.claimed_fields:
            if row.canonical(field):
                make.make_claim(row, field, [passage], recorded_by=recorder)
    Claim.objects.filter(field="amount").update(wording="91 million kroner")
    return make.make_article("A headline", BODY, published=False, created_by=make.make_user(username="author"))


def page(article):
    return f"/admin/aid/article/{article.pk}/fact-check/"


def newest(article):
    return article.revisions.order_by("-number").first()


def states(article):
    return {item.thing.key: item.state for item in check_of(article, newest(article)).items}


def shown(response):
    """The words of a page."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition('id="content-main"')[2])
    return re.sub(r"\s+", " ", html.unescape(text))


def send(client, article, *keys, **more):
    found = states(article)
    return client.post(page(article), {"item": [found[key] for key in keys], "revision": 1} | more, follow=True)


def test_each_item_stands_beside_what_supports_it(editor, article):
    response = editor.get(page(article))

    told = shown(response)
    assert "Revision 1, saved on" in told and "by author" in told
    assert "3 of 3 still open" in told
    assert "Amount : DKK 91,000,000 stated" in told
    assert "Denmark allocated 91 million kroner . Nobody knows when it comes. The release , news report" in told
    assert "Claim recorded by recorder, not verified" in told
    assert "No record that the text names says so" in told
    assert len(re.findall(r'type="checkbox" name="item"', response.content.decode())) == 3


def test_items_are_grouped_by_paragraph_in_reading_order(editor, article):
    found = re.findall(r"<h2 [^>]*>(.*?)</h2>|id=\"(item-\d)\"", editor.get(page(article)).content.decode())
    order = [one or other for one, other in found]
    assert order[order.index("Headline") :] == [
        "Headline",
        "Paragraph 1",
        "item-1",
        "item-2",
        "Paragraph 2",
        "item-3",
    ]


def test_an_editor_signs_off_what_is_ticked(editor, article):
    response = send(editor, article, "pledge:one:amount", "pledge:one:announced_on")

    assert response.redirect_chain == [(page(article), 302)]
    assert said(response) == [("success", "Signed off: 2 items. Verified with it: 3 claims.")]
    assert [row.item for row in SignOff.objects.order_by("pk")] == ["pledge:one:amount", "pledge:one:announced_on"]
    told = shown(response)
    assert "1 of 3 still open" in told
    assert "Signed off by editor" in told


def test_what_nothing_bears_out_is_signed_with_a_note(editor, article):
    state = states(article)["12"]

    refused = send(editor, article, "12", **{f"note-{state}": " "})
    assert SignOff.objects.count() == 0
    assert "Nothing recorded bears it out. Write in the note how you checked it." in shown(refused)
    assert f'value="{state}" checked' in refused.content.decode()

    done = send(editor, article, "12", **{f"note-{state}": "Counted <b>them</b>."})
    assert "“Counted <b>them</b>.”" in shown(done).replace("< b >", "<b>") or SignOff.objects.get().note
    assert "<b>them</b>" not in done.content.decode()


def test_a_refused_item_keeps_its_note_and_the_others_are_signed(editor, article):
    asked = states(article)
    Claim.objects.filter(field="announced_on").update(wording="announced")

    response = editor.post(page(article), {
        "revision": 1, "item": [asked["pledge:one:amount"], asked["pledge:one:announced_on"]],
        f"note-{asked['12']}": "Not sent yet",
    })  # fmt: skip

    assert (response.status_code, [row.item for row in SignOff.objects.all()]) == (200, ["pledge:one:amount"])
    told = shown(response)
    assert "not signed off. It or what it rests on has changed since you opened this page. Read it once more." in told
    assert "Not sent yet" in told


def test_a_page_of_an_older_revision_says_so(editor, article):
    asked = states(article)
    make.make_revision(article, body=BODY.replace("12 tanks", "14 tanks"))

    response = editor.post(page(article), {"revision": 1, "item": asked["12"], f"note-{asked['12']}": "Counted."})

    assert "12 : not signed off. Revision 2 was saved since you opened this page" in shown(response)
    assert SignOff.objects.count() == 0


def test_what_is_open_again_says_why(editor, article):
    send(editor, article, "pledge:one:amount")
    pledge = Pledge.objects.get(slug="one")
    pledge.amount = 92_000_000
    pledge.save()
    claim = pledge.claims.get(field="amount")
    claim.value = "92000000"
    claim.save()

    told = shown(editor.get(page(article)))

    assert "Open again. editor signed it off on" in told
    assert "Amount was “91,000,000” (stated); it is “92,000,000” (stated) now." in told


def test_nothing_ticked_is_said(editor, article):
    response = editor.post(page(article), {"revision": 1, f"note-{states(article)['12']}": "A note"})
    assert said(response) == [
        ("warning", "Nothing was ticked. Tick what you held against its evidence, then sign it off.")
    ]
    assert "A note" in shown(response)


@pytest.mark.parametrize("data", [
    {"item": "x"}, {"item": ["", "0" * 64]}, {"item": "\0", "revision": "\0"},
    {"item": "’" * 64, "revision": "9" * 40},
    {"item": ["1", "2"], "revision": "-1"},
])  # fmt: skip
def test_nonsense_signs_nothing_and_breaks_nothing(data, editor, article):
    response = editor.post(page(article), data)
    assert (response.status_code, SignOff.objects.count()) == (200, 0)


@pytest.mark.parametrize("note", ["a\0b", "x" * 1001])
def test_a_note_that_cannot_be_kept_is_refused(note, editor, article):
    state = states(article)["12"]
    response = send(editor, article, "12", **{f"note-{state}": note})
    assert "The note:" in shown(response)
    assert SignOff.objects.count() == 0


def test_a_writer_reads_the_check_and_signs_nothing(writer, article):
    response = writer.get(page(article))

    assert (response.status_code, 'type="checkbox" name="item"' in response.content.decode()) == (200, False)
    assert "An editor signs these off." in shown(response)
    assert send(writer, article, "pledge:one:amount").status_code == 403
    assert SignOff.objects.count() == 0


def test_who_wrote_it_is_told_so_instead_of_a_box(editor, article):
    article.revisions.update(created_by=editor.user)
    response = editor.get(page(article))
    assert shown(response).count("You wrote this. Somebody else has to sign it off.") == 3
    assert 'type="checkbox" name="item"' not in response.content.decode()


def test_the_form_of_the_article_leads_there(writer, article):
    response = writer.get(f"/admin/aid/article/{article.pk}/change/")
    assert f'<a href="{page(article)}">Fact-check</a>' in response.content.decode()


@pytest.mark.parametrize("address", ["0", "x", "99999", "9" * 30, "%00"])
def test_no_article_is_not_found(address, editor):
    assert editor.get(f"/admin/aid/article/{address}/fact-check/").status_code in (400, 404)


def test_who_is_not_signed_in_is_sent_to_do_so(reader, article):
    assert reader.get(page(article)).status_code == 302
    assert reader.post(page(article)).status_code == 302


def test_only_get_and_post_are_answered(editor, article):
    assert editor.put(page(article)).status_code == 405
    assert editor.get(page(article).replace("fact-check", "exempt")).status_code == 405


def test_an_article_without_a_text_has_nothing_to_check(editor):
    response = editor.get(page(Article.objects.create(slug="empty")))
    assert "Nothing has been written yet, so there is nothing to check." in shown(response)


def test_a_dead_reference_is_shown_and_cannot_be_ticked(editor, article):
    make.make_revision(article, body="It was [[pledge:gone:amount]].")
    response = editor.get(page(article))
    assert "No record answers to this. Mend it in the text." in shown(response)
    assert 'type="checkbox" name="item"' not in response.content.decode()


def test_editors_text_is_never_markup(editor, article):
    make.make_revision(article, headline="<script>alert(1)</script> “<i>x</i>”", body="“<img src=x>” and 12 `<b>`")
    content = editor.get(page(article)).content.decode()
    assert "<script>alert" not in content and "<img src=x>" not in content and "<i>x</i>" not in content


# The checklist on the page


@pytest.fixture
def disputed(article):
    pledge = Pledge.objects.get(slug="one")
    make.make_claim(pledge, "amount", value="92000000", rank=Rank.ALTERNATIVE, source=make.make_source())
    make.sign_everything(article)
    return article


def hidden(response):
    return dict(re.findall(r'name="(code|subject|state)" value="([^"]*)"', response.content.decode()))


def test_what_stands_in_the_way_is_listed_with_the_sources_that_disagree(editor, disputed):
    told = shown(editor.get(page(disputed)))
    assert "What stands in the way Amount of “Pledge" in told
    assert "cannot be true together with it" in told


def test_an_editor_lets_a_disagreement_pass(editor, disputed):
    about = hidden(editor.get(page(disputed)))

    response = editor.post(page(disputed).replace("fact-check", "exempt"), about | {"why": "Confirmed."}, follow=True)

    assert said(response) == [("success", "Let pass, with your reason, as long as what was found stays the same.")]
    assert "editor," in shown(response) and "“Confirmed.”" in shown(response)
    assert "What stands in the way" not in shown(response)


@pytest.mark.parametrize("why", ["", " ", "a\0", "x" * 1001])
def test_a_reason_that_is_none_is_refused_and_kept(why, editor, disputed):
    about = hidden(editor.get(page(disputed)))

    response = editor.post(page(disputed).replace("fact-check", "exempt"), about | {"why": why})

    assert (response.status_code, Exemption.objects.count()) == (200, 0)
    assert "<details open>" in response.content.decode()


def test_a_reason_for_what_has_changed_is_refused_and_kept(editor, disputed):
    about = hidden(editor.get(page(disputed))) | {"why": "A long reason"}
    Claim.objects.filter(value="92000000").update(value="93000000")
    make.sign_everything(disputed)

    response = editor.post(page(disputed).replace("fact-check", "exempt"), about)

    assert "This has changed since you opened the page." in shown(response)
    assert "You had written: “A long reason”" in shown(response)
    assert Exemption.objects.count() == 0


def test_a_writer_and_the_author_let_nothing_pass(writer, editor, disputed):
    about = hidden(editor.get(page(disputed))) | {"why": "Because."}
    address = page(disputed).replace("fact-check", "exempt")
    assert writer.post(address, about).status_code == 403
    assert "An editor can let it pass." in shown(writer.get(page(disputed)))

    disputed.revisions.update(created_by=editor.user)
    assert "Let it pass with a reason" not in shown(editor.get(page(disputed)))
    assert "You wrote this text. Somebody else has to let it pass." in shown(editor.post(address, about))
    assert Exemption.objects.count() == 0


# What the page costs, whatever the number of items.
COST = 23


def test_the_page_costs_the_same_for_one_item_and_for_three(editor, article, django_assert_num_queries):
    one = make.make_article(
        "A headline", "It was [[pledge:one:amount]].", published=False, created_by=make.make_user()
    )
    for checked in (one, article):
        make.sign_everything(checked)
    Claim.objects.filter(field__in=["amount", "announced_on"]).update(reasoning="So it is.")
    editor.get(page(one))
    for checked in (one, article):
        with django_assert_num_queries(COST):
            editor.get(page(checked))
