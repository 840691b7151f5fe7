"""Signing off and letting pass: by whom, what is written down, and what stays as it was."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from aid.actions.checks import exempt_article, sign_off
from aid.choices import AuditAction, Rank
from aid.models import Article, AuditEntry, Claim, Exemption, Pledge, SignOff
from aid.models.append_only import AppendOnlyError
from aid.queries.checks import check_of, open_items
from aid.rules.publishing import reasons_not_to_publish
from tests import builders as make

pytestmark = pytest.mark.django_db

BODY = "It was [[pledge:one:amount]] on [[pledge:one:announced_on]]. It is for 12 tanks."


@pytest.fixture
def article():
    """An article with three open items, written and recorded by two people."""
    source, pledge = make.make_source(), make.make_pledge(slug="one")
    recorder = make.make_user(username="recorder")
    for row in (pledge, *pledge.stages.all()):
        for field in row.claimed_fields:
            if row.canonical(field):
                make.make_claim(row, field, source=source, recorded_by=recorder)
    return make.make_article("A headline", BODY, published=False, created_by=make.make_user(username="author"))


def newest(article):
    return article.revisions.order_by("-number").first()


def states(article):
    return {item.thing.key: item.state for item in check_of(article, newest(article)).items}


def chosen(article, *keys, note=""):
    found = states(article)
    return {found[key]: note for key in keys}


def test_an_editor_signs_off_what_was_chosen_and_leaves_the_rest(article, editor):
    done = sign_off(article, editor.user, chosen(article, "pledge:one:amount"))

    assert [item.thing.key for item in done.signed] == ["pledge:one:amount"]
    row = SignOff.objects.get()
    assert (row.article, row.revision, row.kind, row.item) == (
        article,
        newest(article),
        "figure",
        "pledge:one:amount",
    )
    assert (row.signed_by, row.state) == (editor.user, states(article)["pledge:one:amount"])
    assert [item.thing.key for item in open_items(article, newest(article))] == ["pledge:one:announced_on", "12"]


def test_one_entry_of_the_log_tells_what_was_signed(article, editor):
    sign_off(article, editor.user, chosen(article, "pledge:one:amount", "pledge:one:announced_on"))

    entry = AuditEntry.objects.get(action=AuditAction.SIGNED_OFF)
    assert entry.message == "Signed off 2 items of revision 1; 1 still open."
    assert (entry.user, entry.kind, entry.number) == (editor.user, "article", article.pk)
    assert entry.changes[0] == ["Figure: pledge:one:amount", "open", "signed off: DKK 91 million"]


def test_signing_verifies_the_claims_that_the_item_rests_on(article, editor):
    done = sign_off(article, editor.user, chosen(article, "pledge:one:amount"))

    verified = Claim.objects.filter(verified_by=editor.user)
    assert {claim.field for claim in verified} == {claim.field for claim in done.verified} == {"amount", "currency"}
    assert AuditEntry.objects.filter(action=AuditAction.VERIFIED).count() == 2
    assert open_items(article, newest(article))[0].thing.key == "pledge:one:announced_on"


def test_a_claim_that_somebody_verified_keeps_the_name(article, editor, publisher):
    sign_off(article, editor.user, chosen(article, "pledge:one:amount"))
    make.make_revision(article, body=BODY.replace("It was", "It is"))

    done = sign_off(article, publisher.user, chosen(article, "pledge:one:amount"))

    assert (len(done.signed), done.verified) == (1, [])
    assert Claim.objects.filter(verified_by=editor.user).count() == 2


def test_signing_words_that_stand_far_from_their_record_verifies_nothing(article, editor):
    make.make_revision(article, headline="91 million kroner")

    done = sign_off(article, editor.user, chosen(article, "91 million kroner"))

    assert (len(done.signed), done.verified) == (1, [])


@pytest.mark.parametrize("role", ["writer"])
def test_who_may_not_check_signs_nothing(role, request, article):
    with pytest.raises(PermissionDenied):
        sign_off(article, request.getfixturevalue(role).user, chosen(article, "pledge:one:amount"))

    assert (SignOff.objects.count(), Claim.objects.filter(verified_at__isnull=False).count()) == (0, 0)


def refusals(done):
    return {words: why.partition(".")[0] for _, words, why in done.refused}


def test_nobody_signs_what_they_wrote_or_recorded(article, editor):
    article.revisions.update(created_by=editor.user)
    done = sign_off(article, editor.user, chosen(article, "pledge:one:amount"))
    assert (done.signed, refusals(done)) == ([], {"DKK 91 million": "You wrote this"})

    article.revisions.update(created_by=None)
    Claim.objects.filter(field="amount").update(recorded_by=editor.user)
    done = sign_off(article, editor.user, chosen(article, "pledge:one:amount", "pledge:one:announced_on"))
    assert refusals(done) == {"DKK 91 million": "You recorded the claim that it rests on"}
    assert [row.item for row in SignOff.objects.all()] == ["pledge:one:announced_on"]


def test_what_nothing_bears_out_needs_a_note(article, editor):
    done = sign_off(article, editor.user, chosen(article, "12", note=" "))
    assert (done.signed, refusals(done)) == ([], {"12": "Nothing recorded bears it out"})

    done = sign_off(article, editor.user, chosen(article, "12", note=" Counted them in the release. "))
    assert (len(done.signed), SignOff.objects.get().note) == (1, "Counted them in the release.")


def test_what_has_changed_meanwhile_is_refused_and_the_rest_is_signed(article, editor):
    asked = chosen(article, "pledge:one:amount", "pledge:one:announced_on")
    Claim.objects.filter(field="amount").update(wording="91 million kroner")

    done = sign_off(article, editor.user, asked, newest(article))

    assert [row.item for row in SignOff.objects.all()] == ["pledge:one:announced_on"]
    assert refusals(done) == {
        "[[pledge:one:amount]]": "It or what it rests on has changed since you opened this page"
    }


def test_a_page_of_an_earlier_revision_signs_what_is_still_there(article, editor):
    asked, seen = chosen(article, "pledge:one:amount", "12", note="Counted."), newest(article)
    make.make_revision(article, body=BODY.replace("12 tanks", "14 tanks"))

    done = sign_off(article, editor.user, asked, seen)

    assert [(row.item, row.revision.number) for row in SignOff.objects.all()] == [("pledge:one:amount", 2)]
    told = "Revision 2 was saved since you opened this page, and says it otherwise or not at all"
    assert refusals(done) == {"12": told}


def test_what_somebody_signed_meanwhile_is_said(article, editor, publisher):
    asked = chosen(article, "pledge:one:amount")
    sign_off(article, publisher.user, asked)

    done = sign_off(article, editor.user, asked)

    assert refusals(done) == {"DKK 91 million": "publisher has signed it off meanwhile"}
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize("state", ["", "x" * 64, "0" * 64, "\0", "’"])
def test_nonsense_signs_nothing(state, article, editor):
    done = sign_off(article, editor.user, {state: ""}, newest(article))
    assert (done.signed, [words for _, words, _ in done.refused]) == ([], ["One item"])


def test_an_article_without_a_text_has_nothing_to_sign(editor):
    done = sign_off(Article.objects.create(slug="empty"), editor.user, {"0" * 64: ""})
    assert done.signed == []


@pytest.mark.parametrize("act", [
    lambda row: row.save(), lambda row: row.delete(), lambda row: type(row).objects.all().delete(),
    lambda row: type(row).objects.update(state="other"), lambda row: type(row).objects.bulk_update([row], ["state"]),
])  # fmt: skip
def test_what_was_signed_is_never_changed(act, article, editor):
    sign_off(article, editor.user, chosen(article, "pledge:one:amount"))
    with pytest.raises(AppendOnlyError):
        act(SignOff.objects.get())
    assert SignOff.objects.get().state == states(article)["pledge:one:amount"]


# Letting pass


@pytest.fixture
def disputed(article):
    """The article, with a second source that gives another amount."""
    pledge = Pledge.objects.get(slug="one")
    make.make_claim(pledge, "amount", value="92000000", rank=Rank.ALTERNATIVE, source=make.make_source())
    make.sign_everything(article)
    return article


def dispute(article):
    [reason] = [reason for reason in reasons_not_to_publish(article, newest(article)) if reason.can_be_exempted]
    return reason


def exempt(article, by, why="The ministry confirmed it."):
    reason = dispute(article)
    return exempt_article(article, by, reason.code, reason.subject, reason.state, why)


def test_an_editor_lets_a_reason_pass(disputed, editor):
    assert dispute(disputed).is_blocking

    given = exempt(disputed, editor.user, " The ministry confirmed it. ")

    reason = dispute(disputed)
    assert (reason.is_blocking, reason.is_warning, reason.exemption) == (False, False, given)
    assert (given.granted_by, given.reason, given.code) == (editor.user, "The ministry confirmed it.", "disagreement")
    entry = AuditEntry.objects.get(action=AuditAction.EXEMPTED)
    assert (entry.user, entry.number, entry.why) == (editor.user, disputed.pk, "The ministry confirmed it.")
    assert entry.message.startswith("disagreement: Amount of “")


def test_it_holds_only_while_what_was_found_is_the_same(disputed, editor):
    exempt(disputed, editor.user)
    Claim.objects.filter(value="92000000").update(value="93000000")
    make.sign_everything(disputed)
    assert dispute(disputed).is_blocking


def test_it_holds_for_its_article_alone(disputed, editor):
    exempt(disputed, editor.user)
    other = make.make_article("A headline", BODY, published=False)
    make.sign_everything(other)
    assert dispute(other).is_blocking


def codes(act):
    with pytest.raises(ValidationError) as caught:
        act()
    return caught.value.code


def test_the_author_lets_nothing_pass(disputed, editor):
    disputed.revisions.update(created_by=editor.user)
    assert codes(lambda: exempt(disputed, editor.user)) == "author"
    assert Exemption.objects.count() == 0


def test_who_wrote_an_earlier_unpublished_revision_is_an_author_too(disputed, editor, publisher):
    disputed.revisions.update(created_by=editor.user)
    make.make_revision(disputed, body=f"{BODY} Now.", created_by=publisher.user)
    for by in (editor.user, publisher.user):
        assert codes(lambda by=by: exempt(disputed, by)) == "author"


def test_it_needs_a_reason_and_the_right(disputed, editor, writer):
    assert codes(lambda: exempt(disputed, editor.user, " \n")) == "reason"
    with pytest.raises(PermissionDenied):
        exempt(disputed, writer.user)
    assert Exemption.objects.count() == 0


def test_what_has_changed_or_cannot_be_exempted_is_refused(disputed, editor):
    found = dispute(disputed)
    about = [("disagreement", found.subject, "0" * 16), ("items_open", "", ""), ("no_text", "", ""),
             ("disagreement", "pledge:other:amount", found.state)]  # fmt: skip
    for parts in about:
        assert codes(lambda parts=parts: exempt_article(disputed, editor.user, *parts, "Because.")) == "changed"
    exempt(disputed, editor.user)
    assert codes(lambda: exempt_article(disputed, editor.user, found.code, found.subject, found.state, "Again.")) == (
        "changed"
    )
    assert Exemption.objects.count() == 1


def test_an_exemption_is_never_changed(disputed, editor):
    given = exempt(disputed, editor.user)
    for act in (given.save, given.delete, Exemption.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            act()
