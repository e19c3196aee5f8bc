# SPDX-License-Identifier: MIT
"""What the checks share: the list of the project's own files, and the line protocol."""

import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]


def project_files():
    """Return the paths, relative to the top, of all files that are or could be checked in."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=TOP,
                          capture_output=True, check=False)
    if done.returncode == 0:
        names = done.stdout.decode().split("\0")
        return sorted({Path(name) for name in names if name and (TOP / name).is_file()})
    # Not a repository, such as an unpacked release.
    found = (path.relative_to(TOP) for path in TOP.rglob("*") if path.is_file())
    return sorted(p for p in found if p.parts[0] != "build" and "__pycache__" not in p.parts)


class Lines:
    """Prints a line for each result and the closing line."""

    def __init__(self, prefix):
        self._prefix = prefix
        self.passed = self.failed = self.skipped = 0

    def ok(self, name):
        """Report a test that passed."""
        self.passed += 1
        print(f"ok - {self._prefix}.{name}", flush=True)

    def bad(self, name, why):
        """Report a test that failed, with the reason on the same line."""
        self.failed += 1
        print(f"not ok - {self._prefix}.{name}: {why}", flush=True)

    def skip(self, name, why):
        """Report a test that cannot be run here, with the reason."""
        self.skipped += 1
        print(f"skip - {self._prefix}.{name}: {why}", flush=True)

    def expect(self, condition, name, why):
        """Report by condition."""
        if condition:
            self.ok(name)
        else:
            self.bad(name, why)

    def finish(self):
        """Print the closing line and end the process with the status it means."""
        print(f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else ""))
        sys.exit(1 if self.failed or not self.passed else 0)
