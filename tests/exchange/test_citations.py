"""Citations of claims in four forms, with texts that each of them could take for its own signs."""

import json
import re
from datetime import date

import pytest

from aid.exchange.citations import FORMATS, Cited, bibtex, csl_json, latex, one_line, plain, ris, web_address

TODAY = date(2026, 11, 22)
ODD = "50 % & {more} $ #1_a ~ ^ \\ <b> “quoted” – Збройні сили\r\nER  - \u2028\x00TY  - BOOK\u202e!"


def item(**given):
    defaults = {"key": "newsroom-a.b", "title": "Amount", "kind": "webpage", "address": "https://news.example/claims/a.b/",
                "author": "Newsroom", "issued": "2026-11-20", "accessed": TODAY, "language": "en"}  # fmt: skip
    return Cited(**defaults | given)


def balanced(text):
    """Whether each brace that no backslash stands before has its other one."""
    depth = 0
    for sign in re.findall(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def test_each_form_of_a_plain_claim():
    assert plain([item(notes=("Claim a.b.",))]) == (
        "Newsroom. “Amount”. 20 November 2026. https://news.example/claims/a.b/. Accessed 22 November 2026. "
        "Claim a.b.\n"
    )
    assert bibtex([item()]) == (
        "@misc{newsroom-a.b,\n  title = {{Amount}},\n  author = {{Newsroom}},\n  year = {2026},\n"
        "  url = {https://news.example/claims/a.b/},\n  urldate = {2026-11-22},\n  langid = {en},\n"
        "  month = nov,\n}\n"
    )
    assert ris([item()]).split("\r\n") == [
        "TY  - ELEC", "ID  - newsroom-a.b", "TI  - Amount", "AU  - Newsroom", "PY  - 2026", "DA  - 2026/11/20/",
        "UR  - https://news.example/claims/a.b/", "Y2  - 2026/11/22/", "LA  - en", "ER  - ", "",
    ]  # fmt: skip
    assert json.loads(csl_json([item()])) == [{
        "id": "newsroom-a.b", "type": "webpage", "title": "Amount", "author": [{"literal": "Newsroom"}],
        "issued": {"date-parts": [[2026, 11, 20]]}, "accessed": {"date-parts": [[2026, 11, 22]]},
        "URL": "https://news.example/claims/a.b/", "language": "en",
    }]  # fmt: skip


def test_latex_prints_each_letter_as_it_stands():
    assert latex(r"50 % & {a} $ #1_b ~ ^ \ <b>|") == (
        r"50 \% \& \{a\} \$ \#1\_b \textasciitilde{} \textasciicircum{} \textbackslash{} "
        r"\textless{}b\textgreater{}\textbar{}"
    )


def test_no_text_breaks_out_of_its_field():
    odd = item(title=ODD, author=ODD, publisher=ODD, notes=(ODD,), abstract=ODD, address=f"https://x.example/{ODD}")

    entry = bibtex([odd])
    assert balanced(entry)
    # As many lines as fields: no text begins a line of its own.
    assert all(re.match(r"(@misc\{|  [a-z]+ = |\}$)", line) for line in entry.splitlines())
    lines = ris([odd]).split("\r\n")
    assert [line[:6] for line in lines].count("ER  - ") == 1
    assert [line[:6] for line in lines].count("TY  - ") == 1
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    assert len(plain([odd]).splitlines()) == 1
    (told,) = json.loads(csl_json([odd]))
    assert told["title"] == one_line(ODD)
    for form in FORMATS.values():
        assert not re.search("[\x00\u2028\u202e]", form.write([odd]))
        assert "Збройні сили" in form.write([odd])


def test_an_author_is_one_name_whatever_stands_in_it():
    body = "Ministry of Defence and Sons, Ltd."
    assert "author = {{Ministry of Defence and Sons, Ltd.}}" in bibtex([item(author=body)])
    assert json.loads(csl_json([item(author=body)]))[0]["author"] == [{"literal": body}]


@pytest.mark.parametrize(("issued", "bib", "in_ris", "csl", "words"), [
    ("2024-01-24", ("2024", "jan"), ("2024", "2024/01/24/"), {"date-parts": [[2024, 1, 24]]}, "24 January 2024"),
    ("2024-01", ("2024", "jan"), ("2024", "2024/01//"), {"date-parts": [[2024, 1]]}, "January 2024"),
    ("2024", ("2024", ""), ("2024", ""), {"date-parts": [[2024]]}, "2024"),
    ("2024?-01-24", ("2024", "jan"), ("2024", "2024/01/24/"), {"date-parts": [[2024, 1, 24]], "circa": True},
     "24 January 2024 (year uncertain)"),
    ("XXXX-01-24", ("", ""), ("", ""), {"literal": "24 January (year not stated)"}, "24 January (year not stated)"),
    ("2023-12/2024-01", ("", ""), ("", ""), {"literal": "December 2023 to January 2024"},
     "December 2023 to January 2024"),
    ("2024-21", ("2024", ""), ("2024", ""), {"literal": "spring 2024"}, "spring 2024"),
    ("", ("", ""), ("", ""), None, ""),
])  # fmt: skip
def test_a_date_says_as_much_as_is_known(issued, bib, in_ris, csl, words):
    one = item(issued=issued)
    entry, record = bibtex([one]), ris([one])

    found = re.search(r"year = \{(.*?)\}", entry), re.search(r"month = (\w+)", entry)
    assert tuple(match[1] if match else "" for match in found) == bib
    found = re.search(r"PY  - (.*)\r", record), re.search(r"DA  - (.*)\r", record)
    assert tuple(match[1] if match else "" for match in found) == in_ris
    assert json.loads(csl_json([one]))[0].get("issued") == csl
    assert (f" {words}." if words else "“Amount”. https") in plain([one])


def test_what_is_not_known_is_left_out():
    bare = item(author="", issued="", accessed=None, language="", address="")
    assert bibtex([bare]) == "@misc{newsroom-a.b,\n  title = {{Amount}},\n}\n"
    assert ris([bare]) == "TY  - ELEC\r\nID  - newsroom-a.b\r\nTI  - Amount\r\nER  - \r\n"
    assert json.loads(csl_json([bare])) == [{"id": "newsroom-a.b", "type": "webpage", "title": "Amount"}]


def test_an_address_holds_no_sign_of_another_language():
    assert web_address("https://x.example/a{b}\\ c?d=1&e=%20#f") == "https://x.example/a%7Bb%7D%5C%20c?d=1&e=%20#f"
