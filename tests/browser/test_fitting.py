"""What a text can mean by its own conversion: tested and taken up in a browser."""

from datetime import date

import pytest

from aid.models import Claim
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SENTENCE = "Denmark has allocated 91 million kroner, about 13.26 million dollars."


def test_an_editor_takes_up_the_currency_that_fits(editor_page, live_server):
    passage = make.make_passage(make.make_source(SENTENCE))
    pledge = make.make_pledge(announced_on="2024?")
    valuation = make.make_valuation(pledge=pledge, rate_on=date(2024, 1, 24), is_approximate=True)
    make.make_claim(pledge, "amount", [passage], wording="91 million kroner")
    make.make_claim(valuation, "amount", [passage])
    make.make_claim(valuation, "rate_on", [passage], basis="inferred")

    editor_page.goto(f"{live_server.url}/admin/aid/pledge/{pledge.pk}/change/")
    with editor_page.expect_navigation():
        editor_page.get_by_role("link", name="Which currency and year can the text mean?").click()
    editor_page.get_by_role("link", name="Take up the currency DKK").wait_for()
    fits = editor_page.get_by_role("row").filter(has=editor_page.get_by_text("fits", exact=True))
    assert [row.inner_text().split()[0] for row in fits.all()] == ["DKK", "2023", "2024"]
    editor_page.set_viewport_size({"width": 360, "height": 800})
    assert editor_page.evaluate("document.documentElement.scrollWidth") == 360
    editor_page.set_viewport_size({"width": 1280, "height": 900})

    with editor_page.expect_navigation():
        editor_page.get_by_role("link", name="Take up the currency DKK").click()
    assert not Claim.objects.filter(field="currency").exists()
    editor_page.get_by_role("button", name="Save and continue editing").click()
    editor_page.get_by_text("was changed successfully").wait_for()
    claim = Claim.objects.get(field="currency")
    assert (claim.pledge, claim.value, claim.basis, claim.wording) == (pledge, "DKK", "inferred", "kroner")
    assert claim.reasoning.startswith("The text gives 91 million “kroner”")
    assert [row.quote for row in claim.passages.all()] == [SENTENCE]
