"""Addresses and tricks by which a feed could turn the poller against the inside: all refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from events.ingestion.fetch import Door
from events.ingestion.network import resolve
from events.ingestion.types import FeedRequest, FetchError

# (what it tries, address, why it is refused)
LITERAL = [
    ("loopback", "http://127.0.0.1/", "loopback"),
    ("loopback, not .1", "http://127.99.12.3/", "loopback"),
    ("loopback with port 443", "https://127.0.0.1:443/", "loopback"),
    ("short form", "http://127.1/", "loopback"),
    ("shorter form", "http://127.0.1/", "loopback"),
    ("decimal", "http://2130706433/", "loopback"),
    ("hexadecimal", "http://0x7f000001/", "loopback"),
    ("hexadecimal octets", "http://0x7f.0x0.0x0.0x1/", "loopback"),
    ("octal", "http://0177.0.0.1/", "malformed"),
    ("octal, padded", "http://00000177.0.0.1/", "malformed"),
    ("long octal", "http://017700000001/", "loopback"),
    ("mixed forms", "http://0x7f.1/", "loopback"),
    ("full-width digits", "http://１２７.０.０.１/", "malformed"),
    ("circled digits", "http://①②⑦.⓪.⓪.①/", "loopback|malformed"),
    ("ideographic full stops", "http://127。0。0。1/", "loopback"),
    ("zero", "http://0/", "this host"),
    ("unspecified", "http://0.0.0.0/", "this host"),
    ("the zero network", "http://0.1.2.3/", "this host"),
    ("private 10", "http://10.0.0.1/", "private"),
    ("private 172.16", "http://172.16.0.1/", "private"),
    ("private 172.31", "http://172.31.255.254/", "private"),
    ("private 192.168", "http://192.168.1.1/", "private"),
    ("private 192.168, decimal", "http://3232235777/", "private"),
    ("carrier NAT", "http://100.64.0.1/", "private"),
    ("cloud metadata", "http://169.254.169.254/latest/meta-data/", "metadata"),
    ("cloud metadata, decimal", "http://2852039166/", "metadata"),
    ("cloud metadata, hexadecimal", "http://0xA9FEA9FE/", "metadata"),
    ("container metadata", "http://169.254.170.2/v2/credentials", "metadata"),
    ("Alibaba metadata", "http://100.100.100.200/", "private"),
    ("protocol assignments", "http://192.0.0.192/", "reserved"),
    ("documentation 1", "http://192.0.2.1/", "documentation"),
    ("documentation 2", "http://198.51.100.7/", "documentation"),
    ("documentation 3", "http://203.0.113.9/", "documentation"),
    ("benchmarks", "http://198.18.0.1/", "benchmark"),
    ("6to4 relay", "http://192.88.99.1/", "6to4"),
    ("multicast", "http://224.0.0.1/", "multicast"),
    ("SSDP", "http://239.255.255.250/", "multicast"),
    ("reserved", "http://240.0.0.1/", "reserved"),
    ("broadcast", "http://255.255.255.255/", "reserved"),
    ("IPv6 loopback", "http://[::1]/", "loopback"),
    ("IPv6 loopback in full", "http://[0000:0000:0000:0000:0000:0000:0000:0001]/", "loopback"),
    ("IPv6 unspecified", "http://[::]/", "loopback"),
    ("mapped loopback", "http://[::ffff:127.0.0.1]/", "loopback"),
    ("mapped loopback in hexadecimal", "http://[::ffff:7f00:1]/", "loopback"),
    ("mapped private", "http://[::ffff:10.0.0.1]/", "private"),
    ("mapped metadata", "http://[::ffff:a9fe:a9fe]/", "metadata"),
    ("IPv4-compatible", "http://[::127.0.0.1]/", "not a global"),
    ("IPv4-translated", "http://[::ffff:0:127.0.0.1]/", "not a global"),
    ("6to4 of loopback", "http://[2002:7f00:1::]/", "6to4"),
    ("6to4 of metadata", "http://[2002:a9fe:a9fe::1]/", "6to4"),
    ("NAT64 of loopback", "http://[64:ff9b::127.0.0.1]/", "loopback"),
    ("NAT64 of private", "http://[64:ff9b::a00:1]/", "private"),
    ("NAT64 of metadata", "http://[64:ff9b::169.254.169.254]/", "metadata"),
    ("local NAT64", "http://[64:ff9b:1::a00:1]/", "not a global"),
    ("Teredo", "http://[2001:0:53aa:64c:0:0:f5ff:fffe]/", "Teredo"),
    ("link-local", "http://[fe80::1]/", "link-local|not a global"),
    ("link-local with zone", "http://[fe80::1%25eth0]/", "link-local|malformed"),
    ("unique local", "http://[fd00::1]/", "private"),
    ("AWS metadata over IPv6", "http://[fd00:ec2::254]/", "private"),
    ("site-local", "http://[fec0::1]/", "not a global"),
    ("IPv6 multicast", "http://[ff02::1]/", "multicast"),
    ("IPv6 documentation", "http://[2001:db8::1]/", "documentation"),
    ("newer IPv6 documentation", "http://[3fff::1]/", "documentation"),
    ("segment routing", "http://[5f00::1]/", "not a global"),
    ("discard", "http://[100::1]/", "not a global"),
    ("name of loopback", "http://localhost/", "loopback"),
    ("name of loopback, final dot", "http://localhost./", "loopback|not found"),
    ("Redis", "http://127.0.0.1:6379/", "port 6379"),
    ("SSH of a public host", "http://example.com:22/", "port 22"),
    ("mail of a public host", "http://example.com:25/", "port 25"),
    ("another web port", "http://example.com:8080/", "port 8080"),
    ("port 0", "http://example.com:0/", "malformed"),
    ("port out of range", "http://example.com:70000/", "malformed"),
    ("file", "file:///etc/passwd", "not http"),
    ("ftp", "ftp://example.com/", "not http"),
    ("gopher", "gopher://127.0.0.1:6379/_FLUSHALL", "not http"),
    ("dict", "dict://127.0.0.1:11211/stat", "not http"),
    ("data", "data:text/xml,<rss/>", "not http"),
    ("jar", "jar:http://example.com!/", "not http"),
    ("no scheme", "//127.0.0.1/", "not http"),
    ("no host", "http:///x", "without a host|malformed"),
    ("user name that looks like the host", "http://example.com@127.0.0.1/", "user name"),
    ("password", "http://user:secret@example.com/", "user name"),
    ("line break in the host", "http://exa\r\nmple.com/", "malformed"),
    ("line break in the path", "http://example.com/\r\nX: y", "malformed"),
    ("blank in the host", "http://127.0.0.1 .example.com/", "malformed"),
    ("backslash", "http://example.com\\@127.0.0.1/", "malformed|user name|not found|loopback"),
    ("NUL", "http://127.0.0.1\x00.example.com/", "malformed"),
]

# (what it tries, what the name resolves to, why it is refused)
RESOLVED = [
    ("name of loopback", ["127.0.0.1"], "loopback"),
    ("name of metadata", ["169.254.169.254"], "metadata"),
    ("public and private", ["93.184.215.14", "10.0.0.1"], "private"),
    ("public IPv4, private IPv6", ["93.184.215.14", "fd00::1"], "private"),
    ("mapped", ["::ffff:192.168.0.1"], "private"),
    ("NAT64", ["64:ff9b::7f00:1"], "loopback"),
    ("6to4", ["2002:c0a8:101::1"], "6to4"),
    ("link-local with zone", ["fe80::1%eth0"], "link-local"),
    ("nothing", [], "no address"),
]


def refused(url: str, look_up: object = None) -> FetchError:
    door = Door("test", look_up=look_up or _public_names)  # type: ignore[arg-type]
    with pytest.raises(FetchError) as caught:
        door(FeedRequest(url))
    return caught.value


def _public_names(host: str, port: int) -> Sequence[str]:
    """Numeric forms as the system reads them; names are not looked up outside."""
    if host.rstrip(".") == "localhost" or not host.strip("0123456789abcdefx.ABCDEFX"):
        return resolve(host, port)
    raise OSError("not found")


@pytest.mark.parametrize(
    ("url", "reason"), [pytest.param(u, r, id=trick) for trick, u, r in LITERAL]
)
def test_an_address_inside_is_refused_with_its_reason(url: str, reason: str) -> None:
    error = refused(url)
    assert error.kind in ("refused", "dns")
    assert any(part in str(error) for part in reason.split("|")), str(error)


@pytest.mark.parametrize(
    ("addresses", "reason"), [pytest.param(a, r, id=trick) for trick, a, r in RESOLVED]
)
def test_a_name_that_leads_inside_is_refused(addresses: list[str], reason: str) -> None:
    error = refused("https://feeds.example.org/", lambda host, port: addresses)
    assert reason in str(error)


def test_the_checked_address_is_the_connected_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: the second look-up would lead inside, so there is none."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    connected: list[object] = []

    def connect(address: tuple[str, int], timeout: float) -> None:
        connected.append(address)
        raise ConnectionRefusedError("closed")

    monkeypatch.setattr("events.ingestion.network.socket.create_connection", connect)
    error = refused("http://rebinding.example.org/", lambda host, port: next(answers))
    assert connected == [("93.184.215.14", 80)]
    assert error.kind == "connect"
    assert next(answers) == ["127.0.0.1"]


def test_a_grant_is_for_one_host_and_port() -> None:
    door = Door("test", allow=frozenset({"127.0.0.1:1"}))
    with pytest.raises(FetchError) as granted:
        door(FeedRequest("http://127.0.0.1:1/"))
    assert granted.value.kind == "connect"
    for url in ("http://127.0.0.1:2/", "http://127.0.0.2:1/", "http://localhost:1/"):
        with pytest.raises(FetchError, match="refused"):
            door(FeedRequest(url))
