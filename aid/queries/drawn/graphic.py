"""One picture with all that stands beside it: words, table, files."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.choices import Rank
from aid.dates import spoken
from aid.formats import number as in_figures
from aid.models.claims import Claim
from aid.queries.readings import money_reading

FILES = (("svg", "SVG"), ("csv", "CSV"), ("json", "JSON"))


@dataclass(frozen=True)
class Cell:
    """What stands in one place of a picture's table, and where it leads: to the "evidence" of a value, to the "rows"
    of a sum, to what it stands "among", or to a page ("")."""

    text: str
    address: str = ""
    opens: str = ""
    aloud: str = ""
    is_unknown: bool = False
    # The desk's own words, which are English whatever language the page is in.
    is_written: bool = False
    # Names the row, or says that there is none: its number leads nowhere.
    is_name: bool = False


class Written(str):
    """The desk's own words, which are English whatever language the page is in."""

    __slots__ = ()
    is_written = True


@dataclass
class Graphic:
    """A picture. `draw` gives its Canvas for a width; `rows` are the cells of its table, `data` the same rows as they
    stand in its files, in the order of `names`."""

    key: str
    title: str
    desc: str
    told: list[tuple[str, str]]
    draw: Callable
    columns: list[str]
    rows: list[list[Cell]]
    names: tuple[str, ...]
    data: list[list]
    left_out: list[Cell] = field(default_factory=list)
    # Of its files and its page: the name of the addresses, and what they are asked with.
    view: str = ""
    args: tuple = ()
    query: dict = field(default_factory=dict)
    # One drawing for wide and narrow places, whose letters the style sheet sizes.
    is_one_size: bool = False
    # What else the address of its files keeps: a currency and a moment.
    kept: dict = field(default_factory=dict)

    def __bool__(self):
        return bool(self.rows)

    def file(self, ending):
        asked = self.query | self.kept
        query = {name: value for name, value in asked.items() if value not in (None, "")}
        return reverse(f"{self.view}-{ending}", args=self.args, query=query)

    @property
    def files(self):
        return [(ending, name, self.file(ending)) for ending, name in FILES]


def on_day(public):
    """The day of which a picture is, as it says it itself."""
    return _("Day"), _("as known on %(day)s") % {"day": spoken(localdate(public.at).isoformat())}


def behind(claims, public, **about):
    """How many sources the claims about some records rest on, as a picture says it. One query."""
    rows = public.of(claims.filter(**about).exclude(rank=Rank.WITHDRAWN)).order_by()
    number = rows.aggregate(number=Count("source", distinct=True))["number"]
    return _("Sources"), ngettext("%(number)s source", "%(number)s sources", number) % {"number": in_figures(number)}


def behind_pledges(pledges, public):
    return behind(Claim.objects.all(), public, pledge__in=pledges.order_by().values("pk"))


def money_cell(currency, amount, is_least=False, address="", opens="rows"):
    found = money_reading(amount, currency)
    if not is_least:
        return Cell(found.text, address, opens, found.aloud)
    return Cell(
        _("at least %(amount)s") % {"amount": found.text},
        address,
        opens,
        _("at least %(amount)s") % {"amount": found.aloud},
    )
