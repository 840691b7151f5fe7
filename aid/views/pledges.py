from aid.choices import Basis
from aid.filters import PledgeFilterSet
from aid.models import Pledge
from aid.queries.conversion import Rates, conversion_of
from aid.queries.counting import Counting
from aid.queries.envelopes import envelope_now, envelope_of, parts_in
from aid.queries.figures import articles_naming
from aid.queries.ladder import steps_shown
from aid.queries.past import days_of_change
from aid.queries.readings import Sheet, sheets, with_basis
from aid.views.currency import chosen_currency
from aid.views.graphics import ladder_graphic, shown
from aid.views.lists import list_page
from aid.views.pages import MOST_VOICES, excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed
from aid.views.totals import leading


@public_page
def pledge_list(request):
    public = readers_have(request)
    records = with_basis(Pledge.objects.for_list(), "announced_on", public=public)
    records = records.prefetch_related(steps_shown(public))
    chosen = chosen_currency(request, public)

    def totals(asked):
        found = asked.filterset.adding_up(chosen).counted_totals(asked.filterset.selected())
        return {"totals": leading(found, asked.values)}

    return list_page(
        request,
        PledgeFilterSet,
        records,
        "aid/pledge_list.html",
        "pledge",
        context=totals,
        public=public,
    )


@public_page
@previewed(Pledge)
def pledge_detail(request, slug, public):
    pledge = found(Pledge.objects.for_page(public), slug, public)
    sheet = Sheet.for_record(pledge, public)
    ladder, picture = ladder_graphic(pledge, sheet, public)
    rates = Rates([valuation.rate_on for valuation in pledge.valuations.all() if valuation.rate_on], public)
    statements = excerpt(public.of(pledge.statements_about.with_speakers(public)), MOST_VOICES)
    assertions = excerpt(public.of(pledge.assertions_about.with_attribution(public)), MOST_VOICES)
    said, context = sheets(statements.rows, public), sheets(assertions.rows, public)
    counting = Counting(public)
    parts = with_basis(public.of(parts_in(pledge, counting.ties).for_list()), "announced_on", public=public)
    parts = excerpt(parts.prefetch_related(steps_shown(public)))
    pledge.announced_on_basis = sheet.row(pledge, "announced_on").basis
    for stage in pledge.stages.all():
        stage.on_basis = sheet.row(stage, "on").basis
    chosen_currency(request, public).expect([pledge, *pledge.stages.all(), *parts.rows])
    return page(
        request,
        "aid/pledge_detail.html",
        {
            "pledge": pledge,
            "sheet": sheet,
            "amount_row": sheet.row(pledge, "amount"),
            "doubts": [row for row in (sheet.row(pledge, "amount"), sheet.row(pledge, "currency")) if row.status],
            "ladder": ladder,
            "picture": shown(request, picture),
            "said_ahead": sheet.alternatives("stage"),
            "stages": [(rung, sheet.of(rung.step) if rung.step else []) for rung in ladder.rungs],
            "valuations": [
                (
                    valuation,
                    sheet.of(valuation),
                    conversion_of(valuation, rates),
                    sheet.row(valuation, "rate_on").basis == Basis.INFERRED,
                )
                for valuation in pledge.valuations.all()
            ],
            "statements": [(row, said[row.pk]) for row in statements.rows],
            "more_voices": statements.has_more or assertions.has_more,
            "assertions": [(row, context[row.pk]) for row in assertions.rows],
            "parts": parts,
            "envelope": envelope_of(pledge, counting) if parts else None,
            "lies_in": pledge.part_of,
            "lies_in_withdrawn": pledge.part_of is not None and not public.has(pledge.part_of),
            "lies_in_now": envelope_now(pledge, counting) if pledge.part_of else None,
            "successors": public.of(pledge.superseded_by.all()),
            "articles": articles_naming("pledge", pledge, public.at),
            "corrections": public.of(pledge.corrections.newest_first()),
            "days_of_change": days_of_change(pledge, public),
        },
    )
