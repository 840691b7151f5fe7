import pytest

from aid.intake.days import unnamed_parts


@pytest.mark.parametrize(
    ("date", "text", "missing"),
    [
        ("2024-01-24", "on 24 January 2024", []),
        ("2024-01-24", "on Jan. 24, 2024", []),
        ("2024-01-24", "2024-01-24", []),
        ("2024-01-24", "24.1.2024", []),
        ("2024-01-24", "on January 24", ["year"]),
        ("2024?-01-24", "on January 24", ["year"]),
        ("XXXX-01-24", "on January 24", []),
        ("XXXX-01-25", "on January 24", ["day"]),
        ("XXXX-02-24", "on January 24", ["month"]),
        ("2024", "in 20245", ["year"]),
        ("2024/2026", "from 2024 to 2026", []),
        ("2024/..", "from 2024 on", []),
        ("202X", "some day", []),
    ],
)
def test_parts_of_a_date_that_a_text_does_not_name(date, text, missing):
    assert unnamed_parts(date, text) == missing


def test_months_of_other_languages_are_not_looked_for():
    assert unnamed_parts("2023-08-22", "den 22. august 2023", in_english=False) == []
    assert unnamed_parts("2024-01-24", "24 січня", in_english=False) == ["year"]
