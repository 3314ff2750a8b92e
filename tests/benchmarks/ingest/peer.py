"""`reader` on the same server, in its own process and environment (requirements/bench.txt).

Usage: peer.py BASE_URL COUNT FOLDER KIND first|again; prints one JSON object.
"""

import json
import resource
import sys
import time
from pathlib import Path

from reader import make_reader

base, count, folder, kind, round_name = sys.argv[1:]
reader = make_reader(str(Path(folder) / f"{kind}.sqlite"))
if round_name == "first":
    for number in range(int(count)):
        reader.add_feed(f"{base}/{kind}/{number}.xml")
began = time.perf_counter()
results = list(reader.update_feeds_iter(scheduled=False, workers=2))
seconds = time.perf_counter() - began
failed = [feed.url for feed in reader.get_feeds() if feed.last_exception]
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
