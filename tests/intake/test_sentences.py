from aid.intake.sentences import Span, paragraphs, sentences


def words(text):
    return [text[start:end] for start, end in sentences(text)]


def test_sentences_end_at_stops_before_capitals():
    assert words("One came. Two left! Did three? Four…") == ["One came.", "Two left!", "Did three?", "Four…"]


def test_sentences_do_not_end_at_initials_and_titles():
    text = "The U.S. Army and Gen. Smith met J. Doe. They spoke."
    assert words(text) == ["The U.S. Army and Gen. Smith met J. Doe.", "They spoke."]


def test_sentences_keep_the_closing_mark_of_a_quotation():
    assert words("He said “we will.” Then he left.") == ["He said “we will.”", "Then he left."]


def test_sentences_end_before_capitals_of_other_alphabets():
    assert words("Данія дала кошти. Україна вдячна.") == ["Данія дала кошти.", "Україна вдячна."]


def test_sentences_never_cross_a_line():
    assert words("A headline\n\n  Then text. More\n") == ["A headline", "Then text.", "More"]


def test_sentences_of_nothing_are_none():
    assert sentences("") == sentences(" \n \n") == []


def test_paragraphs_leave_out_outer_spaces():
    assert paragraphs("  one  \n\ntwo") == [Span(2, 5), Span(9, 12)]


def test_spans_count_code_points_and_not_bytes():
    assert sentences("‑é. Ö.") == [Span(0, 3), Span(4, 6)]
