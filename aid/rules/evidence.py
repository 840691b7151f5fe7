"""Ledger rules: texts are as received, quotes are theirs, and every value has its claim."""

from collections import defaultdict

from aid.choices import Basis, Rank
from aid.intake.sentences import sentences
from aid.models import (
    Agreement,
    Assertion,
    Claim,
    Coalition,
    Event,
    Office,
    Party,
    Passage,
    Pledge,
    PledgeStage,
    SetAside,
    Source,
    Statement,
)
from aid.models.claims import PARTS, SUBJECTS
from aid.models.sources import text_hash
from aid.queries.provenance import Dossier, parts_of
from aid.rules.breaches import Breach, batches
from aid.rules.stated import reasons_misjudged_as_exact, reasons_no_value, reasons_not_stated

# How the rows of each kind of record are read, with what their canonical values need.
RECORDS = {
    Party: Party.objects.select_related("parent"),
    Office: Office.objects.select_related("person", "party"),
    Pledge: Pledge.objects.select_related(
        "donor", "recipient", "part_of", "coalition", "fund", "agreement", "supersedes"
    ).prefetch_related("beneficiaries", "sectors", "stages__pledge", "valuations__pledge"),
    Coalition: Coalition.objects.select_related("framework", "formalized_at").prefetch_related(
        "memberships__party", "memberships__coalition"
    ),
    Agreement: Agreement.objects.prefetch_related(
        "signatories__party", "signatories__signed_by", "signatories__agreement"
    ),
    Event: Event.objects.select_related("series", "host"),
    Statement: Statement.objects.select_related("party", "speaker", "office__person", "office__party"),
    Assertion: Assertion.objects.select_related("attributed_to"),
}
SUBJECT_OF = {model.split(".")[1]: name for name, model in SUBJECTS.items()}
# The columns of a Claim that name a row, in the order in which a claim's key is made.
ABOUT = [f"{name}_id" for name in (*SUBJECTS, *PARTS)]


def source_text_as_received():
    for batch in batches(Source.objects.all()):
        for source in batch:
            if text_hash(source.text) != source.sha256:
                yield Breach(
                    "source-hash",
                    source,
                    "its text is not the one whose SHA-256 was recorded. Restore it; a new version is a new source.",
                )


def quotes_equal_their_passage():
    for batch in batches(Passage.objects.select_related("source")):
        for passage in batch:
            if passage.source.text[passage.start : passage.end] != passage.quote:
                yield Breach(
                    "passage-quote",
                    passage,
                    f"the source's text from {passage.start} to {passage.end} reads differently. "
                    "Copy the words exactly or mend the span.",
                )
    yield from _sentences_set_aside()


def _sentences_set_aside():
    """What was set aside is a sentence of its source as it stands."""
    for batch in batches(SetAside.objects.select_related("source")):
        for row in batch:
            if (row.start, row.end) not in {tuple(span) for span in sentences(row.source.text)}:
                yield Breach(
                    "aside-span",
                    row,
                    f"no sentence of its source goes from {row.start} to {row.end}. Set it aside anew.",
                )


def dossiers():
    """The Dossier of every record, read in batches: two queries a batch for the claims."""
    for model, rows in RECORDS.items():
        subject = SUBJECT_OF[model.__name__]
        for batch in batches(rows):
            claims = defaultdict(list)
            for claim in Claim.objects.filter(**{f"{subject}__in": batch}).with_evidence().order_by("pk"):
                claims[getattr(claim, f"{subject}_id")].append(claim)
            for record in batch:
                yield Dossier(record, parts_of(record), claims[record.pk])


def every_value_has_its_claim():
    for dossier in dossiers():
        for evidence in dossier:
            yield from _value_breaches(evidence)
        yield from _claim_breaches(dossier)
        yield from _verb_breaches(dossier)


def _value_breaches(evidence):
    row, label = evidence.target, evidence.name
    value, preferred = evidence.value, evidence.preferred
    if evidence.is_missing:
        yield Breach("value-unsupported", row, f"{label} is “{value}”, and no preferred claim supports it.")
    elif preferred and label == "party" and not getattr(row, "is_counted", True):
        yield Breach("membership-uncounted", row, f"the preferred claim {preferred.key} names it, so count it.")
    elif preferred and preferred.value != value:
        holds = f"is “{value}”" if value else "is empty"
        yield Breach(
            "value-contradicted",
            row,
            f"{label} {holds}, but the preferred claim {preferred.key} says “{preferred.value}”.",
        )
    if not hasattr(row, f"{label}_unknown"):
        return
    if value and evidence.unknown:
        yield Breach(
            "unknown-and-known", row, f"{label} is “{value}” and at the same time “{evidence.unknown.label}”."
        )
    if not value and not evidence.unknown:
        yield Breach("unknown-unsaid", row, f"{label} is empty, and nothing says why.")


def _claim_breaches(dossier):
    preferred, by_number = defaultdict(list), {claim.pk: claim for claim in dossier.claims}
    for claim in dossier.claims:
        target = claim.target
        if claim.field not in target.claimed_fields:
            yield Breach("claim-field", claim, f"{claim.field} is no field that claims support on a {_kind(target)}.")
        if claim.part_name and getattr(target, f"{PARTS[claim.part_name][1]}_id") != dossier.record.pk:
            yield Breach("claim-part", claim, f"its {_kind(target)} belongs to another record.")
        if claim.rank == Rank.PREFERRED:
            preferred[(target._meta.label, target.pk, claim.field)].append(claim)
        yield from _passage_breaches(claim)
        other = by_number.get(claim.replaced_by_id)
        if claim.replaced_by_id and (other is None or other.about_columns != claim.about_columns):
            yield Breach("claim-replacement", claim, "the claim that replaces it is about another field.")
    for claims in preferred.values():
        for claim in claims[1:]:
            yield Breach(
                "claim-preferred-twice", claim, f"{claims[0].key} is the preferred claim of this field already."
            )


def _verb_breaches(dossier):
    """A stage's wording is the source's own verb: it stands in a passage of the stage's preferred claim."""
    for step in dossier.rows:
        if not isinstance(step, PledgeStage) or not step.wording:
            continue
        claim = dossier.of(step, "stage").preferred
        passages = list(claim.passages.all()) if claim else []
        if passages and not any(step.wording in passage.quote for passage in passages):
            yield Breach(
                "stage-wording", step, f"its wording “{step.wording}” stands in none of its claim's passages."
            )


def _passage_breaches(claim):
    passages = list(claim.passages.all())
    for passage in passages:
        if passage.source_id != claim.source_id:
            yield Breach("claim-passage", claim, f"its passage {passage.start}–{passage.end} is of another source.")
    needs_passage = claim.source and claim.source.text and claim.basis != Basis.COMPUTED
    if needs_passage and not passages:
        yield Breach("claim-without-passage", claim, "the text of its source is here, but it names no passage of it.")
    if claim.wording and passages and not any(claim.wording in passage.quote for passage in passages):
        yield Breach("claim-wording", claim, f"its wording “{claim.wording}” stands in none of its passages.")
    if claim.field in claim.target.claimed_fields:
        for code, sentence in (
            *reasons_not_stated(claim),
            *reasons_misjudged_as_exact(claim),
            *reasons_no_value(claim),
        ):
            yield Breach(code, claim, sentence)
    if claim.verified_by_id and claim.verified_by_id == claim.recorded_by_id:
        yield Breach("claim-verifier", claim, "it was verified by the person who recorded it.")


def _kind(row):
    return row._meta.verbose_name
