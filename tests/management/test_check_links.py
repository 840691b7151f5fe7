"""The command check_links against a real server on this machine, whatever that answers."""

import re
import socket
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command

from aid.exchange import links
from aid.exchange.links import Answer, Asker, Failed, Postponed, Refused, follow, is_public, read_address, retry_after
from aid.models import LinkCheck, Source
from aid.queries.aging import interleaved, links_to_check
from tests import builders as make

ROBOTS = "User-agent: *\nDisallow: /private/\n\nUser-agent: Newsroom-link-check\nDisallow: /programs/\n"


class Site(BaseHTTPRequestHandler):
    """Answers each path in its own way. `server.asked` has every request: [(method, path, user agent)]."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        self.server.asked.append((self.command, self.path, self.headers["User-Agent"]))
        name = (
            self.path.partition("?")[0].strip("/").replace("-", "_").replace(".", "_").replace("%", "_").split("/")[0]
        )
        getattr(self, f"on_{name}", self.on_missing)()

    def reply(self, status, body=b"well", **headers):
        self.send_response(status)
        for header, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def on_robots_txt(self):
        status, text = self.server.robots
        self.reply(status, text.encode())

    def on_missing(self):
        self.reply(404)

    def on_well(self):
        self.reply(200)

    def on_private(self):
        self.reply(200)

    on_programs = on_caf_C3_A9 = on_private

    def on_gone(self):
        self.reply(410)

    def on_broken(self):
        self.reply(500)

    def on_barred(self):
        self.reply(403)

    def on_no_head(self):
        self.reply(405 if self.command == "HEAD" else 200)

    def on_head_hangs_up(self):
        if self.command == "HEAD":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self.reply(200)

    def on_moved(self):
        self.reply(301, Location="/well")

    def on_for_now(self):
        self.reply(302, Location="/well?for=now")

    def on_loop(self):
        self.reply(301, Location="/loop")

    def on_chain(self):
        left = int(self.path.rpartition("/")[2])
        self.reply(302, Location=f"/chain/{left - 1}" if left else "/well")

    def on_nowhere(self):
        self.reply(301, Location="http://[::bad/")

    def on_empty_target(self):
        self.reply(301)

    def on_to_file(self):
        self.reply(302, Location="file:///etc/passwd")

    def on_to_private(self):
        self.reply(302, Location="/private/page")

    def on_accented(self):
        # Not as the standard has it, and as some sites do: UTF-8 in a header.
        self.send_response(301)
        self.send_header("Content-Length", "0")
        self._headers_buffer.append("Location: /café\r\n".encode())
        self.end_headers()

    def on_slow(self):
        time.sleep(3)
        self.reply(200)

    def on_drip(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            self.wfile.write(b"X-Drip: 1\r\n")
            time.sleep(0.05)

    def on_huge(self):
        if self.command == "HEAD":
            self.reply(405)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(10**9))
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
                self.server.sent += 65536
        except OSError:
            self.close_connection = True

    def on_garbage(self):
        self.wfile.write(b"\x00\xff\xfenonsense\r\n" * 3)
        self.close_connection = True

    def on_headers_without_end(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(500)) + b"\r\n")
        self.close_connection = True

    def on_busy(self):
        self.server.busy -= 1
        if self.server.busy < 0:
            self.reply(200)
        else:
            self.reply(429, Retry_After=self.server.retry_after)

    def log_message(self, *args):
        """Nothing is written to the tests' output."""


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    server.asked, server.robots, server.sent, server.busy, server.retry_after = [], (200, ROBOTS), 0, 0, "1"
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def asker():
    """Asks without a pause, and counts the seconds that it would have slept."""
    slept = []
    asker = Asker("Newsroom-link-check/1.0", seconds=0.6, pause=0, is_local_allowed=True, sleep=slept.append)
    asker.slept = slept
    return asker


def asked(site):
    return [(method, path) for method, path, _ in site.asked if path != "/robots.txt"]


# One address


@pytest.mark.parametrize(("path", "state", "status", "told", "leads_to"), [
    ("/well", "answers", 200, "", ""),
    ("/no-head", "answers", 200, "", ""),
    ("/head-hangs-up", "answers", 200, "", ""),
    ("/huge", "answers", 200, "", ""),
    ("/moved", "moved", 200, "It has moved for good.", "/well"),
    ("/for-now", "answers", 200, "", "/well?for=now"),
    ("/chain/4", "answers", 200, "", "/well"),
    ("/accented", "moved", 200, "It has moved for good.", "/café"),
    ("/missing", "gone", 404, "The site says that there is no such page.", ""),
    ("/gone", "gone", 410, "The site says that there is no such page.", ""),
    ("/barred", "barred", 403, "It is there, and does not let programs read it.", ""),
    ("/private/page", "barred", None, "Its robots.txt does not let programs in.", ""),
    ("/broken", "fails", 500, "The site says that it cannot answer.", ""),
    ("/loop", "fails", None, "It redirects more than 5 times.", ""),
    ("/chain/9", "fails", None, "It redirects more than 5 times. ({to})", "/chain/3"),
    ("/nowhere", "fails", None, "It redirects to what is no address.", ""),
    ("/empty-target", "fails", 301, "It redirects to nowhere.", ""),
    ("/slow", "fails", None, "It did not answer within 0.6 seconds.", ""),
    ("/drip", "fails", None, "It did not answer within 0.6 seconds.", ""),
    ("/garbage", "fails", None, "The connection broke off, or what came back was no answer.", ""),
    ("/headers-without-end", "fails", None, "The connection broke off, or what came back was no answer.", ""),
])  # fmt: skip
def test_whatever_an_address_answers_is_told(path, state, status, told, leads_to, site, asker):
    site.robots = (200, "User-agent: *\nDisallow: /private/")
    started = time.monotonic()

    answer = asker.ask(site.url + path)

    to = f"{site.url}{leads_to}" if leads_to else ""
    assert answer == Answer(state, status, told.format(to=to), to)
    assert time.monotonic() - started < 3
    assert site.sent < 20_000_000


def test_it_says_who_it_is_and_asks_for_the_head_first(site, asker):
    asker.ask(f"{site.url}/well")

    assert site.asked == [
        ("GET", "/robots.txt", "Newsroom-link-check/1.0"),
        ("HEAD", "/well", "Newsroom-link-check/1.0"),
    ]


def test_robots_txt_is_read_once_a_run_and_kept_for_each_hop(site, asker):
    site.robots = (200, ROBOTS)

    answers = [asker.ask(site.url + path).state for path in ("/programs/x", "/well", "/to-private", "/private/x")]

    # The part for this very program counts, not that for all others.
    assert answers == ["barred", "answers", "answers", "answers"]
    assert [path for _, path, _ in site.asked].count("/robots.txt") == 1
    assert ("HEAD", "/programs/x") not in asked(site)


def test_a_redirect_into_what_robots_txt_bars_is_not_followed(site, asker):
    site.robots = (200, "User-agent: *\nDisallow: /private/")

    answer = asker.ask(f"{site.url}/to-private")

    assert (answer.state, answer.leads_to) == ("barred", f"{site.url}/private/page")
    assert asked(site) == [("HEAD", "/to-private")]


@pytest.mark.parametrize(("robots", "state"), [
    ((404, ""), "answers"), ((403, ""), "answers"), ((200, ""), "answers"),
    ((200, "\x00\xff nonsense\n:::"), "answers"),
    ((200, "User-agent: *\nDisallow: /"), "barred"), ((503, ""), "fails"), ((500, ""), "fails"), ((429, ""), "fails"),
    ((200, "User-agent: *\nAllow: /well\nDisallow: /"), "answers"),
])  # fmt: skip
def test_a_robots_txt_that_is_missing_lets_in_and_one_that_cannot_be_read_does_not(robots, state, site, asker):
    site.robots = robots

    assert asker.ask(f"{site.url}/well").state == state
    assert bool(asked(site)) is (state == "answers")


def test_one_host_is_asked_with_a_pause_and_another_meanwhile(site, asker):
    asker.pause = 2
    asker.clock = lambda: 100 + sum(asker.slept)

    asker.ask(f"{site.url}/well")
    asker.ask(f"{site.url}/well")
    asker.ask(f"{site.url.replace('127.0.0.1', 'localhost')}/missing")

    # robots.txt, then the page, then the page again; the other name is another host, with its own file and two tries.
    assert asker.slept == [2, 2, 2, 2]


def test_the_pause_that_robots_txt_asks_for_is_kept(site, asker):
    site.robots = (200, "User-agent: *\nCrawl-delay: 7")

    asker.ask(f"{site.url}/well")
    asker.ask(f"{site.url}/well")

    assert [round(seconds) for seconds in asker.slept] == [7]


# Coming back later


def test_a_short_wait_is_waited_and_the_address_asked_once_more(site, asker):
    site.busy, site.retry_after = 1, "3"

    assert asker.ask(f"{site.url}/busy").state == "answers"
    assert [round(seconds) for seconds in asker.slept] == [3]


@pytest.mark.parametrize("written", ["3600", format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)])
def test_a_host_that_wants_a_long_wait_is_left_alone_for_this_run(written, site, asker):
    site.busy, site.retry_after = 5, written

    with pytest.raises(Postponed):
        asker.ask(f"{site.url}/busy")

    assert asker.is_away(f"{site.url}/well")
    assert not asker.is_away("http://elsewhere.example/well")
    with pytest.raises(Postponed):
        asker.ask(f"{site.url}/well")
    assert asked(site) == [("HEAD", "/busy")]


@pytest.mark.parametrize(("written", "seconds"), [
    ("120", 120), ("0", 0), ("-5", 0), ("soon", 0), ("", 0), ("1e9", 0), ("9" * 30, 10**6), ("²", 0),
    ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Wed, 99 Oct 2015 07:28:00 GMT", 0), ("21 Oct 2015 07:28:00", 0),
])  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(written, seconds):
    assert retry_after(written) == seconds


# What is not asked


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://example.org/x", "javascript:alert(1)", "//example.org", "http://", "https:///path",
    "", "http://[::1", "http://example.org:99999/", "http://example.org:0/", "gopher://x", "http://a" + ".b" * 200,
    "http://" + "a" * 70 + ".example/", "http://.../",
])  # fmt: skip
def test_what_is_no_address_on_the_web_is_refused_in_a_sentence(url, asker):
    answer = asker.ask(url)

    assert (answer.state, answer.status) == ("fails", None)
    assert re.fullmatch(r"[A-Z][^.]+\.", answer.told)
    with pytest.raises((Refused, Failed)):
        links.resolve(read_address(url).hostname, 80, False)


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
    "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "100.64.0.1",
    "0x7f000001", "2130706433", "127.1",
])  # fmt: skip
def test_an_address_of_a_private_network_is_not_asked(host, site, asker):
    asker.is_local_allowed = False

    answer = asker.ask(f"http://{host}:{site.server_port}/well")

    assert answer.state == "fails"
    assert answer.told in ("It leads into a private network. Such an address is not asked.", "No host has this name.")
    assert site.asked == []


def test_a_redirect_into_a_private_network_is_not_followed(site, asker, monkeypatch):
    asker.is_local_allowed = False
    resolve = links.resolve
    monkeypatch.setattr(links, "resolve", lambda name, port, allowed: (
        resolve("127.0.0.1", port, True) if name == "public.example" else resolve(name, port, allowed)))  # fmt: skip
    monkeypatch.setattr(Site, "on_inward", lambda self: self.reply(302, Location=f"{site.url}/well"), raising=False)

    answer = asker.ask(f"http://public.example:{site.server_port}/inward")

    assert answer.told.startswith("It leads into a private network.")
    assert asked(site) == [("HEAD", "/inward")]


def test_a_redirect_to_a_file_is_not_followed(site, asker):
    answer = asker.ask(f"{site.url}/to-file")

    assert answer.told == "It leads to an address that is neither http nor https. (file:///etc/passwd)"


def test_public_addresses_are_public():
    assert [is_public(address) for address in ("93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34")] == [
        True] * 3  # fmt: skip


def test_what_is_typed_with_spaces_names_and_other_scripts_is_asked_as_a_browser_does():
    parts = read_address(" http://user:secret@Bücher.example:80/a b/ü?q=ö ü#part ")

    assert parts.netloc == "xn--bcher-kva.example"
    assert (parts.path, parts.query, parts.fragment) == ("/a%20b/%C3%BC", "q=%C3%B6%20%C3%BC", "")
    assert follow("http://a.example/x", "caf\u00c3\u00a9") == "http://a.example/café"


def test_what_speaks_no_tls_is_no_secure_address(site, asker):
    answer = asker.ask(f"https://127.0.0.1:{site.server_port}/well")

    assert (answer.state, answer.told) == ("fails", "No secure connection came about.")


def test_a_silent_port_ends_in_time(asker):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        for scheme in ("http", "https"):
            started = time.monotonic()
            assert asker.ask(f"{scheme}://127.0.0.1:{port}/").told == "It did not answer within 0.6 seconds."
            assert time.monotonic() - started < 2
    assert asker.ask(f"http://127.0.0.1:{port}/other").told == "It did not answer within 0.6 seconds."


def test_a_closed_port_is_said(asker):
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    assert asker.ask(f"http://127.0.0.1:{port}/").told == "Nothing answers at this address."


# The command


def source(url="", archive_url="", **given):
    return make.make_source(text="", url=url, archive_url=archive_url, **given)


def run(site, *arguments, capsys=None):
    call_command("check_links", "--allow-private", "--pause", "0", "--timeout", "0.6", *arguments)
    return capsys.readouterr().out.splitlines() if capsys else None


def checks():
    return [(check.url.rpartition("/")[2], check.state) for check in LinkCheck.objects.order_by("pk")]


def test_the_command_writes_down_what_each_address_answered(site, db, capsys):
    one = source(f"{site.url}/well", f"{site.url}/gone", slug="one")
    source(slug="without")

    said = run(site, capsys=capsys)

    assert checks() == [("well", "answers"), ("gone", "gone")]
    assert said == [f"gone 410  {site.url}/gone: The site says that there is no such page. (one)",
                    "2 asked: 1 answers, 1 gone."]  # fmt: skip
    assert site.asked[0][2] == "Newsroom-link-check/1.0"
    assert LinkCheck.objects.get(state="gone").failing_since is not None
    assert one.link_checks.get(state="answers").failing_since is None


def test_a_second_run_takes_the_place_of_the_first_and_keeps_since_when(site, db, capsys):
    row = source(f"{site.url}/broken")
    run(site, capsys=capsys)
    first = LinkCheck.objects.get()
    run(site, capsys=capsys)
    again = LinkCheck.objects.get()
    assert (again.pk, again.failing_since, again.checked_at > first.checked_at) == (
        first.pk, first.failing_since, True)  # fmt: skip

    Source.objects.filter(pk=row.pk).update(url=f"{site.url}/well")
    run(site, capsys=capsys)

    well = LinkCheck.objects.get()
    assert (well.url, well.state, well.failing_since) == (f"{site.url}/well", "answers", None)


def test_the_longest_unchecked_are_asked_first_and_no_more_than_the_limit(site, db, capsys):
    old, new = source(f"{site.url}/well?old"), source(f"{site.url}/well?new")
    run(site, capsys=capsys)
    LinkCheck.objects.filter(source=old).update(checked_at=datetime(2020, 1, 1, tzinfo=UTC))
    never = source(f"{site.url}/well?never")

    assert [row for row, _ in links_to_check(10)] == [never, old, new]
    site.asked.clear()
    run(site, "--limit", "2", capsys=capsys)
    assert asked(site) == [("HEAD", "/well?never"), ("HEAD", "/well?old")]


def test_a_dry_run_asks_nobody_and_writes_nothing(site, db, capsys):
    source(f"{site.url}/well", slug="one")

    assert run(site, "--dry-run", capsys=capsys) == [f"{site.url}/well  (one)", "1 to ask. Nobody was asked."]
    assert (site.asked, LinkCheck.objects.count()) == ([], 0)


def test_without_the_flag_this_machine_is_not_asked(site, db, capsys):
    source(f"{site.url}/well", slug="one")

    call_command("check_links", "--pause", "0")

    assert site.asked == []
    assert "It leads into a private network." in capsys.readouterr().out


def test_the_run_ends_in_time_and_says_what_is_left(site, db, capsys):
    source(f"{site.url}/well")

    assert run(site, "--minutes", "0", capsys=capsys) == [
        "0 asked: none.", "0 postponed by their hosts, 1 left for the next run."]  # fmt: skip


def test_what_its_host_postpones_stays_unchecked(site, db, capsys):
    site.busy, site.retry_after = 9, "3600"
    source(f"{site.url}/busy"), source(f"{site.url}/well")

    said = run(site, capsys=capsys)

    assert said[-1] == "2 postponed by their hosts, 0 left for the next run."
    assert not LinkCheck.objects.exists()


def test_a_machine_that_is_cut_off_calls_nothing_dead(db, monkeypatch):
    def cut_off(name, port, allowed):
        raise Failed("No host has this name.")

    monkeypatch.setattr(links, "resolve", cut_off)
    for n in range(5):
        source(f"https://host-{n}.example/")

    with pytest.raises(CommandError, match="it is this machine that has no way to the web"):
        call_command("check_links", "--pause", "0")

    assert not LinkCheck.objects.exists()


@pytest.mark.parametrize("arguments", [["--limit", "0"], ["--minutes", "-1"], ["--timeout", "0"], ["--pause", "-1"]])
def test_a_senseless_option_is_said(arguments, db):
    with pytest.raises(CommandError, match="Write"):
        call_command("check_links", *arguments)


def test_the_site_is_named_to_those_it_asks(settings):
    from aid.management.commands.check_links import agent

    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", ".news.example.org"]
    assert agent() == "Newsroom-link-check/1.0 (+https://news.example.org/about/)"
    settings.ALLOWED_HOSTS = ["*"]
    assert agent() == "Newsroom-link-check/1.0"


def test_links_of_one_host_stand_apart():
    rows = [(1, "http://a.example/1"), (2, "http://a.example/2"), (3, "http://b.example/1"), (4, "no address")]

    assert [number for number, _ in interleaved(rows, links.host_of)] == [1, 3, 4, 2]
