"""An editor at work in a real Chromium: a source, a pledge with its claim, a change; and every page's console."""

import re

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import Group, User
from django.urls import reverse

from aid.actions.roles import grant_roles
from aid.models import Pledge, Source
from tests import builders as make
from tests.admin.test_base import ADDABLE, OURS, one_of_each

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long word for a test"
TEXT = "Denmark has allocated 91 million kroner, about 13.26 million dollars. Ukraine’s armed forces benefit."


@pytest.fixture
def account():
    """A publisher who can sign in; the roles are made anew, because a live server's test leaves no rows."""
    grant_roles()
    user = User.objects.create_user("publisher", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="publisher"))
    return user


@pytest.fixture
def desk(page, live_server, account):
    """A browser signed in at the desk, with `page.complaints`: what its console complained about."""
    page.complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.go = lambda path: page.goto(live_server.url + path)
    page.go(reverse("admin:login"))
    page.get_by_label("Username").fill("publisher")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(live_server.url + reverse("admin:index"))
    return page


def choose(page, field, word):
    """Finds a row by typing in an autocomplete, as an editor does."""
    page.locator(f"#id_{field} + .select2 .select2-selection").click()
    page.locator(".select2-container--open input.select2-search__field").fill(word)
    page.get_by_role("option", name=re.compile(word)).first.click()


def test_an_editor_adds_a_source_and_a_pledge_with_its_claim(desk):
    make.make_party(name="Denmark", slug="denmark")
    make.make_party(name="Ukraine", slug="ukraine")

    # The source, with its text.
    with desk.expect_navigation():
        desk.get_by_role("link", name="Add source").click()
    desk.locator("#id_title").press_sequentially("Release on cyber support")
    assert desk.input_value("#id_slug") == "release-on-cyber-support"
    desk.select_option("#id_kind", "government_release")
    desk.fill("#id_text", TEXT)
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("was added successfully").wait_for()
    source = Source.objects.get()
    assert source.text == TEXT

    # The pledge, with a stage and a claim.
    desk.go(reverse("admin:aid_pledge_add"))
    desk.locator("#id_title").press_sequentially("Danish cyber support")
    choose(desk, "donor", "Denmark")
    choose(desk, "recipient", "Ukraine")
    desk.fill("#id_amount", "91000000")
    desk.fill("#id_currency", "DKK")
    desk.select_option("#id_stages-0-stage", "allocated")
    desk.select_option("#id_claims-0-about", label="Amount")
    choose(desk, "claims-0-source", "Release on cyber support")
    desk.fill("#id_claims-0-quote", "allocated 91 million kroner")
    desk.fill("#id_claims-0-wording", "91 million kroner")
    desk.get_by_role("button", name="Add another Claim").click()
    desk.select_option("#id_claims-1-about", label="Stage in row 1: stage")
    choose(desk, "claims-1-source", "Release on cyber support")
    desk.fill("#id_claims-1-quote", "Denmark has allocated")
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.get_by_text("was added successfully").wait_for()

    pledge = Pledge.objects.get()
    assert (pledge.stage, str(pledge.amount), pledge.donor.name) == ("allocated", "91000000.00", "Denmark")
    amount, stage = pledge.claims.order_by("pk")
    assert (amount.value, amount.recorded_by.username) == ("91000000", "publisher")
    [passage] = amount.passages.all()
    assert (passage.source, passage.start, passage.end) == (source, 12, 39)
    assert (stage.target, stage.value) == (pledge.stages.get(), "allocated")

    # A change of the amount: asked about first, then saved, and said.
    desk.fill("#id_amount", "92000000")
    desk.get_by_role("button", name="Save and continue editing").click()
    desk.get_by_label("Update: what stood there was right").check()
    desk.get_by_label("Note for readers").fill("It is one million more.")
    desk.get_by_role("button", name="Save with this answer").click()
    warning = desk.locator(".messagelist .warning").first
    warning.wait_for()
    assert "Amount is “92000000”, but its preferred claim says “91000000”." in warning.inner_text()
    pledge.refresh_from_db()
    assert str(pledge.amount) == "92000000.00"

    # And readers see it at the next request.
    desk.go(pledge.get_absolute_url())
    assert "92" in desk.get_by_role("main").inner_text()
    assert desk.complaints == []


def test_what_was_typed_survives_a_mistake(desk):
    source = make.make_source(TEXT, title="The release")
    make.make_party(name="Denmark", slug="denmark")

    desk.go(reverse("admin:aid_pledge_add"))
    desk.locator("#id_title").press_sequentially("Danish cyber support")
    choose(desk, "donor", "Denmark")
    desk.fill("#id_amount", "12 million")
    choose(desk, "claims-0-source", source.title)
    desk.select_option("#id_claims-0-about", label="Donor")
    desk.fill("#id_claims-0-quote", "Norway has allocated")
    desk.get_by_role("button", name="Save", exact=True).click()

    desk.locator(".errornote").wait_for()
    assert desk.input_value("#id_title") == "Danish cyber support"
    assert desk.input_value("#id_amount") == "12 million"
    # Where four fields share a line, a sentence has no width to lose.
    said = desk.locator(".errorlist", has_text="Write the amount in figures").bounding_box()
    assert said["width"] == desk.locator("#id_amount").bounding_box()["width"]
    assert desk.input_value("#id_claims-0-quote") == "Norway has allocated"
    assert desk.locator("#id_donor + .select2").inner_text().strip().endswith("Denmark")
    assert "do not stand in the source's text" in desk.locator("#claims-0").inner_text()
    assert Pledge.objects.count() == 0
    assert desk.complaints == []


def test_claims_follow_the_rows_that_they_are_about(desk):
    desk.go(reverse("admin:aid_pledge_add"))
    for _ in range(3):
        desk.get_by_role("button", name="Add another Stage").click()
    for _ in range(3):
        desk.get_by_role("button", name="Add another Valuation").click()
    offered = desk.locator("#id_claims-0-about option").evaluate_all("found => found.map((option) => option.value)")
    assert len(offered) == len(set(offered))
    assert {f"valuation.row{row}.amount" for row in range(3)} <= set(offered)
    desk.select_option("#id_claims-0-about", label="Stage in row 4: stage")

    desk.locator("#stages-1 .inline-deletelink").click()

    assert desk.input_value("#id_claims-0-about") == "stage_step.row2.stage"
    desk.locator("#stages-2 .inline-deletelink").click()
    assert desk.input_value("#id_claims-0-about") == ""
    assert desk.complaints == []


def test_no_page_of_the_desk_breaks_the_content_security_policy(desk, account):
    account.is_superuser = True
    account.save()
    one_of_each()
    addresses = ["/admin/", "/admin/ledger/", "/admin/password_change/"]
    for model in [*OURS, User, Group]:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model.objects.order_by("-pk").first()
        addresses += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk]),
                      reverse(f"{name}_history", args=[row.pk])]  # fmt: skip
        if model in ADDABLE or model in (User, Group):
            addresses.append(reverse(f"{name}_add"))
    assert len(addresses) > 2 * len(site._registry)

    for address in addresses:
        answer = desk.go(address)
        assert answer.status == 200, address
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert desk.complaints == [], address


def test_the_autocomplete_opens_and_a_popup_adds_a_party_cleanly(desk):
    make.make_party(name="Denmark")
    desk.go(reverse("admin:aid_pledge_add"))

    assert desk.get_by_role("combobox", name="Donor", exact=True).count() == 1
    choose(desk, "donor", "Denmark")
    with desk.expect_popup() as opened:
        desk.locator("#add_id_recipient").click()
    popup = opened.value
    popup.on("console", lambda message: message.type == "error" and desk.complaints.append(message.text))
    popup.fill("#id_name", "Ukraine")
    popup.select_option("#id_kind", "state")
    popup.get_by_role("button", name="Save", exact=True).click()

    desk.locator("#id_recipient + .select2", has_text="Ukraine").wait_for()
    assert desk.complaints == []
