"""Which addresses may be connected to, checked at the moment of connecting.

The name is resolved once, every address it has is judged, and the socket goes to an address that
was judged: between check and connection there is no second look-up that could answer otherwise.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import httpcore2

from events.ingestion.types import FetchError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

PORTS = frozenset({80, 443})

# What is not the public internet, with the reason that a moderator reads. Listed here in full:
# ipaddress.is_global changed its mind between patch releases of Python.
NOT_PUBLIC = tuple(
    (ipaddress.ip_network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's private network"),
        ("127.0.0.0/8", "this host (loopback)"),
        ("169.254.0.0/16", "link-local: cloud metadata lives there"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "reserved for documentation"),
        ("192.31.196.0/24", "reserved (AS112)"),
        ("192.52.193.0/24", "reserved (AMT)"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("192.175.48.0/24", "reserved (AS112)"),
        ("198.18.0.0/15", "reserved for benchmarks"),
        ("198.51.100.0/24", "reserved for documentation"),
        ("203.0.113.0/24", "reserved for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("2001::/23", "reserved for protocols (Teredo, ORCHID)"),
        ("2001:db8::/32", "reserved for documentation"),
        ("2002::/16", "6to4, which can hold any IPv4 address"),
        ("2620:4f:8000::/48", "reserved (AS112)"),
        ("3fff::/20", "reserved for documentation"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def why_not_public(address: IpAddress) -> str:
    """Why `address` is not on the public internet; empty if it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64 or address in MAPPED:
            # The address that is really meant; DNS64 networks show every IPv4 host like this.
            return why_not_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address.is_loopback or address.is_unspecified:
            return "this host (loopback)"
    for network, reason in NOT_PUBLIC:
        if address.version == network.version and address in network:
            return reason
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return "not a global address"
    return ""


def allowed(host: str, port: int, allow: Iterable[str]) -> bool:
    """Whether this very `host:port` was granted, for the replay or a test."""
    return f"{host}:{port}" in set(allow)


def resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Deadline:
    """One end for everything that one request does, look-up and slow bodies included."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchError(f"not finished after {self.seconds:g} seconds", kind="timeout")
        return left

    def extend(self, seconds: float) -> None:
        """Waiting for our own turn is not the server's fault."""
        self._end += seconds


class GuardedStream(httpcore2.NetworkStream):
    """A connection whose every step ends with the request's deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def _limit(self) -> None:
        self._sock.settimeout(self._deadline.left())

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._limit()
        try:
            return self._sock.recv(max_bytes)
        except TimeoutError:
            self._deadline.left()
            raise
        except OSError as error:
            raise FetchError(f"connection lost: {error}", kind="connect") from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._limit()
        try:
            self._sock.sendall(buffer)
        except OSError as error:
            raise FetchError(f"connection lost: {error}", kind="connect") from error

    def close(self) -> None:
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        self._limit()
        try:
            sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            self.close()
            message = f"certificate refused: {error.verify_message}"
            raise FetchError(message, kind="tls") from error
        except TimeoutError as error:
            self.close()
            raise FetchError("no secure connection in time", kind="timeout") from error
        except (ssl.SSLError, OSError) as error:
            self.close()
            raise FetchError(f"no secure connection: {error}", kind="tls") from error
        return GuardedStream(sock, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._sock.getpeername() if info == "server_addr" else None


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to public addresses, and to the granted host:port pairs."""

    def __init__(
        self, deadline: Deadline, allow: frozenset[str], look_up: Resolve, connect_seconds: float
    ) -> None:
        self._deadline = deadline
        self._allow = allow
        self._look_up = look_up
        self._connect_seconds = connect_seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failure: OSError | None = None
        for address in self._checked_addresses(host, port):
            limit = min(self._connect_seconds, self._deadline.left())
            try:
                sock = socket.create_connection((address, port), limit)
            except OSError as error:
                failure = error
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return GuardedStream(sock, self._deadline)
        if isinstance(failure, TimeoutError):
            raise FetchError("no connection in time", kind="timeout") from failure
        raise FetchError(f"no connection: {failure}", kind="connect") from failure

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        is_granted = allowed(host, port, self._allow)
        if port not in PORTS and not is_granted:
            raise FetchError(f"refused: port {port} is neither 80 nor 443", kind="refused")
        found = self._addresses(host, port)
        if not is_granted:
            for address in found:
                if reason := why_not_public(ipaddress.ip_address(address.partition("%")[0])):
                    # One bad address condemns the name: public names have no private twin.
                    message = f"refused: {host} is at {address}, {reason}"
                    raise FetchError(message, kind="refused")
        return found

    def _addresses(self, host: str, port: int) -> list[str]:
        bare = host.strip("[]")
        try:
            return [str(ipaddress.ip_address(bare))]
        except ValueError:
            pass
        answer: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answer.put(self._look_up(bare, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        # getaddrinfo cannot be interrupted: it runs beside, and is left behind when it hangs.
        threading.Thread(target=look_up, daemon=True).start()
        try:
            found = answer.get(timeout=self._deadline.left())
        except queue.Empty:
            raise FetchError(f"{bare} was not found in time", kind="timeout") from None
        if isinstance(found, OSError | UnicodeError):
            raise FetchError(f"{bare} is not found: {found}", kind="dns") from found
        if not found:
            raise FetchError(f"{bare} has no address", kind="dns")
        return list(found)
