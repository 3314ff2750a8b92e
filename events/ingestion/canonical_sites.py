"""Sites that show one document under several addresses, and wrappers that hide the address.

A row names its hosts, so that no rule of one site can touch another. A wrapper is undone only
when the address itself says what it wraps.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

ARXIV_ID = r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/\d{7})"


@dataclass(slots=True)
class Parts:
    """An address taken apart; the rules work on it in place."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str

    def key(self) -> tuple[str, str, str, str, str]:
        return (self.scheme, self.host, self.path, self.query, self.fragment)

    def join(self) -> str:
        port = f":{self.port}" if self.port is not None else ""
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{self.host}{port}{self.path or '/'}{query}{fragment}"

    def become(self, url: str) -> None:
        """Stand for another address; does nothing when that is no http(s) address."""
        try:
            found = urlsplit(url if "://" in url else "https://" + url.lstrip("/"))
            port = found.port
        except ValueError:
            return
        if found.scheme not in ("http", "https") or "." not in (found.hostname or ""):
            return
        self.scheme, self.host, self.port = found.scheme, found.hostname or "", port
        self.path, self.query, self.fragment = found.path, found.query, found.fragment

    def param(self, *names: str) -> str:
        found = dict(parse_qsl(self.query))
        return next((found[name] for name in names if found.get(name)), "")


@dataclass(frozen=True, slots=True)
class SiteRule:
    name: str
    reason: str
    hosts: str
    apply: Callable[[Parts], None]
    restarts: bool = True


def _arxiv(parts: Parts) -> None:
    found = re.match(
        rf"/(?:abs|pdf|html|format|ps|src|e-print)/({ARXIV_ID})(?:v\d+)?(?:\.pdf)?\Z", parts.path
    )
    if found:
        parts.host, parts.path, parts.query = "arxiv.org", f"/abs/{found[1]}", ""


def _ar5iv(parts: Parts) -> None:
    found = re.match(rf"/(?:abs|html|pdf)/({ARXIV_ID})(?:v\d+)?\Z", parts.path)
    if found:
        parts.host, parts.path, parts.query = "arxiv.org", f"/abs/{found[1]}", ""


def _doi(parts: Parts) -> None:
    parts.host = "doi.org"
    found = re.match(rf"/10\.48550/arxiv\.({ARXIV_ID})\Z", parts.path, re.I)
    if found:
        parts.host, parts.path = "arxiv.org", f"/abs/{found[1]}"
    else:
        parts.path = parts.path.lower().replace("%2f", "/")


def _x(parts: Parts) -> None:
    parts.host = "x.com"
    found = re.match(r"/(?:#!/)?([^/]+)/status(?:es)?/(\d+)(?:/.*)?\Z", parts.path)
    web = re.match(r"/i/(?:web/)?status/(\d+)(?:/.*)?\Z", parts.path)
    if web:
        parts.path, parts.query = f"/i/status/{web[1]}", ""
    elif found:
        parts.path, parts.query = f"/{found[1].lower()}/status/{found[2]}", ""


def _youtube(parts: Parts) -> None:
    short = parts.path.strip("/") if parts.host == "youtu.be" else ""
    found = re.match(r"/(?:embed|shorts|live|v)/([\w-]{6,})\Z", parts.path)
    video = short or (found[1] if found else "")
    parts.host = "youtube.com"
    if video:
        parts.path, parts.query = "/watch", f"v={video}"


def _reddit(parts: Parts) -> None:
    parts.host = "reddit.com"


def _wikipedia(parts: Parts) -> None:
    parts.host = re.sub(r"\A([a-z-]+)\.(?:m|mobile)\.", r"\1.", parts.host)
    if parts.path == "/w/index.php" and re.fullmatch(r"title=[^&]+", parts.query):
        parts.path, parts.query = "/wiki/" + parts.query.removeprefix("title="), ""
    parts.path = parts.path.replace("%20", "_")


def _hugging_face(parts: Parts) -> None:
    parts.host = "huggingface.co"


def _amazon(parts: Parts) -> None:
    parts.path = re.sub(r"/ref=[^/]*\Z", "", parts.path)


def _bbc(parts: Parts) -> None:
    if re.match(r"/(?:news|sport|future|worklife|culture)(?:/|\Z)", parts.path):
        parts.host = "bbc.com"


def _query_target(parts: Parts) -> None:
    target = parts.param("url", "q", "u", "RU", "to", "target", "dest")
    if target.startswith(("http://", "https://")):
        parts.become(target)


def _google(parts: Parts) -> None:
    if parts.path == "/url":
        _query_target(parts)
    elif parts.path.startswith("/amp/"):
        parts.become(re.sub(r"\A/amp/(?:s/)?", "", parts.path) + _tail(parts))


def _tail(parts: Parts) -> str:
    return f"?{parts.query}" if parts.query else ""


def _google_news(parts: Parts) -> None:
    """Articles of the old form carry the address in base64; the new form (AU_yq…) hides it."""
    found = re.match(r"/(?:__i/)?(?:rss/)?articles/([\w-]{20,})\Z", parts.path)
    if not found:
        return
    try:
        raw = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (binascii.Error, ValueError):
        return
    address = re.search(rb"https?://[\x21-\x7e]+", raw)
    if address:
        parts.become(address[0].decode("ascii"))


def _amp_cache(parts: Parts) -> None:
    found = re.match(r"/(?:c|v|wp/c|wp)/(?:s/)?(.+)\Z", parts.path)
    if found:
        parts.become(found[1] + _tail(parts))


def _translation(parts: Parts) -> None:
    """Host names encode - as -- and . as -."""
    name = parts.host.removesuffix(".translate.goog")
    host = name.replace("--", "\0").replace("-", ".").replace("\0", "-")
    pairs = [p for p in parts.query.split("&") if p and not p.startswith("_x_tr_")]
    parts.become(f"https://{host}{parts.path}" + (f"?{'&'.join(pairs)}" if pairs else ""))


def _path_target(parts: Parts) -> None:
    found = re.match(r"/feed/((?:www\.)?theregister\.(?:com|co\.uk)/.+)\Z", parts.path)
    if found:
        parts.become(found[1])


def _register(parts: Parts) -> None:
    parts.host = "theregister.com"


def _yahoo_search(parts: Parts) -> None:
    found = re.search(r"/RU=([^/]+)/", parts.path)
    if found:
        parts.become(unquote(found[1]))


REDIRECT_PATHS = re.compile(
    r"/(?:l\.php|link|redirect|translate|news/apiclick\.aspx|redir/redirect|safety/go)?\Z"
)


def _redirector(parts: Parts) -> None:
    if parts.host == "href.li":
        parts.become(parts.query)
    elif REDIRECT_PATHS.match(parts.path):
        _query_target(parts)


GOOGLE = "google.com google.co.uk google.de google.fr google.co.in google.com.hk"
SITE_RULES = (
    SiteRule("arXiv", "abs, pdf, html and versions are one paper", "arxiv.org", _arxiv),
    SiteRule("ar5iv", "another rendering of arXiv", "ar5iv.org ar5iv.labs.arxiv.org", _ar5iv),
    SiteRule("DOI", "DOIs ignore case; arXiv's name the paper", "doi.org dx.doi.org", _doi),
    SiteRule(
        "X",
        "twitter.com became x.com; names ignore case",
        "x.com twitter.com nitter.net fxtwitter.com vxtwitter.com fixupx.com",
        _x,
    ),
    SiteRule(
        "YouTube",
        "short, embedded and live addresses of one video",
        "youtube.com youtu.be youtube-nocookie.com",
        _youtube,
    ),
    SiteRule(
        "Reddit",
        "old., np. and new. are skins",
        "old.reddit.com np.reddit.com new.reddit.com i.reddit.com",
        _reddit,
    ),
    SiteRule("Wikipedia", "mobile host, index.php, spaces", "wikipedia.org", _wikipedia),
    SiteRule("Hugging Face", "hf.co redirects", "hf.co", _hugging_face),
    SiteRule("Amazon", "/ref=… says who linked", "amazon.com amazon.co.uk amazon.de", _amazon),
    SiteRule("BBC", "one newsroom, two domains", "bbc.co.uk", _bbc),
    SiteRule("The Register", "moved from .co.uk", "theregister.co.uk", _register),
    SiteRule(
        "The Register feed",
        "its feed wraps the address in the path",
        "go.theregister.com go.theregister.co.uk",
        _path_target,
    ),
    SiteRule("Google link", "/url?q= and /amp/s/ wrap the address", GOOGLE, _google),
    SiteRule("Google News", "old article ids hold the address", "news.google.com", _google_news),
    SiteRule(
        "AMP cache", "a copy kept by Google or Bing", "cdn.ampproject.org bing-amp.com", _amp_cache
    ),
    SiteRule("translation", "Google's translating proxy", "translate.goog", _translation),
    SiteRule(
        "redirector",
        "the query names the address",
        "l.facebook.com lm.facebook.com l.instagram.com slack-redir.net out.reddit.com "
        "bing.com href.li translate.google.com linkedin.com youtube.com",
        _redirector,
    ),
    SiteRule("Yahoo search", "the path names the address", "r.search.yahoo.com", _yahoo_search),
)
