from aid.filters import PersonFilterSet
from aid.models import Office, Person
from aid.queries.figures import articles_naming
from aid.queries.past import days_of_change
from aid.queries.profiles import related_to_person
from aid.queries.readings import sheets
from aid.views.lists import list_page
from aid.views.pages import MOST_VOICES, excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed


@public_page
def person_list(request):
    public = readers_have(request)
    records = Person.objects.prefetch_related(*public.fetching(Person, "offices__party"))
    return list_page(request, PersonFilterSet, records, "aid/person_list.html", "person", public=public)


@public_page
@previewed(Person)
def person_detail(request, slug, public):
    person = found(Person.objects.all(), slug, public)
    offices = public.of(person.offices.select_related("person", "party"))
    offices = excerpt(offices.prefetch_related(*public.fetching(Office, "corrections")))
    statements = excerpt(public.of(person.statements.with_speakers(public)), MOST_VOICES)
    held, said = sheets(offices.rows, public), sheets(statements.rows, public)
    return page(
        request,
        "aid/person_detail.html",
        {
            "person": person,
            "offices": [(row, held[row.pk]) for row in offices.rows],
            "statements": [(row, said[row.pk]) for row in statements.rows],
            "more_voices": statements.has_more,
            "signatures": excerpt(public.of(person.signatures.select_related("agreement", "party"))),
            "related": related_to_person(person, public),
            "articles": articles_naming("person", person, public.at),
            "corrections": public.of(person.corrections.newest_first()),
            "days_of_change": days_of_change(person, public),
        },
    )
