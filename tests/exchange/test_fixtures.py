import json

import pytest
from django.core import serializers

from aid.exchange.fixtures import FixtureError, fixture_files, load_missing
from aid.models import Article, ArticleRevision, Claim, Party, Passage, Source
from aid.models.sources import text_hash

pytestmark = pytest.mark.django_db

TEXT = "Norland gave nothing. Sudland said so."


def party(slug, name, **fields):
    return {"model": "aid.party", "fields": {"slug": slug, "name": name, "kind": "state"} | fields}


def source(slug, text="", **fields):
    given = {
        "slug": slug,
        "title": slug.capitalize(),
        "kind": "news_report",
        "text": text,
        "sha256": text_hash(text),
        "publisher_unknown": "not_stated",
        "author_unknown": "not_stated",
        "url_unknown": "not_stated",
        "published_on_unknown": "not_stated",
    }
    return {"model": "aid.source", "fields": given | fields}


def write(folder, name, *rows):
    (folder / name).write_text(json.dumps(rows))
    return folder / name


def test_rows_load_whatever_file_names_them_first(tmp_path):
    passage = {"model": "aid.passage", "fields": {"source": ["report"], "start": 0, "end": 7, "quote": "Norland"}}
    papers = [
        write(tmp_path, "a.json", passage, source("report", TEXT, publisher=["gazette"], publisher_unknown="")),
        write(tmp_path, "b.json", party("gazette", "Gazette")),
    ]

    loaded = load_missing(papers)

    assert loaded == (["Report"], 3, 0)
    assert Passage.objects.get().source.publisher.name == "Gazette"


def test_an_article_comes_with_what_readers_get_of_it(tmp_path):
    article = {"model": "aid.article", "fields": {"slug": "piece", "published_at": "2024-02-01T08:00:00Z"}}
    revision = {"model": "aid.articlerevision", "fields": {"article": ["piece"], "number": 1, "headline": "Piece"}}
    edition = {
        "model": "aid.publication",
        "fields": {"article": ["piece"], "revision": ["piece", 1], "starts_at": "2024-02-01T08:00:00Z"},
    }

    load_missing([write(tmp_path, "a.json", edition, source("report", TEXT), revision, article)])

    assert Article.objects.get().live == ArticleRevision.objects.get()


def test_loading_again_changes_and_adds_nothing(tmp_path):
    paths = [write(tmp_path, "a.json", party("norland", "Norland"), source("report", TEXT))]
    load_missing(paths)
    Party.objects.update(name="Typed by an editor")

    loaded = load_missing(paths)

    assert loaded == ([], 0, 2)
    assert [party.name for party in Party.objects.all()] == ["Typed by an editor"]


def test_a_row_that_an_editor_deleted_stays_deleted(tmp_path):
    paths = [write(tmp_path, "a.json", party("norland", "Norland"), source("report", TEXT))]
    load_missing(paths)
    Party.objects.all().delete()

    load_missing(paths)

    assert Party.objects.count() == 0


def test_a_later_document_leaves_rows_of_editors_and_of_earlier_documents(tmp_path):
    parties = write(tmp_path, "parties.json", party("norland", "Norland"))
    first = write(tmp_path, "first.json", party("sudland", "Sudland"), source("report", TEXT))
    load_missing([first, parties])
    Party.objects.filter(slug="norland").update(name="Typed by an editor")
    Party.objects.filter(slug="sudland").delete()
    write(tmp_path, "parties.json", party("norland", "Norland"), party("westland", "Westland"))
    second = write(
        tmp_path, "second.json", source("speech", "Other words.", publisher=["westland"], publisher_unknown="")
    )

    loaded = load_missing([first, parties, second])

    assert loaded == (["Speech"], 2, 1)
    assert sorted(party.name for party in Party.objects.all()) == ["Typed by an editor", "Westland"]


def test_a_source_whose_address_was_changed_is_known_by_its_text(tmp_path):
    paths = [write(tmp_path, "a.json", source("report", TEXT))]
    load_missing(paths)
    Source.objects.update(slug="report-of-january")

    assert load_missing(paths).documents == []
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([source("report", TEXT), party("x", "X", kind="planet")], r"a\.json, row 2 \(aid\.party\)"),
        ([source("report", TEXT), party("x", "X", colour="red")], r"a\.json, row 2 \(aid\.party\)"),
        ([source("report", TEXT, publisher=["nobody"], publisher_unknown="")], r"a\.json, row 1 \(aid\.source\)"),
        ([source("report", TEXT), {"model": "aid.planet", "fields": {}}], "no model aid.planet"),
        ([source("report", TEXT) | {"pk": 7}], "numbers its rows"),
        ({"model": "aid.source"}, "no list of rows"),
    ],
)
def test_a_faulty_file_adds_nothing_and_is_named(tmp_path, rows, said):
    (tmp_path / "a.json").write_text(json.dumps(rows))

    with pytest.raises(FixtureError, match=said):
        load_missing([tmp_path / "a.json"])

    assert Source.objects.count() == 0


def test_a_file_that_is_no_json_is_named(tmp_path):
    (tmp_path / "a.json").write_text("[{")

    with pytest.raises(FixtureError, match=r"a\.json cannot be read"):
        load_missing([tmp_path / "a.json"])


def test_the_files_are_those_of_the_folder_itself(tmp_path, settings):
    settings.FIXTURE_DIRS = [tmp_path]
    (tmp_path / "examples").mkdir()
    write(tmp_path / "examples", "sketch.json")

    second, first = write(tmp_path, "b.json"), write(tmp_path, "a.json")

    assert fixture_files() == [first, second]


def test_the_document_loads_whole(document):
    rows = [row for path in fixture_files() for row in json.loads(path.read_text())]

    assert document.passages.count() == sum(
        row["model"] == "aid.passage" and row["fields"]["source"] == [document.slug] for row in rows
    )
    assert Claim.objects.count() == sum(row["model"] == "aid.claim" for row in rows)


def test_a_withdrawn_claim_comes_with_what_replaced_it(tmp_path):
    def claim(key, **fields):
        given = {"key": key, "party": ["norland"], "field": "parent", "value": "x", "source": ["report"]}
        return {"model": "aid.claim", "fields": given | fields}

    gone = claim(
        "gone", rank="withdrawn", withdrawn_at="2024-02-01T08:00:00Z", withdrawn_why="Misread.", replaced_by=["holds"]
    )

    load_missing([write(tmp_path, "a.json", gone, party("norland", "Norland"), source("report"), claim("holds"))])

    (row,) = Claim.objects.filter(rank="withdrawn")
    assert (row.replaced_by.key, row.withdrawn_why) == ("holds", "Misread.")
    (written,) = json.loads(serializers.serialize("json", [row], use_natural_foreign_keys=True))
    assert written["fields"]["replaced_by"] == ["holds"]


def test_a_claim_that_is_withdrawn_without_a_reason_is_refused(tmp_path):
    bare = {"key": "gone", "party": ["norland"], "field": "parent", "value": "x", "source": ["report"]}
    row = {"model": "aid.claim", "fields": bare | {"rank": "withdrawn"}}
    with pytest.raises(FixtureError, match="claim_withdrawn_with_reason"):
        load_missing([write(tmp_path, "a.json", party("norland", "Norland"), source("report"), row)])
