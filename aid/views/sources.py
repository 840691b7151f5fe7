from aid.filters import SourceFilterSet
from aid.models import Source
from aid.queries.conversion import rate_days, valuations_held_against
from aid.queries.coverage import coverage, supported_alone
from aid.queries.figures import articles_naming
from aid.queries.past import days_of_change
from aid.queries.readings import sheets
from aid.views.lists import list_page
from aid.views.pages import excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed

# A text's page shows what each sentence became, so that only a text beyond all measure is cut; of a source without
# its text, such as a table behind thousands of pledges, the first records are enough.
MOST_CLAIMS = 5000
MOST_CLAIMS_WITHOUT_TEXT = 300


@public_page
def source_list(request):
    public = readers_have(request)
    records = Source.objects.with_use(public)
    return list_page(request, SourceFilterSet, records, "aid/source_list.html", "source", public=public)


@public_page
@previewed(Source)
def source_detail(request, slug, public):
    source = found(Source.objects.select_related("publisher", "supersedes"), slug, public)
    covered = coverage(source, MOST_CLAIMS if source.text else MOST_CLAIMS_WITHOUT_TEXT, public)
    rows = covered.sentence_rows()
    left_over = covered.left_over()
    aside = {span.start: row for span, _, row in covered.aside()}
    alone = covered.alone() if source.text else {}
    # Context that is about no record of its own has its place here.
    own = covered.context()
    context = sheets(own, public)
    days = rate_days(source)
    return page(
        request,
        "aid/source_detail.html",
        {
            "source": source,
            "coverage": covered,
            "sentences": [
                (number, span, words, uses, aside.get(span.start), supported_alone(covered, span, alone))
                for number, span, words, uses in rows
            ],
            "resting": len(rows) - len(left_over) - len(aside),
            "aside": len(aside),
            "left_over": [number for number, span, _, _ in rows if any(span == other for other, _ in left_over)],
            "records": covered.records(),
            "rate_days": days,
            "held_against": excerpt(valuations_held_against(source, public)) if days else None,
            "assertions": [(row, context[row.pk]) for row in own],
            "more_voices": False,
            "successors": public.of(source.superseded_by.all()),
            "articles": articles_naming("source", source, public.at),
            "corrections": public.of(source.corrections.newest_first()),
            "days_of_change": days_of_change(source, public),
        },
    )
