import pytest

from tests import builders

LISTS = (
    "articles",
    "pledges",
    "coalitions",
    "agreements",
    "events",
    "parties",
    "people",
    "sources",
    "claims",
    "corrections",
)

HOSTILE = {
    "an unknown filter": "foo=1",
    "an array": "foo[]=1&foo[]=2",
    "a page that is no number": "page=abc",
    "a page below one": "page=0",
    "a negative page": "page=-1",
    "a page beyond the last": "page=7",
    "a page with too many digits": "page=99999999999999999999",
    "a page of 5,000 digits": "page=" + "9" * 5000,
    "a page in other digits": "page=%D9%A1",
    "a page with a NUL": "page=%00",
    "a sort that there is not": "sort=-pk",
    "a sort that reaches for a column": "sort=donor__slug",
    "a year that is a date": "year=9999-99-99",
    "a year far off": "year=99999999",
    "a NUL in a value": "sort=a%00b",
    "a NUL in a name": "a%00b=1",
    "a value of 100 kB": "sort=" + "x" * 100_000,
    "a name of 100 kB": "x" * 100_000 + "=1",
    "a repeated name": "sort=one&sort=two",
    "invalid UTF-8": "sort=%FF%FE",
    "a lone surrogate": "sort=%ED%A0%80",
    "a newline": "sort=a%0D%0ASet-Cookie:%20x=1",
    "markup": "sort=%3Cscript%3Ealert(1)%3C/script%3E",
    "template syntax": "sort={{%20request%20}}",
    "a right-to-left mark": "sort=%E2%80%AE",
    "SQL": "sort=1%27%20OR%201=1--",
}
HOSTILE_PLEDGES = {
    "an amount that is not finite": "stated_in=DKK&amount_from=NaN",
    "an endless amount": "stated_in=DKK&amount_to=Infinity",
    "an amount beyond any": "stated_in=DKK&amount_from=1e400",
    "an amount with a huge exponent": "stated_in=DKK&amount_from=1e99999999",
    "an amount in words": "stated_in=DKK&amount_from=abc",
    "a negative amount": "stated_in=DKK&amount_to=-5",
    "an amount with a NUL": "stated_in=DKK&amount_to=5%00",
    "an amount without a currency": "amount_from=5",
    "a donor who is none": "donor=XX",
    "a donor with a NUL": "donor=a%00",
    "a donor twice": "donor=XX&donor=YY",
    "a stage that is none": "stage=given",
    "a basis that is none": "basis=rumour",
    "a sector that is none": "sector=all",
    "a currency in other letters": "stated_in=dkk",
}


def rows_of_each_list():
    """One row for each public list, so that an ignored value cannot hide behind an empty list."""
    donor = builders.make_party(slug="donor")
    builders.make_pledge(donor=donor)
    builders.make_coalition(members=[donor])
    builders.make_agreement(signatories=[donor])
    builders.make_event(starts_on="2024-01-24")
    builders.make_office(party=donor)
    builders.make_correction(article=builders.make_article())
    builders.make_source()
    builders.make_claim(donor, "name")


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_list_says_what_it_ignored(reader, name):
    rows_of_each_list()
    for what, query in HOSTILE.items():
        response = reader.get(f"/{name}/?{query}")
        assert response.status_code == 200, what
        assert response.context["ignored"], what
        assert all(len(sentence) < 250 for sentence in response.context["ignored"]), what
        assert '<div class="ignored"' in response.text, what
        assert "<script>alert" not in response.text, what
        assert "\0" not in response.text, what


@pytest.mark.django_db
def test_pledge_list_says_what_it_ignored(reader):
    rows_of_each_list()
    builders.make_pledge(currency="DKK", amount=5)
    for what, query in HOSTILE_PLEDGES.items():
        response = reader.get(f"/pledges/?{query}")
        assert response.status_code == 200, what
        assert response.context["ignored"], what
        assert len(response.context["rows"]) == 2, what


@pytest.mark.django_db
def test_list_shortens_what_it_repeats_and_stops_repeating(reader):
    query = "&".join(f"{'x' * 300}{n}=1" for n in range(500))
    response = reader.get(f"/pledges/?{query}")
    assert len(response.context["ignored"]) == 13
    assert response.context["ignored"][-1] == "And 488 more parts of the address that were ignored."
    assert response.context["ignored"][0] == f"Ignored: “{'x' * 59}…” is no filter of this list."


@pytest.mark.django_db
def test_empty_values_of_a_form_are_no_mistake(reader):
    rows_of_each_list()
    response = reader.get("/pledges/?donor=&stage=&amount_from=&page=&sort=newest")
    assert response.context["ignored"] == []
    assert response.context["canonical"] == "http://testserver/pledges/"


@pytest.mark.django_db
def test_canonical_address_holds_what_was_understood_alone(reader):
    rows_of_each_list()
    response = reader.get("/pledges/?foo=1&donor=donor&stage=nonsense&currency=")
    assert '<link rel="canonical" href="http://testserver/pledges/?donor=donor">' in response.text


@pytest.mark.django_db
def test_pages_lead_on_with_the_same_filters(reader):
    donor = builders.make_party(slug="donor")
    for _ in range(26):
        builders.make_pledge(donor=donor)
    first = reader.get("/pledges/?donor=donor&sort=oldest")
    assert first.context["count"] == "26 pledges"
    assert (first.context["previous"], first.context["next"]) == ("", "/pledges/?donor=donor&sort=oldest&page=2")
    second = reader.get(first.context["next"])
    assert (second.context["previous"], second.context["next"]) == ("/pledges/?donor=donor&sort=oldest", "")
    assert len(first.context["rows"]) + len(second.context["rows"]) == 26
    assert not set(first.context["rows"]) & set(second.context["rows"])


@pytest.mark.django_db
def test_page_beyond_the_last_shows_the_last_and_says_so(reader):
    for _ in range(26):
        builders.make_party()
    response = reader.get("/parties/?page=99999999999999999999")
    assert response.context["ignored"] == [
        "There is no page 99999999999999999999. There are 2 pages, and this is the last."
    ]
    assert response.context["page"].number == 2


@pytest.mark.django_db
def test_active_filter_is_a_chip_that_takes_itself_away(reader):
    donor = builders.make_party(slug="donor", name="Denmark")
    builders.make_pledge(donor=donor)
    response = reader.get("/pledges/?donor=donor&stage=allocated")
    assert response.context["chips"] == [
        ("Donor", "Denmark", "/pledges/?stage=allocated"),
        ("Stage", "Allocated", "/pledges/?donor=donor"),
    ]


@pytest.mark.django_db
def test_values_of_filters_lead_on_and_back_with_their_numbers(reader):
    denmark, estonia = builders.make_party(slug="dk", name="Denmark"), builders.make_party(slug="ee", name="Estonia")
    for donor, stage in ((denmark, "announced"), (denmark, "allocated"), (estonia, "announced")):
        builders.make_pledge(donor=donor, stage=stage)
    page = reader.get("/pledges/?stage=announced&sort=oldest&view=compact")
    facets = {facet["name"]: [(*one[:3], where) for one, where in facet["first"]] for facet in page.context["facets"]}
    kept = "&sort=oldest&view=compact"
    assert facets["donor"] == [
        ("dk", "Denmark", 1, f"/pledges/?stage=announced{kept}&donor=dk"),
        ("ee", "Estonia", 1, f"/pledges/?stage=announced{kept}&donor=ee"),
    ]
    # What is on leads back; the others are counted as if it were off.
    assert facets["stage"] == [
        ("announced", "Announced", 2, "/pledges/?sort=oldest&view=compact"),
        ("allocated", "Allocated", 1, f"/pledges/?stage=allocated{kept}"),
    ]


@pytest.mark.django_db
def test_where_nothing_fits_each_way_out_says_what_is_there(reader):
    builders.make_pledge(donor=builders.make_party(slug="dk", name="Denmark"), stage="announced")
    builders.make_pledge(stage="allocated")
    page = reader.get("/pledges/?donor=dk&stage=allocated")
    assert page.context["ways_out"] == [
        ("Donor", "Denmark", 1, "/pledges/?stage=allocated"),
        ("Stage", "Allocated", 1, "/pledges/?donor=dk"),
    ]


@pytest.mark.django_db
def test_a_table_has_the_columns_that_are_asked_for_and_says_which_there_are_not(reader):
    builders.make_pledge(amount=None)
    page = reader.get("/pledges/?view=table&columns=stage&columns=donor&columns=price")
    assert [column.name for column in page.context["table"]["columns"]] == ["title", "donor", "stage"]
    assert page.context["ignored"] == ["Ignored: there is no column “price”."]
    assert page.context["table"]["columns"][1].sort == "/pledges/?view=table&columns=title-donor-stage&sort=donor"
    assert "not stated" in reader.get("/pledges/?view=table&columns=amount").text
    assert reader.get("/articles/?view=table").context["ignored"] == [
        "Ignored: there is no view “table” of this list."
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_list_without_rows_leads_out(reader, name):
    response = reader.get(f"/{name}/")
    assert response.status_code == 200
    assert "Nothing has been recorded here yet." in response.text


@pytest.mark.django_db
def test_filters_that_fit_nothing_lead_back_to_the_whole_list(reader):
    builders.make_pledge()
    response = reader.get("/pledges/?stage=cancelled")
    assert response.context["count"] == "no pledges"
    assert "Show the whole list" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("name", (*LISTS, "about", ""))
@pytest.mark.parametrize("method", ("post", "put", "delete", "patch"))
def test_page_can_only_be_read(name, method):
    from django.test import Client

    visitor = Client(enforce_csrf_checks=True)
    response = getattr(visitor, method)(f"/{name}/" if name else "/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_head_answers_like_get(reader, name):
    assert reader.head(f"/{name}/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_answer_is_the_same_for_everyone(reader, editor, name):
    rows_of_each_list()
    anonymous, signed_in = reader.get(f"/{name}/"), editor.get(f"/{name}/")
    assert anonymous.content == signed_in.content
    for response in (anonymous, signed_in):
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def a_pledge():
    donor = builders.make_party()
    coalition = builders.make_coalition()
    builders.make_pledge(
        donor=donor, coalition=coalition, sectors=[builders.make_sector()], announced_on="2024?-01-24"
    )


def a_coalition():
    builders.make_coalition(
        members=[builders.make_party(), builders.make_party()], formalized_at=builders.make_event()
    )


def an_agreement():
    builders.make_agreement(signatories=[builders.make_party(), builders.make_party()], signed_on="2024-01-24")


def an_event():
    builders.make_event(series=builders.make_party(), starts_on="2024-01-24")


def a_party():
    builders.make_party(parent=builders.make_party())


def a_person():
    builders.make_office(person=builders.make_person())


def a_source():
    source = builders.make_source(publisher=builders.make_party())
    builders.make_claim(builders.make_party(iso_alpha2=""), "parent", source=source, value="x")


def an_article():
    builders.make_article(standfirst="One sentence.", topics=[builders.make_sector()])


def claims():
    passage = builders.make_passage()
    pledge = builders.make_pledge(
        coalition=builders.make_coalition(), beneficiaries=[builders.make_party()], sectors=[builders.make_sector()]
    )
    statement = builders.make_statement(speaker=builders.make_person())
    rows = (
        pledge,
        pledge.stages.get(),
        builders.make_valuation(pledge=pledge),
        builders.make_membership(),
        statement,
    )
    for row in (*rows, builders.make_office(held_from="2024"), builders.make_assertion(), builders.make_event()):
        for field in row.claimed_fields:
            if row.canonical(field):
                builders.make_claim(row, field, passages=[passage], source=passage.source)


def corrections():
    builders.make_correction(article=builders.make_article())
    builders.make_correction(pledge=builders.make_pledge())
    builders.make_correction(statement=builders.make_statement(speaker=builders.make_person()))
    builders.make_correction(office=builders.make_office())
    assertion = builders.make_assertion()
    builders.make_claim(assertion, "text")
    builders.make_correction(assertion=assertion)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize(
    ("name", "make", "queries"),
    (
        ("articles", an_article, 6),
        ("pledges", a_pledge, 9),
        ("coalitions", a_coalition, 5),
        ("agreements", an_agreement, 7),
        ("events", an_event, 4),
        ("parties", a_party, 3),
        ("people", a_person, 7),
        ("sources", a_source, 4),
        ("claims", claims, 15),
        ("corrections", corrections, 7),
    ),
)
def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    reader, name, make, queries, rows, django_assert_num_queries
):
    for _ in range(rows):
        make()
    with django_assert_num_queries(queries):
        reader.get(f"/{name}/")


@pytest.mark.django_db
def test_list_of_sources_counts_in_the_number_of_what_rests_on_each(reader):
    source = builders.make_source()
    builders.make_claim(builders.make_pledge(), "amount", source=source)
    assert '1 claim</a> <span class="entry__small">rests on it</span>' in reader.get("/sources/").text
    builders.make_claim(builders.make_pledge(), "amount", source=source)
    assert '2 claims</a> <span class="entry__small">rest on it</span>' in reader.get("/sources/").text


@pytest.mark.django_db
def test_name_that_turns_the_direction_of_writing_is_kept_apart(reader):
    donor, recipient, coalition = "Donor \u202e rev", "Recipient \u202e rev", "Coalition \u202e rev"
    builders.make_pledge(
        donor=builders.make_party(name=donor),
        recipient=builders.make_party(name=recipient),
        coalition=builders.make_coalition(name=coalition),
    )
    text = reader.get("/pledges/").text.split("entry--pledge")[1]
    assert all(f"<bdi>{name}</bdi>" in text for name in (donor, recipient, coalition))
