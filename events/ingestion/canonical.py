"""The one address of a document among the many under which it is found."""

from urllib.parse import urlsplit, urlunsplit


def canonicalize_url(url: str) -> str:
    """Lower-case scheme and host, without default port, fragment and empty path."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").lower()
    port = parts.port
    if port and port != {"http": 80, "https": 443}.get(parts.scheme.lower()):
        host = f"{host}:{port}"
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, ""))
