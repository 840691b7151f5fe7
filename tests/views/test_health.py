import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings


def test_healthz_answers_without_the_database(client):
    # Without the db fixture any query raises.
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"The process answers.\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_readyz_says_ready(client):
    response = client.get("/readyz")

    assert (response.status_code, response.content) == (200, b"The site is ready.\n")


@pytest.mark.django_db
def test_readyz_names_migrations_that_wait(client):
    last = max(name for app, name in MigrationLoader(connection).graph.leaf_nodes() if app == "aid")
    MigrationRecorder(connection).record_unapplied("aid", last)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"Run manage.py migrate." in response.content


@pytest.mark.django_db
def test_readyz_says_that_the_database_does_not_answer_and_no_more(client):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("connection to server at 10.0.0.7 failed")

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"The database does not answer.\n")


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_takes_no_writing_method(client, address):
    assert client.post(address).status_code == 405


@override_settings(SECURE_SSL_REDIRECT=True)
def test_health_is_asked_without_https(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/admin/").status_code == 301
