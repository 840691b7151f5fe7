"""Merging two parties at the desk: look for the one that stays, read what moves, then do it."""

import html
import re

import pytest
from django.urls import reverse

from aid.choices import MembershipRole, PartyKind
from aid.models import FormerAddress, Party, Pledge
from tests import builders as make
from tests.admin.forms import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """The party that goes and the one that stays."""
    return (make.make_party(slug="danish-mod", name="Danish MoD", kind=PartyKind.MINISTRY),
            make.make_party(slug="ministry", name="Ministry of Defence", kind=PartyKind.MINISTRY))  # fmt: skip


def page(party, into=None):
    address = reverse("admin:aid_party_merge", args=[party.pk])
    return f"{address}?into={into.pk}" if into else address


def words(response):
    """The page's own part as a reader has it: tags and runs of white space taken out."""
    content = response.content.decode().partition('id="content"')[2].partition('id="footer"')[0]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content)))


def posted(client, gone, stays, **changes):
    """Presses the button of the page that shows what moves."""
    shown = client.get(page(gone, stays))
    return client.post(page(gone), {"into": stays.pk, "state": shown.context["state"]} | changes, follow=True)


# Choosing


def test_the_partys_page_leads_to_it_for_those_who_may(publisher, editor, two):
    change = reverse("admin:aid_party_change", args=[two[0].pk])
    link = f'<a href="{page(two[0])}">Merge into another party</a>'

    assert link in publisher.get(change).content.decode()
    assert link not in editor.get(change).content.decode()
    assert link not in publisher.get(reverse("admin:aid_party_add")).content.decode()


def test_parties_with_a_like_name_are_offered(publisher, two):
    alike = make.make_party(name="Armed force", aliases="Danish armed forces", parent=make.make_party(name="Denmark"))
    make.make_party(name="Modern Mod")

    response = publisher.get(page(two[0]))

    assert response.context["found"] == [alike]
    assert f'<a href="?into={alike.pk}">Armed force</a>' in response.content.decode()
    assert "State, part of Denmark, at " in words(response)


def test_the_one_that_stays_is_searched_for(publisher, two):
    response = publisher.get(page(two[0]), {"q": " defence "})
    assert response.context["found"] == [two[1]]

    response = publisher.get(page(two[0]), {"q": "danish <b>"})
    assert "No other party has “danish <b>” in its names." in words(response)


def test_only_twenty_are_offered(publisher, two):
    for n in range(22):
        make.make_party(name=f"Fund {n:02}")

    response = publisher.get(page(two[0]), {"q": "fund"})

    assert (len(response.context["found"]), response.context["has_more"]) == (20, True)


@pytest.mark.parametrize("number", [1, 3])
def test_choosing_costs_the_same_for_one_and_three(publisher, two, number, django_assert_num_queries):
    for n in range(number):
        make.make_party(name=f"Fund {n}", parent=make.make_party())
    publisher.get(page(two[0]))

    with django_assert_num_queries(6):
        publisher.get(page(two[0]), {"q": "fund"})


# Reading


def test_all_that_would_move_is_shown_first_with_links(publisher, two):
    gone, stays = two
    pledge = make.make_pledge(donor=gone, title="Cyber support", beneficiaries=[gone])
    claim = make.make_claim(pledge, "donor")
    coalition = make.make_coalition(name="IT coalition")
    for party, role in ((gone, MembershipRole.LEAD), (stays, MembershipRole.MEMBER)):
        make.make_membership(coalition=coalition, party=party, role=role)
    both = make.make_pledge(title="Artillery", beneficiaries=two)
    article = make.make_article("Denmark pays", body="[[party:danish-mod]] pays.")

    response = publisher.get(page(gone, stays))

    told = words(response)
    assert "Merge “Danish MoD” into “Ministry of Defence”" in told
    assert "4 references will name “Ministry of Defence” instead." in told
    assert "Pledges (donor): 1 Cyber support" in told
    assert "Pledges (beneficiaries): 1 Cyber support" in told
    assert (
        "Coalition: IT coalition : the membership of “Ministry of Defence” stays, that of “Danish MoD” goes. "
        "Not kept, because no claim says it: role: Lead." in told
    )
    assert "Pledge: Artillery , beneficiaries: both are named there; one of the two is left." in told
    assert "Claims: 1 Cyber support: Donor" in told
    assert "Articles: 1 Denmark pays" in told
    assert "Added to the other names of “Ministry of Defence”: Danish MoD." in told
    assert "Its address, /parties/danish-mod/, leads to /parties/ministry/." in told
    for row in (pledge, claim, coalition, both, article):
        assert (
            f'href="{reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])}"'
            in response.content.decode()
        )
    assert Party.objects.filter(pk=gone.pk).exists()
    assert not FormerAddress.objects.exists()


def test_what_the_two_say_differently_is_shown(publisher):
    gone = make.make_party(name="Danmark", iso_alpha2="DK", parent=make.make_party(name="EU"))
    stays = make.make_party(name="Denmark", parent=make.make_party(name="NATO"))
    make.make_claim(gone, "parent")

    told = words(publisher.get(page(gone, stays)))

    assert "“Denmark” takes over: ISO 3166 code: DK." in told
    assert "Claims that become alternatives: 1 Danmark: Part of" in told


@pytest.mark.parametrize("number", [1, 3])
def test_reading_costs_the_same_for_one_and_three(publisher, two, number, django_assert_num_queries):
    gone, stays = two
    for _ in range(number):
        make.make_claim(make.make_pledge(donor=gone, beneficiaries=[gone]), "donor")
        make.make_claim(make.make_statement(party=gone), "party")
        make.make_claim(make.make_membership(party=gone), "party")
        make.make_signatory(party=gone), make.make_office(party=gone), make.make_correction(party=gone)
        make.make_article(body="[[party:danish-mod]]")
    publisher.get(page(gone, stays))

    with django_assert_num_queries(58):
        response = publisher.get(page(gone, stays))

    assert response.context["count"] == 7 * number


# Doing


def test_the_button_merges_and_says_so(administrator, two):
    gone, stays = two
    pledge = make.make_pledge(donor=gone)

    response = posted(administrator, gone, stays, why="The same ministry\0")

    assert response.redirect_chain == [(reverse("admin:aid_party_change", args=[stays.pk]), 302)]
    [(level, sentence)] = said(response)
    assert level == "success"
    assert (
        sentence == "“Danish MoD” (danish-mod) was merged into “Ministry of Defence” (ministry): 1 reference moved."
    )
    pledge.refresh_from_db()
    assert pledge.donor == stays
    assert "Danish MoD" in response.context["adminform"].form["aliases"].value()


def test_what_changed_meanwhile_is_shown_again(publisher, two):
    gone, stays = two
    old = publisher.get(page(gone, stays)).context["state"]
    make.make_pledge(donor=gone)

    response = posted(publisher, gone, stays, state=old, why="The same")

    assert [level for level, text in said(response) if "since you opened this page" in text] == ["error"]
    assert (response.context["count"], response.context["why"]) == (1, "The same")
    assert posted(publisher, gone, stays, state=response.context["state"]).redirect_chain
    assert not Party.objects.filter(pk=gone.pk).exists()


def test_what_may_not_be_merged_has_no_button(publisher, two):
    gone, stays = two
    make.make_pledge(donor=gone, recipient=stays, title="To itself")

    response = publisher.get(page(gone, stays))

    assert "One of the two gives to the other, and nobody gives to itself: “To itself”." in words(response)
    assert 'method="post"' not in response.content.decode().partition('id="content"')[2]
    assert "cannot be merged into itself" in words(publisher.get(page(gone, gone)))

    refused = publisher.post(page(gone), {"into": stays.pk, "state": ""})
    assert [level for level, _ in said(refused)] == ["error"]
    assert Pledge.objects.get().donor == gone


@pytest.mark.parametrize("key", ["x", "0", "9" * 30, "-1", "1 OR 1", "1.0", "٣"])
def test_nonsense_leads_back_with_a_sentence(publisher, two, key):
    for response in (publisher.get(page(two[0]), {"into": key}), publisher.post(page(two[0]), {"into": key})):
        assert response.status_code == 200
        assert said(response) == [("error", "There is no such party. Look for the one that stays.")]
    address = reverse("admin:aid_party_merge", args=[key])
    assert publisher.get(address, follow=True).redirect_chain == [("/admin/", 302)]
    assert Party.objects.count() == 2


def test_nothing_sent_and_nothing_searched_is_the_first_page(publisher, two):
    assert publisher.post(page(two[0])).context["found"] == []
    assert publisher.get(page(two[0]), {"q": "\0"}).status_code == 400
    assert publisher.get(page(two[0]), {"q": "e " * 4000}).status_code == 200
    assert publisher.delete(page(two[0])).status_code == 405


def test_a_party_merged_already_is_said_to_be_gone(publisher, two):
    gone, stays = two
    state = publisher.get(page(gone, stays)).context["state"]
    posted(publisher, gone, stays)

    response = publisher.post(page(gone), {"into": stays.pk, "state": state}, follow=True)

    assert response.redirect_chain == [("/admin/", 302)]
    assert "Perhaps it was deleted?" in said(response)[0][1]


@pytest.mark.parametrize("role", ["reader", "writer", "editor"])
def test_nobody_else_sees_or_does_it(request, role, two, publisher):
    client = request.getfixturevalue(role)
    state = publisher.get(page(*two)).context["state"]

    expected = 302 if role == "reader" else 403
    for answer in (client.get(page(two[0])), client.get(page(*two)),
                   client.post(page(two[0]), {"into": two[1].pk, "state": state})):  # fmt: skip
        assert answer.status_code == expected
    assert Party.objects.count() == 2
