import pytest

from aid import choices
from aid.meanings import MEANINGS, meaning


@pytest.mark.parametrize(
    "vocabulary",
    (
        choices.Basis,
        choices.Unknown,
        choices.Stage,
        choices.StatementForm,
        choices.AssertionKind,
        choices.SourceKind,
        choices.CorrectionKind,
    ),
)
def test_each_term_has_its_sentence(vocabulary):
    assert [term for term in vocabulary if not meaning(term).endswith(".")] == []


def test_what_is_no_term_means_nothing():
    assert meaning("nonsense") == meaning(None) == ""
    assert len(set(MEANINGS.values())) == len(MEANINGS)
