from aid.filters import PersonFilterSet
from aid.models import Person
from aid.queries.figures import articles_naming
from aid.queries.readings import sheets
from aid.views.lists import list_page
from aid.views.pages import MOST_VOICES, excerpt, found, page, public_page


@public_page
def person_list(request):
    records = Person.objects.prefetch_related("offices__party")
    return list_page(request, PersonFilterSet, records, "aid/person_list.html", "person", "people")


@public_page
def person_detail(request, slug):
    person = found(Person.objects.all(), slug)
    offices = excerpt(person.offices.select_related("person", "party").prefetch_related("corrections"))
    statements = excerpt(person.statements.with_speakers(), MOST_VOICES)
    held, said = sheets(offices.rows), sheets(statements.rows)
    return page(
        request,
        "aid/person_detail.html",
        {
            "person": person,
            "offices": [(row, held[row.pk]) for row in offices.rows],
            "statements": [(row, said[row.pk]) for row in statements.rows],
            "more_voices": statements.has_more,
            "signatures": excerpt(person.signatures.select_related("agreement", "party")),
            "articles": articles_naming("person", person),
        },
    )
