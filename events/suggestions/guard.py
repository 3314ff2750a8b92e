"""Against spam, without a third party and without a script: a field that people do not see, the
time a person needs to write, how many links a text has, how often one address writes.
"""

from __future__ import annotations

import re

from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _

SALT = "events.suggestions"
AT_LEAST_SECONDS, AT_MOST_SECONDS = 3, 24 * 60 * 60
LINKS = 3
PER_HOUR = 5
_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)


def new_stamp() -> str:
    """When a form was shown; sealed, so that it cannot be made up."""
    return signing.TimestampSigner(salt=SALT).sign("shown")


def stamp_fault(stamp: str) -> str:
    """What is wrong with the time between showing and sending; "" when nothing is."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        signer.unsign(stamp, max_age=AT_MOST_SECONDS)
    except signing.SignatureExpired:
        return _("This form is a day old. Please send it once more.")
    except signing.BadSignature:
        return _("This form was not ours. Please send it once more.")
    try:
        signer.unsign(stamp, max_age=AT_LEAST_SECONDS)
    except signing.SignatureExpired:
        return ""
    return _("That was very quick. Please wait a moment and send it once more.")


def has_too_many_links(text: str) -> bool:
    return len(_LINK.findall(text)) > LINKS


def may_write(address: str) -> bool:
    """Count one more suggestion from this address; False above the limit of an hour."""
    key = f"suggestions:{address}"
    cache.add(key, 0, timeout=60 * 60)
    try:
        return cache.incr(key) <= PER_HOUR
    except ValueError:  # it ran out between the two
        return True
