"""Which addresses a record may take."""

from aid.queries.addresses import addresses_of


def reasons_not_to_stand_at(slug, model, number=None):
    """Why a row of a model (the one of this number, or a new one) may not have this address, as sentences.

    An address that another row had leads readers to that one; given away, it would lead them astray.
    """
    kind = model._meta.model_name
    former = next((row for row in addresses_of(kind, [slug]) if row.record != number), None)
    stands = model.objects.in_bulk([former.record]).get(former.record) if former else None
    if stands is not None:
        yield (
            f"Readers who ask for “{slug}” are sent to the {model._meta.verbose_name} “{stands}”, which had this "
            f"address before. Choose another one."
        )
