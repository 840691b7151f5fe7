import pytest

from aid.rules.quoting import quotations


@pytest.mark.parametrize(
    "text",
    [
        "He said “help will come soon”.",
        "He said „help will come soon“.",
        "He said «help will come soon».",
        "He said »help will come soon«.",
        "He said ‹help will come soon›.",
        'He said "help will come soon".',
        "He said &quot;help will come soon&quot;.",
        "He said ‘help will come soon’.",
        "He said 'help will come soon'.",
        "He said “[help will come soon](https://example.org)”.",
        "He said:\n\n> help will come soon\n",
        "He said “help will come soon",
        "He said “help will\n\ncome soon”.",
    ],
)
def test_quotations_are_found_in_every_kind_of_marks(text):
    (found,) = quotations(text)
    assert " ".join(found.split()).rstrip(".") == "help will come soon"


@pytest.mark.parametrize(
    "text", ["The “IT coalition” met.", "Ukraine’s forces and Denmark’s minister met.", "It's what they don't say."]
)
def test_names_and_apostrophes_are_no_quotations(text):
    assert quotations(text) == []
