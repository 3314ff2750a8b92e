"""Stop the embedded services when every process that used them is gone, even by `kill -9`.

    python -m config.keeper STATE

One keeper runs beside the services. It sleeps in flock(2) until no user holds the shared lock.
"""

import fcntl
import sys
from pathlib import Path

from config import local


def keep(state: Path) -> None:
    with (state / "keeper.lock").open("a") as own, (state / "users.lock").open("a") as users:
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another keeper is at work
        while True:
            fcntl.flock(users, fcntl.LOCK_EX)
            # Given back before start.lock is asked for: who starts takes the two in that order.
            fcntl.flock(users, fcntl.LOCK_UN)
            with local.exclusive(state / "start.lock"):
                if local.is_last_user(users):
                    local.stop_services(state)
                    return
                fcntl.flock(users, fcntl.LOCK_UN)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
