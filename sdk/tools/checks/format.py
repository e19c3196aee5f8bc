# SPDX-License-Identifier: MIT
"""All C files are formatted as the pinned formatter does it."""

import subprocess

from common import TOP, Lines, project_files

FORMATTER = "clang-format-19"
BATCH = 50


def unformatted(files):
    """Return those of the files that the formatter would change."""
    done = subprocess.run([FORMATTER, "--dry-run", "-Werror", *map(str, files)], cwd=TOP,
                          capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    named = {line.split(":", 1)[0] for line in done.stderr.splitlines()
             if "clang-format-violations" in line}
    return [path for path in files if str(path) in named] or list(files)


def main():
    """Check all files."""
    lines = Lines("format")
    files = [path for path in project_files() if path.suffix in (".c", ".h")]
    for start in range(0, len(files), BATCH):
        batch = files[start:start + BATCH]
        wrong = set(unformatted(batch))
        for path in batch:
            lines.expect(path not in wrong, path, f"not formatted; run {FORMATTER} -i {path}")
    lines.finish()


main()
