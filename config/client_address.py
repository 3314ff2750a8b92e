"""Who is asking, when proxies of ours stand in between: limits and lock-outs count by address."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """Set REMOTE_ADDR to what the outermost of TRUSTED_PROXIES saw; 0 trusts no header at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",")]
        trusted: int = settings.TRUSTED_PROXIES
        if 0 < trusted <= len(hops) and hops[-trusted]:
            request.META["REMOTE_ADDR"] = hops[-trusted]
        return self.get_response(request)
