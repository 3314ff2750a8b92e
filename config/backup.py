"""Save the database of this checkout to a file, or load it from one, with the wheel's own tools.

python -m config.backup save FILE
python -m config.backup load FILE       replaces what is there, all or nothing
"""

import os
import subprocess
import sys
from pathlib import Path

from config import local, outage
from config.embedded import LocalServiceError, postgres_bin

COMMANDS = {
    "save": ["pg_dump", "--format=custom", "--file"],
    "load": ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction"],
}


def main() -> None:
    _, what, file = sys.argv
    if what == "load" and not Path(file).is_file():
        sys.exit(f"There is no file {file}.")
    with outage.explained(), local.environment():
        tool, *options = COMMANDS[what]
        command = [postgres_bin(tool), "--dbname", os.environ["DATABASE_URL"], *options, file]
        if subprocess.run(command, check=False).returncode:
            raise LocalServiceError(f"{tool} failed (see above).")
    print(f"{'Saved to' if what == 'save' else 'Loaded from'} {file}.")


if __name__ == "__main__":
    main()
