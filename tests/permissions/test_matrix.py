"""Role by address by method: each cell is asserted, and nobody who is kept out has changed anything."""

import pytest
from django.db import connection

from tests.permissions.matrix import ROLES, address, addresses, make_rows, promised

pytestmark = [pytest.mark.django_db, pytest.mark.once]

KEPT_OUT = (403, 404, 405)
WRITES = ("INSERT", "UPDATE", "DELETE")
# Which revision, or which save of a record, is to come back.
SENT = {"number": "1", "revision": "1"}


def let_in(response):
    """Whether an answer is the address's own, and no refusal, no “nothing is here” and no way to the sign-in page."""
    is_sign_in = response.status_code == 302 and "/login/?next=" in response["Location"]
    return response.status_code not in KEPT_OUT and not is_sign_in


class Writes:
    """Counts the statements that change a row."""

    def __init__(self):
        self.found = []

    def __call__(self, execute, sql, params, many, context):
        # Who has a form open is written down when it is shown.
        if sql.startswith(WRITES) and '"aid_presence"' not in sql:
            self.found.append(sql)
        return execute(sql, params, many, context)


@pytest.fixture
def rows(db):
    return make_rows()


@pytest.mark.parametrize("letter", ROLES, ids=ROLES.values())
def test_each_role_is_let_in_where_it_was_promised_and_nowhere_else(letter, rows, request):
    client = request.getfixturevalue(ROLES[letter])
    client.raise_request_exception = False
    wrong, changed = [], []
    for name, route in addresses():
        place, sent = address(route, rows), SENT if "restore" in name else {}
        for method, promise in zip(("get", "post"), promised(name, route), strict=True):
            writes = Writes()
            with connection.execute_wrapper(writes):
                response = client.get(place) if method == "get" else client.post(place, sent)
            found = f"{method.upper()} {place} ({name}): {response.status_code}"
            if response.status_code >= 500 or let_in(response) is not (letter in promise):
                wrong.append(found)
            if not let_in(response) and writes.found:
                changed.append(f"{found}: {writes.found}")
    assert wrong == []
    assert changed == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_address_knows_another_method(method, rows, administrator):
    """None changes a row, and none fails."""
    faults = []
    for name, route in addresses():
        writes = Writes()
        with connection.execute_wrapper(writes):
            response = getattr(administrator, method)(address(route, rows))
        if response.status_code >= 500 or writes.found:
            faults.append(f"{method.upper()} {name}: {response.status_code} {writes.found}")
    assert faults == []
