"""Progress of what may take longer than a person waits without asking."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK_SECONDS = 2


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, that it still is, and how long it took."""
    done, started = threading.Event(), time.monotonic()

    def tick() -> None:
        while not done.wait(TICK_SECONDS):
            print(f"  {title}: {time.monotonic() - started:.0f} s …", flush=True)

    print(f"{title} …", flush=True)
    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()
    print(f"{title}: done in {time.monotonic() - started:.1f} s", flush=True)
