"""What search reads: the texts of all that has a page, as words that two databases find in the same way.

None of it is a record. Each row can be made anew from the records (`manage.py rebuild_search`), no export takes it
along, and no row says that something is public: that is asked of `queries/public.py` for each search.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aid.models.records import Keyed, RecordQuerySet, one_of


class SearchKind(models.TextChoices):
    """What a hit is. The order is that in which hits of the same rank stand."""

    PARTY = "party", _("Parties")
    PERSON = "person", _("People")
    COALITION = "coalition", _("Coalitions")
    AGREEMENT = "agreement", _("Agreements")
    EVENT = "event", _("Events")
    ARTICLE = "article", _("Articles")
    PLEDGE = "pledge", _("Pledges")
    STATEMENT = "statement", _("Statements")
    ASSERTION = "assertion", _("Context")
    SOURCE = "source", _("Sources")
    CORRECTION = "correction", _("Corrections")

    @property
    def place(self):
        return _PLACES[self.value]


_PLACES = {kind: place for place, kind in enumerate(SearchKind.values, start=1)}
# A bucket is a kind's place times this, and the year; 0 for no year.
YEARS = 10_000
LONGEST_TITLE = 200


class Finds(models.Lookup):
    """That a text holds what an expression in the database's own language of search asks for."""

    lookup_name = "finds"

    def get_prep_lookup(self):
        return str(self.rhs)

    def as_sqlite(self, compiler, connection):
        column, given = self.process_lhs(compiler, connection)
        return f"{column} MATCH %s", [*given, self.rhs]

    def as_postgresql(self, compiler, connection):
        column, given = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*given, self.rhs]


class WordsField(models.Field):
    """The column that is searched: of an FTS5 table on SQLite, a tsvector on PostgreSQL. It is only compared."""

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else "text"


WordsField.register_lookup(Finds)


class NumberedQuerySet(RecordQuerySet):
    def numbered(self, numbers):
        return self.filter(pk__in=numbers)


class SearchEntryQuerySet(NumberedQuerySet):
    def about(self, kind, numbers):
        return self.filter(kind=kind, record__in=numbers)

    def standing(self):
        """Those that give the texts of today."""
        return self.filter(until__isnull=True)

    def standing_at(self, at):
        """Those that give the texts of a moment."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)

    def finding(self, expression):
        return self.filter(words__words__finds=expression)


class SearchEntry(Keyed):
    """The text of one record, or of one published revision, from a moment until it read differently.

    `day` is what newest means for it, 0001-01-01 where there is none; `bucket` is its kind's place and its year in
    one number, by which a search counts. A text that shows what is hidden has a twin that reads as if that were not
    there (`is_bare`).
    """

    natural_key_fields = ("kind", "record", "revision", "is_bare", "since")

    # In the order in which a search needs them: SQLite reads a row from its beginning.
    bucket = models.IntegerField()
    until = models.DateTimeField(null=True, blank=True)
    is_bare = models.BooleanField(default=False, help_text="A twin of it: without what is hidden now.")
    kind = models.CharField(max_length=12, choices=SearchKind)
    record = models.BigIntegerField(help_text="Its number.")
    revision = models.BigIntegerField(default=0, help_text="The number of an article's revision; else 0.")
    day = models.DateField()
    title_words = models.CharField(max_length=LONGEST_TITLE, help_text="Its title as search compares it.")
    since = models.DateTimeField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [models.Index(fields=["-day", "-id"], name="search_newest")]
        constraints = [
            one_of("searchentry", "kind", SearchKind),
            models.UniqueConstraint(
                name="searchentry_once", fields=["kind", "record", "revision", "is_bare", "since"]
            ),
            models.UniqueConstraint(
                name="searchentry_one_standing",
                fields=["kind", "record", "revision", "is_bare"],
                condition=Q(until__isnull=True),
            ),
            models.CheckConstraint(
                name="searchentry_ends_after_it_begins", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.record}"


class SearchText(Keyed):
    """What a hit shows: the text as it stands, and where it is read. `detail` is the choice that says what kind of
    its kind it is, such as the form of a statement."""

    natural_key_fields = ("entry",)

    entry = models.OneToOneField(SearchEntry, primary_key=True, on_delete=models.CASCADE, related_name="text")
    title = models.TextField()
    names = models.TextField(blank=True, default="", help_text="Other names, one a line.")
    detail = models.CharField(max_length=40, blank=True, default="")
    page_kind = models.CharField(max_length=12, help_text="The kind of record on whose page it is read.")
    page_slug = models.CharField(max_length=80, blank=True, default="")
    anchor = models.CharField(max_length=120, blank=True, default="")
    digest = models.CharField(max_length=64, help_text="Of all that it was made of, for rebuild_search --check.")
    text = models.TextField(blank=True, default="")

    def __str__(self):
        return self.title


class SearchMention(Keyed):
    """One record that a text shows and that can be hidden while the rest stays.

    On a twin the kinds of what the whole text shows begin with "whole-". Of a record that was withdrawn, and that the
    text shows no more, the kind begins with "gone-".
    """

    natural_key_fields = ("entry", "kind", "record")

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="mentions")
    kind = models.CharField(max_length=20, help_text="The model's name.")
    record = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["kind", "record"])]
        constraints = [models.UniqueConstraint(name="searchmention_once", fields=["entry", "kind", "record"])]

    def __str__(self):
        return f"{self.kind} {self.record}"


class SearchWords(models.Model):
    """The words of an entry as the database searches them. The table is made by hand: on SQLite it is virtual."""

    natural_key_fields = ("entry",)

    entry = models.OneToOneField(
        SearchEntry,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="words",
    )
    # FTS5 calls the column in which all columns are searched by the name of the table.
    words = WordsField(db_column="aid_searchwords")

    class Meta:
        managed = False
        db_table = "aid_searchwords"


class SearchStale(Keyed):
    """That a record's entries are to be made anew. Triggers of the database write it, whatever changes the record."""

    natural_key_fields = ("id",)

    kind = models.CharField(max_length=20, help_text="The model's name.")
    record = models.BigIntegerField()

    objects = NumberedQuerySet.as_manager()

    def __str__(self):
        return f"{self.kind} {self.record}"
