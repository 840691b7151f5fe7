"""What readers call kinds of records and their fields, and things that are counted, in the language of the page.

A leaf: of ours it imports only how a language writes numbers. The database, the desk and the logs keep to the English
names, which are the keys of the tables here; a name that no table has stays English, and a test names it.
"""

from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from aid.formats import capitalised, number

# Of what there is none, and of what there are so many.
COUNTED = {
    "pledge": (
        gettext_lazy("no pledges"),
        ngettext_lazy("%(count)s pledge", "%(count)s pledges", "number"),
    ),
    "total": (
        gettext_lazy("no totals"),
        ngettext_lazy("%(count)s total", "%(count)s totals", "number"),
    ),
    "coalition": (
        gettext_lazy("no coalitions"),
        ngettext_lazy("%(count)s coalition", "%(count)s coalitions", "number"),
    ),
    "agreement": (
        gettext_lazy("no agreements"),
        ngettext_lazy("%(count)s agreement", "%(count)s agreements", "number"),
    ),
    "event": (
        gettext_lazy("no events"),
        ngettext_lazy("%(count)s event", "%(count)s events", "number"),
    ),
    "party": (
        gettext_lazy("no parties"),
        ngettext_lazy("%(count)s party", "%(count)s parties", "number"),
    ),
    "person": (
        gettext_lazy("no people"),
        ngettext_lazy("%(count)s person", "%(count)s people", "number"),
    ),
    "source": (
        gettext_lazy("no sources"),
        ngettext_lazy("%(count)s source", "%(count)s sources", "number"),
    ),
    "claim": (
        gettext_lazy("no claims"),
        ngettext_lazy("%(count)s claim", "%(count)s claims", "number"),
    ),
    "correction": (
        gettext_lazy("no corrections"),
        ngettext_lazy("%(count)s correction", "%(count)s corrections", "number"),
    ),
    "article": (
        gettext_lazy("no articles"),
        ngettext_lazy("%(count)s article", "%(count)s articles", "number"),
    ),
    "hit": (
        gettext_lazy("no hits"),
        ngettext_lazy("%(count)s hit", "%(count)s hits", "number"),
    ),
    "statement": (
        gettext_lazy("no statements"),
        ngettext_lazy("%(count)s statement", "%(count)s statements", "number"),
    ),
    "member": (
        gettext_lazy("no members"),
        ngettext_lazy("%(count)s member", "%(count)s members", "number"),
    ),
    "part": (
        gettext_lazy("no parts"),
        ngettext_lazy("%(count)s part", "%(count)s parts", "number"),
    ),
    "reading": (
        gettext_lazy("no readings"),
        ngettext_lazy("%(count)s reading", "%(count)s readings", "number"),
    ),
    "published value": (
        gettext_lazy("no published values"),
        ngettext_lazy("%(count)s published value", "%(count)s published values", "number"),
    ),
    "entry": (
        gettext_lazy("no entries"),
        ngettext_lazy("%(count)s entry", "%(count)s entries", "number"),
    ),
    "stated equivalent": (
        gettext_lazy("no stated equivalents"),
        ngettext_lazy("%(count)s stated equivalent", "%(count)s stated equivalents", "number"),
    ),
    "amount": (
        gettext_lazy("no amounts"),
        ngettext_lazy("%(count)s amount", "%(count)s amounts", "number"),
    ),
    "day": (
        gettext_lazy("no days"),
        ngettext_lazy("%(count)s day", "%(count)s days", "number"),
    ),
    "record": (
        gettext_lazy("no records"),
        ngettext_lazy("%(count)s record", "%(count)s records", "number"),
    ),
    "rate": (
        gettext_lazy("no rates"),
        ngettext_lazy("%(count)s rate", "%(count)s rates", "number"),
    ),
    "sentence": (
        gettext_lazy("no sentences"),
        ngettext_lazy("%(count)s sentence", "%(count)s sentences", "number"),
    ),
    "signatory": (
        gettext_lazy("no signatories"),
        ngettext_lazy("%(count)s signatory", "%(count)s signatories", "number"),
    ),
    "donor": (
        gettext_lazy("no donors"),
        ngettext_lazy("%(count)s donor", "%(count)s donors", "number"),
    ),
    "recipient": (
        gettext_lazy("no recipients"),
        ngettext_lazy("%(count)s recipient", "%(count)s recipients", "number"),
    ),
    "stage": (
        gettext_lazy("no stages"),
        ngettext_lazy("%(count)s stage", "%(count)s stages", "number"),
    ),
    "aid type": (
        gettext_lazy("no aid types"),
        ngettext_lazy("%(count)s aid type", "%(count)s aid types", "number"),
    ),
    "sector": (
        gettext_lazy("no sectors"),
        ngettext_lazy("%(count)s sector", "%(count)s sectors", "number"),
    ),
    "year": (
        gettext_lazy("no years"),
        ngettext_lazy("%(count)s year", "%(count)s years", "number"),
    ),
    "group": (
        gettext_lazy("no groups"),
        ngettext_lazy("%(count)s group", "%(count)s groups", "number"),
    ),
    "result": (
        gettext_lazy("no results"),
        ngettext_lazy("%(count)s result", "%(count)s results", "number"),
    ),
    "page": (
        gettext_lazy("no pages"),
        ngettext_lazy("%(count)s page", "%(count)s pages", "number"),
    ),
}

KINDS = {
    "pledge": pgettext_lazy("a kind of record", "pledge"),
    "coalition": pgettext_lazy("a kind of record", "coalition"),
    "agreement": pgettext_lazy("a kind of record", "agreement"),
    "event": pgettext_lazy("a kind of record", "event"),
    "party": pgettext_lazy("a kind of record", "party"),
    "person": pgettext_lazy("a kind of record", "person"),
    "source": pgettext_lazy("a kind of record", "source"),
    "article": pgettext_lazy("a kind of record", "article"),
    "statement": pgettext_lazy("a kind of record", "statement"),
    "assertion": pgettext_lazy("a kind of record", "assertion"),
    "claim": pgettext_lazy("a kind of record", "claim"),
    "correction": pgettext_lazy("a kind of record", "correction"),
    "stage": pgettext_lazy("a kind of record", "stage"),
    "valuation": pgettext_lazy("a kind of record", "valuation"),
    "membership": pgettext_lazy("a kind of record", "membership"),
    "signatory": pgettext_lazy("a kind of record", "signatory"),
    "office": pgettext_lazy("a kind of record", "office"),
    "sector": pgettext_lazy("a kind of record", "sector"),
}

FIELDS = {
    "ISO 3166 code": pgettext_lazy("a field of a record", "ISO 3166 code"),
    "part of": pgettext_lazy("a field of a record", "part of"),
    "title": pgettext_lazy("a field of a record", "title"),
    "held from": pgettext_lazy("a field of a record", "held from"),
    "held until": pgettext_lazy("a field of a record", "held until"),
    "kind": pgettext_lazy("a field of a record", "kind"),
    "official title": pgettext_lazy("a field of a record", "official title"),
    "signed on": pgettext_lazy("a field of a record", "signed on"),
    "in force from": pgettext_lazy("a field of a record", "in force from"),
    "objectives": pgettext_lazy("a field of a record", "objectives"),
    "party": pgettext_lazy("a field of a record", "party"),
    "signed by": pgettext_lazy("a field of a record", "signed by"),
    "series": pgettext_lazy("a field of a record", "series"),
    "date": pgettext_lazy("a field of a record", "date"),
    "last day": pgettext_lazy("a field of a record", "last day"),
    "place": pgettext_lazy("a field of a record", "place"),
    "host": pgettext_lazy("a field of a record", "host"),
    "name": pgettext_lazy("a field of a record", "name"),
    "official name": pgettext_lazy("a field of a record", "official name"),
    "framework": pgettext_lazy("a field of a record", "framework"),
    "formalized at": pgettext_lazy("a field of a record", "formalized at"),
    "aims": pgettext_lazy("a field of a record", "aims"),
    "budget": pgettext_lazy("a field of a record", "budget"),
    "currency": pgettext_lazy("a field of a record", "currency"),
    "role": pgettext_lazy("a field of a record", "role"),
    "joined": pgettext_lazy("a field of a record", "joined"),
    "left": pgettext_lazy("a field of a record", "left"),
    "donor": pgettext_lazy("a field of a record", "donor"),
    "recipient": pgettext_lazy("a field of a record", "recipient"),
    "beneficiaries": pgettext_lazy("a field of a record", "beneficiaries"),
    "aid type": pgettext_lazy("a field of a record", "aid type"),
    "instrument": pgettext_lazy("a field of a record", "instrument"),
    "sectors": pgettext_lazy("a field of a record", "sectors"),
    "amount": pgettext_lazy("a field of a record", "amount"),
    "announced on": pgettext_lazy("a field of a record", "announced on"),
    "period": pgettext_lazy("a field of a record", "period"),
    "purposes": pgettext_lazy("a field of a record", "purposes"),
    "coalition": pgettext_lazy("a field of a record", "coalition"),
    "fund": pgettext_lazy("a field of a record", "fund"),
    "agreement": pgettext_lazy("a field of a record", "agreement"),
    "supersedes": pgettext_lazy("a field of a record", "supersedes"),
    "stage": pgettext_lazy("a field of a record", "stage"),
    "rate of": pgettext_lazy("a field of a record", "rate of"),
    "text": pgettext_lazy("a field of a record", "text"),
    "speaker": pgettext_lazy("a field of a record", "speaker"),
    "office": pgettext_lazy("a field of a record", "office"),
    "said on": pgettext_lazy("a field of a record", "said on"),
    "attributed to": pgettext_lazy("a field of a record", "attributed to"),
    "other names": pgettext_lazy("a field of a record", "other names"),
    "publisher": pgettext_lazy("a field of a record", "publisher"),
    "author": pgettext_lazy("a field of a record", "author"),
    "language": pgettext_lazy("a field of a record", "language"),
    "address on the web": pgettext_lazy("a field of a record", "address on the web"),
    "published on": pgettext_lazy("a field of a record", "published on"),
    "accessed on": pgettext_lazy("a field of a record", "accessed on"),
    "form": pgettext_lazy("a field of a record", "form"),
    "about": pgettext_lazy("a field of a record", "about"),
    "headline": pgettext_lazy("a field of a record", "headline"),
    "standfirst": pgettext_lazy("a field of a record", "standfirst"),
    "byline": pgettext_lazy("a field of a record", "byline"),
}

# The sectors of the newsroom’s list, and those of COFOG that it uses, by their English names.
SECTORS = {
    "Cyber defence": pgettext_lazy("a sector", "Cyber defence"),
    "Foreign military aid": pgettext_lazy("a sector", "Foreign military aid"),
    "Air defence": pgettext_lazy("a sector", "Air defence"),
    "Artillery": pgettext_lazy("a sector", "Artillery"),
    "Ammunition": pgettext_lazy("a sector", "Ammunition"),
    "Armoured vehicles": pgettext_lazy("a sector", "Armoured vehicles"),
    "Drones": pgettext_lazy("a sector", "Drones"),
    "Demining": pgettext_lazy("a sector", "Demining"),
    "Maritime security": pgettext_lazy("a sector", "Maritime security"),
    "Information technology": pgettext_lazy("a sector", "Information technology"),
    "Training": pgettext_lazy("a sector", "Training"),
    "Energy": pgettext_lazy("a sector", "Energy"),
    "Reconstruction": pgettext_lazy("a sector", "Reconstruction"),
    "Medical aid": pgettext_lazy("a sector", "Medical aid"),
}

# Where nothing stands at an address.
NOTHING_AT = {
    "pledge": gettext_lazy("There is no pledge at the address “%(slug)s”."),
    "coalition": gettext_lazy("There is no coalition at the address “%(slug)s”."),
    "agreement": gettext_lazy("There is no agreement at the address “%(slug)s”."),
    "event": gettext_lazy("There is no event at the address “%(slug)s”."),
    "party": gettext_lazy("There is no party at the address “%(slug)s”."),
    "person": gettext_lazy("There is no person at the address “%(slug)s”."),
    "source": gettext_lazy("There is no source at the address “%(slug)s”."),
    "article": gettext_lazy("There is no article at the address “%(slug)s”."),
    "claim": gettext_lazy("There is no claim at the address “%(slug)s”."),
}


def counted(count, noun):
    """A count with its noun, in the singular in English: "1 pledge", "3 pledges", "no parties"."""
    none, some = COUNTED[noun]
    return str(some % {"number": count, "count": number(count)}) if count else str(none)


def kind(name):
    """What a kind of record is called, by its English name: "pledge"."""
    return str(KINDS.get(str(name), name))


def field(name):
    """What a field is called, by its English name, capitalised as in a table's first column: "Announced on"."""
    return capitalised(str(FIELDS.get(str(name), name)))


def sector(name):
    """What a sector is called, by its English name; one of which no language knows a name keeps that."""
    return str(SECTORS.get(name, name))


def nothing_at(name, slug):
    """That no record of a kind, named in English, stands at an address."""
    return NOTHING_AT[name] % {"slug": slug}
