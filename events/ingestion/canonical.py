"""One address for one document, however it was reached.

`canonicalize_url` decides whether two addresses are the same Source, by three tables of rules
with a reason per row: the general ones here, query parameters in `canonical_params`, sites and
wrappers in `canonical_sites`. Nothing is fetched: what cannot be told from the address stays.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import idna

from events.ingestion.canonical_params import is_host, keep_param
from events.ingestion.canonical_sites import SITE_RULES, Parts, SiteRule
from events.ingestion.types import UnusableUrl

MAX_LENGTH = 2000
# A wrapper may wrap a wrapper (Google → AMP cache → AMP page); more is a trick.
MAX_ROUNDS = 12
DEFAULT_PORTS = {"http": 80, "https": 443}
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PATH_SAFE = UNRESERVED | frozenset(b"!$&'()*+,;=:@/")
QUERY_SAFE = UNRESERVED | frozenset(b"!$'()*,;:@/?")
CLEAN = re.compile(r"[A-Za-z0-9._~!$&'()*,;=:@/-]*\Z")
ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
INDEX = re.compile(r"/(?:index|default)\.html?\Z", re.I)
HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\Z")
MIRROR_PREFIXES = ("www.", "m.", "mobile.", "amp.", "wap.")


def canonicalize_url(url: str) -> str:
    """The address by which a document is recognised. Raises UnusableUrl for anything else."""
    return canonical_steps(url)[0]


def canonical_steps(url: str) -> tuple[str, tuple[str, ...]]:
    """The canonical address and the names of the rules that changed something, in order."""
    fired: list[str] = []
    current = url
    for _ in range(MAX_ROUNDS):
        parts = split(current)
        changed = _apply(parts, fired)
        current = parts.join()
        if not changed:
            break
    if len(current) > MAX_LENGTH:
        raise UnusableUrl(f"address longer than {MAX_LENGTH} characters")
    return current, tuple(dict.fromkeys(fired))


def _apply(parts: Parts, fired: list[str]) -> bool:
    """Run every rule once; tell whether a rule asked for another round."""
    again = False
    before = parts.key()
    rules: tuple[GeneralRule | SiteRule, ...] = (*GENERAL_RULES, *rules_of(parts.host))
    for rule in rules:
        rule.apply(parts)
        if (after := parts.key()) != before:
            fired.append(rule.name)
            again = again or rule.restarts
            before = after
    return again


def split(url: str) -> Parts:
    """Take an address apart. Raises UnusableUrl with what is wrong."""
    text = url.strip()
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable()).strip()
    if text.startswith("//"):
        text = "https:" + text
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not rest:
        raise UnusableUrl("not an absolute address" if text else "no address")
    if scheme not in DEFAULT_PORTS:
        raise UnusableUrl(f"not an http(s) address: {scheme[:20]}:")
    front, mark, query = rest.partition("?")
    try:
        found = urlsplit(f"{scheme}:{front.replace(chr(92), '/')}{mark}{query}")
        port = found.port
        host = _host(found.hostname or "")
    except (ValueError, UnicodeError) as error:
        raise UnusableUrl(f"malformed address: {error}") from error
    if port == DEFAULT_PORTS[scheme]:
        port = None
    # One document, two schemes: https stands for both, where no port says otherwise.
    return Parts(
        "https" if port is None else scheme, host, port, found.path, found.query, found.fragment
    )


def _host(host: str) -> str:
    host = host.rstrip(".").lower()
    if not host:
        raise UnusableUrl("address without a host")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host.partition('%')[0]).compressed}]"
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode().lower()
    if not HOST.match(host) or ".." in host:
        raise UnusableUrl(f"malformed host: {host[:80]}")
    return host


def percent_encode(text: str, safe: frozenset[int]) -> str:
    """RFC 3986 section 6.2.2: unreserved characters bare, everything unsafe escaped, upper case."""
    if CLEAN.match(text):
        return text
    raw = text.encode("utf-8", "surrogatepass")
    out = []
    position = 0
    while position < len(raw):
        escape = ESCAPE.match(raw, position)
        byte = int(escape[1], 16) if escape else raw[position]
        position += 3 if escape else 1
        is_bare = byte in UNRESERVED if escape else byte in safe
        out.append(chr(byte) if is_bare else f"%{byte:02X}")
    return "".join(out)


# The general rules -----------------------------------------------------------------------------


def _without_mirror_prefix(parts: Parts) -> None:
    while True:
        for prefix in MIRROR_PREFIXES:
            # A name needs a dot of its own behind the prefix: amp.dev and m.co are sites.
            if parts.host.startswith(prefix) and "." in parts.host[len(prefix) :]:
                parts.host = parts.host[len(prefix) :]
                break
        else:
            return


def _without_fragment(parts: Parts) -> None:
    if not parts.fragment.startswith(("!", "/")):
        parts.fragment = ""


def _clean_fragment(parts: Parts) -> None:
    parts.fragment = percent_encode(parts.fragment, QUERY_SAFE)


def _clean_path(parts: Parts) -> None:
    parts.path = percent_encode(parts.path, PATH_SAFE)


def _without_dot_segments(parts: Parts) -> None:
    if "/." not in parts.path:
        return
    out: list[str] = []
    for segment in parts.path.split("/")[1:]:
        if segment == "..":
            del out[-1:]
        elif segment != ".":
            out.append(segment)
    parts.path = "/" + "/".join(out)


def _without_empty_segments(parts: Parts) -> None:
    if "//" in parts.path:
        parts.path = re.sub(r"(?<!:)/{2,}", "/", parts.path)


def _without_session(parts: Parts) -> None:
    if ";" in parts.path:
        parts.path = re.sub(r";(?:jsessionid|phpsessid|sid)=[^/;]*", "", parts.path, flags=re.I)


def _without_index(parts: Parts) -> None:
    if ".htm" in parts.path[-10:].lower():
        parts.path = INDEX.sub("/", parts.path)


def _without_amp_path(parts: Parts) -> None:
    if "amp" not in parts.path:
        return
    path = parts.path.rstrip("/")
    path = re.sub(r"(?<=[^/])/amp\Z|\.amp\Z", "", path)
    path = re.sub(r"\.amp(?=\.html?\Z)|(?<=[^/])/amp(?=/index\.html?\Z)", "", path)
    if path != parts.path.rstrip("/"):
        parts.path = path


def _clean_query(parts: Parts) -> None:
    if not parts.query:
        return
    pairs = []
    for piece in parts.query.replace("+", "%20").split("&"):
        name, equals, value = piece.partition("=")
        # CLEAN lets & and = through: neither can stand in a piece's name, = may in its value.
        name, value = percent_encode(name, QUERY_SAFE), percent_encode(value, QUERY_SAFE)
        if piece and keep_param(parts.host, name, value):
            pairs.append((name, equals + value))
    pairs.sort(key=lambda pair: pair[0])  # stable: repeated names keep their order
    parts.query = "&".join(name + value for name, value in pairs)


def _without_last_slash(parts: Parts) -> None:
    parts.path = parts.path.rstrip("/") or "/"


@dataclass(frozen=True, slots=True)
class GeneralRule:
    name: str
    reason: str
    apply: Callable[[Parts], None]
    restarts: bool = False


GENERAL_RULES = (
    GeneralRule("mirror host", "www., m., amp. show the same articles", _without_mirror_prefix),
    GeneralRule("percent-encoding", "RFC 3986 6.2.2: %7E is ~, %2f is %2F", _clean_path),
    GeneralRule("dot segments", "RFC 3986 6.2.2.3: /a/../b is /b", _without_dot_segments),
    GeneralRule("empty segments", "feeds glue a base and a path with //", _without_empty_segments),
    GeneralRule("session", "a session id in the path names a visitor", _without_session),
    GeneralRule("amp page", "/amp and .amp are another rendering", _without_amp_path, True),
    GeneralRule("index page", "/index.html is its folder", _without_index, True),
    GeneralRule("last slash", "feeds lose and regain the last slash", _without_last_slash),
    GeneralRule("fragment", "a place in the page, except #! and #/", _without_fragment),
    GeneralRule("fragment encoding", "as in the path", _clean_fragment),
    GeneralRule("query", "trackers go, the rest is sorted", _clean_query),
)


@lru_cache(maxsize=4096)
def rules_of(host: str) -> tuple[SiteRule, ...]:
    """The rules of the site that `host` belongs to; most hosts have none."""
    return tuple(rule for rule in SITE_RULES if is_host(host, rule.hosts))
