"""What differs between two revisions of an article."""

import pytest

from aid.choices import ArticleSection
from aid.queries.comparing import comparison, revisions_of
from tests import builders as make


def compared(old, new, **both):
    """The comparison of an article's two revisions with these bodies."""
    article = make.make_article(body=old, **both)
    return comparison(article.revisions.get(), make.make_revision(article, body=new))


def marks(part):
    return "".join(
        {"kept": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}[segment.change].format(segment.text)
        for segment, _ in part.difference
    )


def cited(found):
    return [
        (record.kind, record.name, record.change, [(f.name, f.value, f.change) for f in record.figures])
        for record in found.cited
    ]


@pytest.mark.django_db
def test_each_text_is_compared_word_by_word():
    article = make.make_article("Denmark gives", "It gave 91 million.", standfirst="Same.", byline="A. Writer")
    new = make.make_revision(article, headline="Denmark gives more", body="It gave 92 million.\r\n", byline="")

    found = comparison(article.revisions.get(number=1), new)

    assert [(part.label, marks(part)) for part in found.changed] == [
        ("Headline", "Denmark gives{+ more+}"), ("Byline", "[-A. Writer-]"),
        ("Text", "It gave [-91-]{+92+} million.{+\n+}"),
    ]  # fmt: skip
    assert found.unchanged == ["Section", "Topics", "Image", "Standfirst"]
    assert not found.is_same


@pytest.mark.django_db
def test_section_topics_and_picture_say_what_went_and_what_came():
    cyber, drones, air = (make.make_sector(name=name) for name in ("Cyber defence", "Drones", "Air defence"))
    image = make.make_image(alt="A radar")
    article = make.make_article(topics=[cyber, drones], section=ArticleSection.NEWS)
    new = make.make_revision(article, topics=[drones, air], section=ArticleSection.ANALYSIS, image=image)

    found = comparison(article.revisions.get(number=1), new)

    assert [(part.label, part.removed, part.added, part.kept) for part in found.changed] == [
        ("Section", ["News"], ["Analysis"], []),
        ("Topics", ["Cyber defence"], ["Air defence"], ["Drones"]),
        ("Image", [], ["A radar"], []),
    ]


@pytest.mark.django_db
def test_other_line_ends_are_no_difference():
    assert compared("One.\r\n\r\nTwo.", "One.\n\nTwo.").is_same


@pytest.mark.django_db
def test_records_that_come_go_and_move_are_named_with_their_figures():
    for slug in ("one", "two", "three"):
        make.make_pledge(slug=slug, title=f"Pledge {slug}")
    make.make_party(slug="denmark", name="Denmark")

    found = compared(
        "[[pledge:one:amount]] and [[pledge:two:stage]], [[pledge:two:amount]], [[pledge:three]], [[party:denmark]].",
        "[[party:denmark|The Danes]]: [[pledge:one:amount]], [[pledge:one:valuation-USD]] and [[pledge:two:amount]].",
    )

    assert cited(found) == [
        ("party", "denmark", "moved", []),
        ("pledge", "one", "", [("amount", "DKK 91 million", ""), ("valuation USD", "", "added")]),
        ("pledge", "two", "", [("amount", "DKK 91 million", ""), ("stage", "Allocated", "removed")]),
        ("pledge", "three", "removed", []),
    ]
    assert [record.place for record in found.cited] == [1, 2, 3, 3]
    assert found.has_other_records
    assert [str(record.row) for record in found.cited[:2]] == ["Denmark", "Pledge one"]


@pytest.mark.django_db
def test_a_name_that_no_record_answers_to_is_told_as_such():
    found = compared("[[pledge:gone:amount]] [[what is this]]", "[[pledge:gone:amount]]")

    assert cited(found) == [("pledge", "gone", "", [("amount", "", "")]), ("", "what is this", "removed", [])]
    assert [record.row for record in found.cited] == [None, None]


@pytest.mark.django_db
def test_the_same_records_in_other_words_are_no_difference_of_records():
    make.make_party(slug="denmark")

    found = compared("By [[party:denmark]].", "From [[party:denmark|the Danes]].")

    assert not found.has_other_records
    assert not found.is_same


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_do_not_grow(number, django_assert_num_queries):
    parties = [make.make_party() for _ in range(number)]
    topics = [make.make_sector() for _ in range(number)]
    body = " ".join(f"[[party:{party.slug}:kind]]" for party in parties)
    article = make.make_article(body=body, topics=topics, created_by=make.make_user())
    for _ in range(number):
        new = make.make_revision(article, body=f"New {body}", created_by=make.make_user())

    with django_assert_num_queries(2):
        revisions = revisions_of(article)
        assert [(str(row.created_by), len(row.publications.all()), row.number) for row in revisions]
    # The two revisions, their topics; the parties.
    with django_assert_num_queries(4):
        assert comparison(revisions[-1], new).changed
