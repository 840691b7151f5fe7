import os
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from aid.exchange.fixtures import fixture_files
from aid.management.commands import demo
from aid.models import Party, Pledge, Source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.STATIC_ROOT = tmp_path / "data" / "static"


def run(capsys, *arguments):
    call_command("demo", "--no-serve", *arguments)
    return capsys.readouterr().out


def passwords(printed):
    return dict(re.findall(r"^ +(writer|editor|publisher) +(\S+)$", printed, flags=re.MULTILINE))


def test_first_run_sets_everything_up(capsys, settings):
    printed = run(capsys)

    assert re.findall(r"^(\d)/5  (\w+)", printed, flags=re.MULTILINE) == [
        ("1", "Database"),
        ("2", "Static"),
        ("3", "Documents"),
        ("4", "Ledger"),
        ("5", "Accounts"),
    ]
    assert "every rule holds" in printed
    assert Source.objects.exclude(text="").count() == 1
    assert (settings.STATIC_ROOT / "admin" / "css" / "base.css").is_file()


def test_accounts_can_do_their_role_and_their_passwords_work(capsys, client):
    given = passwords(run(capsys))

    assert sorted(given) == ["editor", "publisher", "writer"]
    assert len(set(given.values())) == 3
    for name, password in given.items():
        user = User.objects.get(username=name)
        assert (user.is_staff, user.is_superuser, [group.name for group in user.groups.all()]) == (
            True,
            False,
            [name],
        )
        assert client.login(username=name, password=password)


def test_examples_come_only_where_they_are_asked_for(capsys):
    run(capsys)
    assert Source.objects.exclude(text="").count() == 1

    printed = run(capsys, "--examples")

    assert "2 sources and what rests on them added" in printed
    assert "every rule holds" in printed
    assert Source.objects.exclude(text="").count() == 3


def test_second_run_keeps_what_an_editor_typed_and_says_so(capsys):
    given = passwords(run(capsys))
    stored = dict(User.objects.values_list("username", "password"))
    User.objects.get(username="writer").groups.clear()
    Party.objects.filter(slug="denmark").update(name="Kingdom of Denmark")
    counts = Party.objects.count(), Pledge.objects.count()

    printed = run(capsys)

    assert Party.objects.get(slug="denmark").name == "Kingdom of Denmark"
    assert (Party.objects.count(), Pledge.objects.count()) == counts
    assert dict(User.objects.values_list("username", "password")) == stored
    assert not User.objects.get(username="writer").groups.exists()
    assert "what editors typed stays as it is" in printed
    assert "changepassword" in printed
    assert passwords(printed) == {}
    assert not any(password in printed for password in given.values())


def test_static_files_are_collected_again_only_after_a_change(capsys, settings, tmp_path):
    run(capsys)
    collected = settings.STATIC_ROOT / "admin" / "css" / "base.css"
    collected.unlink()

    assert "are as collected before" in run(capsys)
    assert not collected.exists()

    added = tmp_path / "more"
    added.mkdir()
    (added / "new.css").write_text("p { margin: 0 }")
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, added]

    assert "are as collected before" not in run(capsys)
    assert (settings.STATIC_ROOT / "new.css").is_file()


def break_the_ledger():
    pledge = Pledge.objects.exclude(amount=None).first()
    Pledge.objects.filter(pk=pledge.pk).update(amount=pledge.amount + 1)


def test_a_breach_that_an_editor_typed_is_a_warning(capsys):
    run(capsys)
    break_the_ledger()

    call_command("demo", "--no-serve")

    printed = capsys.readouterr().out
    assert "what was typed in breaks these rules" in printed
    assert "5/5  Accounts" in printed


def test_documents_that_break_a_rule_are_not_loaded(capsys, settings, tmp_path):
    for path in fixture_files():
        (tmp_path / path.name).write_text(
            path.read_text().replace('"amount": "91000000.00"', '"amount": "92000000.00"')
        )
    settings.FIXTURE_DIRS = [tmp_path]

    with pytest.raises(CommandError):
        call_command("demo", "--no-serve")

    assert "4/5  Ledger       failed" in capsys.readouterr().out
    assert (Source.objects.count(), User.objects.count()) == (0, 0)


def test_a_faulty_fixture_stops_with_its_sentence(capsys, settings, tmp_path):
    (tmp_path / "a.json").write_text("[{")
    settings.FIXTURE_DIRS = [tmp_path]

    with pytest.raises(CommandError, match=r"The documents were not loaded\. a\.json cannot be read"):
        call_command("demo", "--no-serve")


@pytest.mark.parametrize("address", ["eight", "127.0.0.1:", ":8000", "70000", "127.0.0.1:-1", "８０００", "1" * 5000])
def test_an_address_that_is_none_stops_before_anything_is_done(capsys, address):
    with pytest.raises(CommandError, match="Write 8001"):
        call_command("demo", address)

    assert capsys.readouterr().out == ""


def test_an_address_of_another_machine_is_refused(capsys):
    with pytest.raises(CommandError, match=r"192\.0\.2\.1"):
        call_command("demo", "192.0.2.1:8001")

    assert capsys.readouterr().out == ""


def test_a_port_in_use_stops_before_anything_is_done_and_names_another(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CommandError) as caught:
            call_command("demo", str(port))

    assert f"port {port}" in str(caught.value)
    assert re.search(r"manage\.py demo \d+$", str(caught.value))
    assert (capsys.readouterr().out, Source.objects.count()) == ("", 0)


def test_the_address_is_the_last_thing_said_before_serving(capsys, monkeypatch):
    served = []
    monkeypatch.setattr(demo.ThreadedWSGIServer, "serve_forever", lambda server: served.append(server.server_address))

    call_command("demo", "0")

    last = [line for line in capsys.readouterr().out.splitlines() if line][-3:]
    address = f"http://127.0.0.1:{served[0][1]}/"
    assert last == [
        f"The newsroom is served at  {address}",
        f"Editors sign in at         {address}admin/",
        "Stop it with Ctrl+C.",
    ]


def test_the_port_is_free_again_afterwards(monkeypatch):
    def stop(server):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.ThreadedWSGIServer, "serve_forever", stop)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    call_command("demo", str(port))
    call_command("demo", str(port))


def test_ipv6_address_is_read():
    assert demo.read_address("[::1]:8001") == ("::1", 8001)


def test_the_served_site_answers_with_its_static_files(tmp_path):
    root = Path(__file__).resolve().parents[2]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "demo", "0"],
        cwd=root,
        env=kept | {"NEWSROOM_DATA_DIR": str(tmp_path / "site"), "DJANGO_LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if line.startswith("Stop it"):
                break
        address = re.search(r"served at +(\S+)", "".join(printed))[1]
        page = urllib.request.urlopen(f"{address}admin/", timeout=30).read().decode()
        sheet = re.search(r'href="/(static/admin/css/base\.[0-9a-f]{12}\.css)"', page)[1]
        answer = urllib.request.urlopen(f"{address}{sheet}", timeout=30)

        assert urllib.request.urlopen(f"{address}readyz", timeout=30).read() == b"The site is ready.\n"
        assert "immutable" in answer.headers["Cache-Control"]
    finally:
        process.kill()
        process.communicate()
