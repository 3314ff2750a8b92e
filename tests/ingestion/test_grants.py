"""A replay may let workers fetch from its own loopback port, and nobody may do more."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from events.ingestion import grants
from events.ingestion.grants import GrantRefused, allowed_addresses, grant

ADDRESS = "127.0.0.1:8765"


@pytest.fixture(autouse=True)
def granting(settings: Settings) -> Iterator[None]:
    settings.FETCH_GRANTS = True
    settings.FETCH_ALLOW = []
    cache.delete(grants.KEY)
    yield
    cache.delete(grants.KEY)


def test_address_is_allowed_while_the_block_runs_and_not_after() -> None:
    with grant(ADDRESS):
        assert allowed_addresses() == {ADDRESS}
    assert allowed_addresses() == set()


def test_address_is_not_allowed_after_the_block_failed() -> None:
    with pytest.raises(ZeroDivisionError), grant(ADDRESS):
        _ = 1 / 0
    assert allowed_addresses() == set()


def test_grant_ends_by_itself_when_its_holder_was_killed() -> None:
    with grant(ADDRESS):
        seconds = cache._cache.get_client().ttl(cache.make_key(grants.KEY))  # type: ignore[attr-defined]
    assert 0 < seconds <= grants.LIFETIME_SECONDS


def test_configured_addresses_are_allowed_beside_the_granted_one(settings: Settings) -> None:
    settings.FETCH_ALLOW = ["intranet.example:8080"]
    with grant(ADDRESS):
        assert allowed_addresses() == {ADDRESS, "intranet.example:8080"}


def test_second_replay_is_refused_while_one_runs() -> None:
    with grant(ADDRESS), pytest.raises(GrantRefused, match="Another replay is running"):  # noqa: SIM117
        with grant("127.0.0.1:9999"):
            pass


def test_nothing_is_granted_where_the_settings_forbid_it(settings: Settings) -> None:
    settings.FETCH_GRANTS = False
    with pytest.raises(GrantRefused, match="FETCH_GRANTS"), grant(ADDRESS):
        pass


def test_grant_left_in_the_cache_is_worth_nothing_where_the_settings_forbid_it(
    settings: Settings,
) -> None:
    cache.set(grants.KEY, ADDRESS, 5)
    settings.FETCH_GRANTS = False
    assert allowed_addresses() == set()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("10.0.0.1:8765", id="private network"),
        pytest.param("169.254.169.254:8080", id="cloud metadata"),
        pytest.param("0.0.0.0:8765", id="unspecified reaches this host too"),
        pytest.param("localhost:8765", id="a name can be rebound"),
        pytest.param("127.0.0.1:22", id="system port"),
        pytest.param("127.0.0.1", id="no port"),
        pytest.param("127.0.0.1:70000", id="no such port"),
    ],
)
def test_only_a_loopback_address_with_a_user_port_is_granted(address: str) -> None:
    with pytest.raises(GrantRefused, match="not a loopback address"), grant(address):
        pass
    cache.set(grants.KEY, address, 5)
    assert allowed_addresses() == set()
