"""What differs between two revisions of an article: its texts word by word, and the records that they name."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.db import models

from aid.differences import compare, folded, is_same
from aid.models.articles import ArticleRevision
from aid.prose import references
from aid.queries.figures import Figures
from aid.queries.public import EVERYTHING

TEXTS = ("headline", "standfirst", "byline", "body")


@dataclass(frozen=True)
class TextDifference:
    """One text of two revisions: `difference` as templates/includes/difference.html takes it."""

    label: str
    difference: list
    is_same: bool


@dataclass(frozen=True)
class ChoiceDifference:
    """A field that holds rows or a term: what went, what came, and what stayed."""

    label: str
    removed: list
    added: list
    kept: list

    @property
    def is_same(self):
        return not (self.removed or self.added)


@dataclass(frozen=True)
class CitedFigure:
    """A field of a record that a body names, with the value that it shows today; "" where it shows none."""

    name: str
    value: str
    change: str


@dataclass
class CitedRecord:
    """A record that one of two bodies names, or both. `row` is None where no record answers to the name."""

    kind: str
    name: str
    row: models.Model | None
    change: str
    place: int
    figures: list[CitedFigure] = field(default_factory=list)

    @property
    def is_same(self):
        return not self.change and not any(figure.change for figure in self.figures)


@dataclass(frozen=True)
class Comparison:
    """Two revisions side by side."""

    old: ArticleRevision
    new: ArticleRevision
    texts: list[TextDifference]
    choices: list[ChoiceDifference]
    cited: list[CitedRecord]

    @property
    def changed(self):
        """The fields that differ, in the order of the form."""
        return [part for part in (*self.choices, *self.texts) if not part.is_same]

    @property
    def unchanged(self):
        """The names of the fields that do not."""
        return [part.label for part in (*self.choices, *self.texts) if part.is_same]

    @property
    def has_other_records(self):
        return any(not record.is_same for record in self.cited)

    @property
    def is_same(self):
        return not self.changed


def revisions_of(article):
    """An article's revisions, the newest first, with who saved them and when readers got them. Two queries."""
    rows = article.revisions.select_related("created_by").prefetch_related("publications")
    return list(rows.defer("standfirst", "byline", "body").order_by("-number"))


def comparison(old, new):
    """The Comparison of two revisions of one article. Two queries, and those of the figures
    in their bodies.
    """
    old, new = _whole(old, new)
    texts = [_text(name, getattr(old, name), getattr(new, name)) for name in TEXTS]
    return Comparison(old, new, texts, _choices(old, new), _cited(old.body, new.body))


def _whole(*revisions):
    """The revisions with their texts, topics and pictures."""
    rows = ArticleRevision.objects.select_related("created_by", "image").prefetch_related("topics")
    found = rows.in_bulk([revision.pk for revision in revisions])
    return [found[revision.pk] for revision in revisions]


def _label(name):
    label = str(ArticleRevision._meta.get_field(name).verbose_name)
    return "Text" if name == "body" else label[:1].upper() + label[1:]


def _text(name, old, new):
    segments = compare(_plain(old), _plain(new))
    return TextDifference(_label(name), folded(segments), is_same(segments))


def _plain(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _choices(old, new):
    topics = [sorted(str(topic) for topic in revision.topics.all()) for revision in (old, new)]
    return [
        _choice("section", [old.get_section_display()], [new.get_section_display()]),
        _choice("topics", *topics),
        _choice("image", *([str(revision.image)] if revision.image else [] for revision in (old, new))),
    ]


def _choice(name, old, new):
    return ChoiceDifference(
        _label(name),
        [text for text in old if text not in new],
        [text for text in new if text not in old],
        [text for text in old if text in new],
    )


# The records


def _cited(old, new):
    """The records that two bodies name: those of the new one in its order, each removed one where it stood."""
    former, later = references(old), references(new)
    figures = Figures([*former, *later], public=EVERYTHING)
    rows = {(kind, row.slug): row for kind, row in figures.records}
    before, after = _named(former), _named(later)
    moved = _moved(list(before), list(after))
    found = []
    for key in _in_order(list(before), list(after)):
        change = "added" if key not in before else "removed" if key not in after else "moved" if key in moved else ""
        kind, slug = key
        order = after if key in after else before
        record = CitedRecord(kind, slug, rows.get(key), change, list(order).index(key) + 1)
        record.figures = _figures(before.get(key, []), after.get(key, []), figures)
        found.append(record)
    return found


def _named(found):
    """The records that a body names, in the order in which they are first named: {(kind, slug): its References}."""
    named = {}
    for reference in found:
        # What is malformed names nothing; it stands here under its own words.
        key = (reference.kind, reference.slug) if reference.kind else ("", reference.text)
        named.setdefault(key, []).append(reference)
    return named


def _moved(before, after):
    """The records that both name, at another place among the others."""
    one, other = [key for key in before if key in after], [key for key in after if key in before]
    matches = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    standing = {key for start, _, size in matches for key in one[start : start + size]}
    return set(one) - standing


def _in_order(before, after):
    """The keys of the new list, each one that only the old list has after the one that it followed."""
    order = list(after)
    last = -1
    for key in before:
        if key in after:
            last = order.index(key)
        else:
            last += 1
            order.insert(last, key)
    return order


def _figures(former, later, figures):
    """The fields that are named of one record, those of the new body first."""
    before, after = ({r.field: r for r in found if r.field} for found in (former, later))
    found = []
    for name in [*after, *(name for name in before if name not in after)]:
        figure = figures.get(after.get(name) or before[name])
        change = "added" if name not in before else "removed" if name not in after else ""
        found.append(CitedFigure(name.replace("_", " ").replace("-", " "), figure.text if figure else "", change))
    return found
