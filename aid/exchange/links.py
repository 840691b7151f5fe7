"""Asking an address on the web whether it still answers: politely, with limits, and never an address of our own net.

Standard library only. No database, no settings; what was asked and what came back is told as an Answer.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib import robotparser
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from aid.choices import LinkState

MOST_REDIRECTS = 5
# A part of the page suffices to know that it is there; a robots.txt is read as far as RFC 9309 asks for.
PAGE_BYTES = 64 * 1024
ROBOTS_BYTES = 512 * 1024
LONGEST_PAUSE = 30
PERMANENT, TEMPORARY = (301, 308), (302, 303, 307)
BARRED = (401, 403, 407, 451, 999)
GONE = (404, 410)
TOO_MANY = 429
COME_BACK = (TOO_MANY, 503)
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """What came of asking one address. `leads_to` is where the redirects ended, "" without any."""

    state: str
    status: int | None = None
    told: str = ""
    leads_to: str = ""


class Refused(Exception):
    """An address that is not asked, with the sentence that says why."""


class Failed(Exception):
    """An address that did not answer, with the sentence that says how."""


class Postponed(Exception):
    """A host that wants to be left alone until later."""


@dataclass
class Response:
    """The head of an answer, and as much of its body as was asked for."""

    status: int
    headers: dict
    body: bytes = b""


@dataclass
class Host:
    """When one host may be asked again, and the pause that its robots.txt asks for."""

    free_at: float = 0.0
    away_until: float = 0.0
    pause: float = 0.0


@dataclass
class Rules:
    """What the robots.txt of one origin says; `unread` is why it could not be read."""

    file: robotparser.RobotFileParser = field(default_factory=robotparser.RobotFileParser)
    unread: str = ""


@dataclass
class Asker:
    """Asks addresses one after another, each host with a pause in between.

    `seconds` is the most that one request takes, whatever the other side does. `clock` and `sleep` are those of the
    machine; a test gives its own.
    """

    agent: str
    seconds: float = 15
    pause: float = 2
    is_local_allowed: bool = False
    clock: object = time.monotonic
    sleep: object = time.sleep
    hosts: dict = field(default_factory=dict)
    rules: dict = field(default_factory=dict)

    def ask(self, url):
        """The Answer of an address. Raises Postponed where its host wants to be left alone for a while."""
        asked, is_moved = url, False
        try:
            for _ in range(MOST_REDIRECTS + 1):
                parts = read_address(asked)
                why = self._barred(parts)
                if why:
                    return self._answer(LinkState.BARRED, None, why, url, asked)
                response = self._head_or_page(parts)
                target = response.headers.get("location")
                if response.status not in (*PERMANENT, *TEMPORARY) or not target:
                    return self._judged(response, url, asked, is_moved)
                is_moved = is_moved or response.status in PERMANENT
                asked = follow(asked, target)
            return self._answer(LinkState.FAILS, None, f"It redirects more than {MOST_REDIRECTS} times.", url, asked)
        except Refused as refused:
            return self._answer(LinkState.FAILS, None, str(refused), url, asked)
        except Failed as failed:
            return self._answer(LinkState.FAILS, None, str(failed), url, asked)

    def is_away(self, url):
        """Whether the host of an address is to be left alone for longer than a pause."""
        host = self.hosts.get(host_of(url))
        return host is not None and host.away_until - self.clock() > LONGEST_PAUSE

    def _judged(self, response, url, asked, is_moved):
        status = response.status
        if 200 <= status < 300:
            state, told = (LinkState.MOVED, "It has moved for good.") if is_moved else (LinkState.ANSWERS, "")
        elif status in (*BARRED, TOO_MANY):
            state, told = LinkState.BARRED, "It is there, and does not let programs read it."
        elif status in GONE:
            state, told = LinkState.GONE, "The site says that there is no such page."
        elif status in (*PERMANENT, *TEMPORARY):
            state, told = LinkState.FAILS, "It redirects to nowhere."
        else:
            state, told = LinkState.FAILS, "The site says that it cannot answer."
        return self._answer(state, status, told, url, asked)

    def _answer(self, state, status, told, url, asked):
        where = f" ({asked})" if asked != url and state not in (LinkState.ANSWERS, LinkState.MOVED) else ""
        return Answer(state, status, f"{told}{where}"[:300], asked[:500] if asked != url else "")

    def _head_or_page(self, parts):
        """The answer to HEAD; to GET where the site does not answer HEAD well, for many do not."""
        with contextlib.suppress(Failed):
            response = self._request("HEAD", parts)
            if response.status < 400:
                return response
        return self._request("GET", parts, PAGE_BYTES)

    def _request(self, method, parts, limit=0):
        host = self._host(parts)
        self._wait(host)
        try:
            response = fetch(method, parts, self.agent, self.seconds, limit, self.is_local_allowed)
        finally:
            host.free_at = self.clock() + max(self.pause, host.pause)
        if response.status in COME_BACK:
            seconds = retry_after(response.headers.get("retry-after", ""))
            if seconds:
                host.away_until = self.clock() + seconds
                if seconds > LONGEST_PAUSE:
                    raise Postponed(f"{parts.hostname} asks to be left alone for {int(seconds)} seconds.")
                self._wait(host)
                response = fetch(method, parts, self.agent, self.seconds, limit, self.is_local_allowed)
                host.free_at = self.clock() + max(self.pause, host.pause)
        return response

    def _wait(self, host):
        away = host.away_until - self.clock()
        if away > LONGEST_PAUSE:
            raise Postponed("This host asked to be left alone.")
        wait = max(host.free_at - self.clock(), away)
        if wait > 0:
            self.sleep(wait)

    def _host(self, parts):
        return self.hosts.setdefault(parts.hostname, Host())

    # robots.txt

    def _barred(self, parts):
        """Why the host's robots.txt does not let this address be asked; "" where it does."""
        origin = parts.scheme, parts.netloc
        if origin not in self.rules:
            self.rules[origin] = rules = self._robots(parts)
            delay = float(rules.file.crawl_delay(self.agent) or 0)
            self._host(parts).pause = min(delay, LONGEST_PAUSE)
        rules = self.rules[origin]
        if rules.unread:
            raise Failed(rules.unread)
        is_open = rules.file.can_fetch(self.agent, urlunsplit(parts))
        return "" if is_open else "Its robots.txt does not let programs in."

    def _robots(self, parts):
        """The Rules of an origin. As RFC 9309 has it: no file lets everybody in, one that cannot be read nobody."""
        rules, asked = Rules(), parts._replace(path="/robots.txt", query="")
        try:
            for _ in range(MOST_REDIRECTS + 1):
                response = self._request("GET", asked, ROBOTS_BYTES)
                target = response.headers.get("location")
                if response.status not in (*PERMANENT, *TEMPORARY) or not target:
                    break
                asked = read_address(follow(urlunsplit(asked), target))
        except (Failed, Refused) as error:
            rules.unread = str(error)
            return rules
        if 200 <= response.status < 300:
            rules.file.parse(response.body.decode("utf-8", "replace").splitlines())
        elif response.status >= 500 or response.status == TOO_MANY:
            rules.unread = f"Its robots.txt cannot be read (status {response.status})."
        else:
            rules.file.allow_all = True
        return rules


def host_of(url):
    """The name of the host of an address, "" where it names none."""
    try:
        return read_address(url).hostname
    except Refused:
        return ""


def follow(asked, target):
    """The address that a redirect leads to. Headers come as Latin-1, and what is in them is mostly UTF-8."""
    with contextlib.suppress(UnicodeError):
        target = target.encode("latin-1").decode()
    try:
        return urljoin(asked, target)
    except ValueError:
        raise Refused("It redirects to what is no address.") from None


def read_address(url):
    """The parts of an address that can be asked. Raises Refused with a sentence."""
    try:
        parts = urlsplit(url.strip())
        port, name = parts.port, parts.hostname
    except ValueError:
        raise Refused("This is no address that a browser could open.") from None
    if parts.scheme not in PORTS:
        raise Refused("It leads to an address that is neither http nor https.")
    if not name or port == 0:
        raise Refused("This address names no host.")
    try:
        ascii_name = name if ":" in name else name.encode("idna").decode("ascii")
    except UnicodeError:
        raise Refused("This address names no host that there can be.") from None
    shown = f"[{ascii_name}]" if ":" in ascii_name else ascii_name
    netloc = shown if port in (None, PORTS[parts.scheme]) else f"{shown}:{port}"
    # What is typed with spaces or in other scripts is sent as a browser sends it; a name and a password are not.
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return parts._replace(netloc=netloc, path=path, query=query, fragment="")


def retry_after(written):
    """The seconds that a Retry-After header asks for, as seconds or as a date; 0 for one that says nothing."""
    written = written.strip()
    if written.isascii() and written.isdecimal():
        return min(int(written[:9]), 10**6)
    try:
        at = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return 0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0, min((at - datetime.now(UTC)).total_seconds(), 10**6))


# One request


def fetch(method, parts, agent, seconds, limit=0, is_local_allowed=False):
    """The Response to one request, at most `limit` bytes of its body. Raises Refused or Failed."""
    port = parts.port or PORTS[parts.scheme]
    address = resolve(parts.hostname, port, is_local_allowed)
    connection = (PinnedHTTPS if parts.scheme == "https" else PinnedHTTP)(parts.hostname, port, timeout=seconds)
    connection.address = address
    # A site that sends one byte a second never runs into the timeout of a single read; the bell ends it all.
    bell = threading.Timer(seconds, connection.cut)
    bell.daemon = True
    bell.start()
    try:
        target = urlunsplit(("", "", parts.path, parts.query, ""))
        connection.request(method, target, headers={
            "Host": parts.netloc, "User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity",
            "Connection": "close",
        })  # fmt: skip
        answer = connection.getresponse()
        body = answer.read(limit) if limit else b""
        if connection.is_cut:
            # What was read so far looks whole: a head that breaks off ends like any other.
            raise TimeoutError
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
    except (http.client.HTTPException, OSError, ValueError) as error:
        if connection.is_cut or isinstance(error, TimeoutError):
            raise Failed(f"It did not answer within {seconds:g} seconds.") from None
        if isinstance(error, ssl.SSLCertVerificationError):
            raise Failed(f"Its certificate is not to be trusted: {error.verify_message.rstrip('.')}.") from None
        if isinstance(error, ssl.SSLError):
            raise Failed("No secure connection came about.") from None
        if isinstance(error, ConnectionRefusedError):
            raise Failed("Nothing answers at this address.") from None
        raise Failed("The connection broke off, or what came back was no answer.") from None
    finally:
        bell.cancel()
        connection.close()


def resolve(name, port, is_local_allowed):
    """The first address of a host on the public net: (family, address). Raises Refused or Failed.

    The connection goes to this very address, so that a name that is answered otherwise the second time leads nowhere.
    """
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failed("No host has this name.") from None
    if not is_local_allowed and not all(is_public(address[0]) for *_, address in found):
        raise Refused("It leads into a private network. Such an address is not asked.")
    family, *_, address = found[0]
    return family, address


def is_public(address):
    """Whether an IP address is one of the public net, also where it stands within another one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    for inner in (getattr(found, "ipv4_mapped", None), getattr(found, "sixtofour", None)):
        if inner is not None:
            found = inner
    if found.version == 6 and found in NAT64:
        found = ipaddress.ip_address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast


NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PinnedHTTP(http.client.HTTPConnection):
    """A connection to an address that has been looked at already."""

    address = None
    is_cut = False

    def connect(self):
        family, address = self.address
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(address)

    def cut(self):
        self.is_cut = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                # Not the secure socket's own way, which takes itself apart while another thread reads from it.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


class PinnedHTTPS(PinnedHTTP):
    def connect(self):
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()
