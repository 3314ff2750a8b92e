"""`reader` on the same server, in its own process and environment (requirements/bench.txt).

Usage: peer.py FOLDER NAME first|again, the feeds' addresses on stdin; prints one JSON object.
"""

import json
import resource
import sys
import time
from pathlib import Path

from reader import make_reader

folder, name, round_name = sys.argv[1:]
reader = make_reader(str(Path(folder) / f"{name}.sqlite"))
if round_name == "first":
    for url in sys.stdin.read().split():
        reader.add_feed(url)
began = time.perf_counter()
results = list(reader.update_feeds_iter(scheduled=False, workers=2))
seconds = time.perf_counter() - began
failed = [(feed.url, feed.last_exception) for feed in reader.get_feeds() if feed.last_exception]
assert not failed, failed[:3]
print(
    json.dumps(
        {
            "seconds": seconds,
            "feeds": len(results),
            "entries": reader.get_entry_counts().total,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
