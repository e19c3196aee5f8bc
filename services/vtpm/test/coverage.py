#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which lines of the service its tests on the host reach: builds it with clang's counters, runs the tests, prints the share
of each folder. Prints the line protocol of the tests."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VTPM = HERE.parent
#: Least share of lines in percent, by folder.
LEAST = {"server": 84, "crypto": 92}
#: What holds the counted code: the service, the fuzzed one, the facade beside OpenSSL and with failing allocations.
OBJECTS = ("vtpm", "vtpm-cut", "vtpm-fuzz", "libcalls-facade.so", "libcalls-faults.so")


def must(words, log, **more):
    """A step that must succeed."""
    if subprocess.run([str(word) for word in words], stdout=log, stderr=subprocess.STDOUT, check=False, **more).returncode:
        raise SystemExit(f"coverage.py: {words[0]} failed; see {log.name}")


def build(folder, other, log):
    """The programs in folder, with Mbed TLS of another build if it is there."""
    if (other / "prefix").is_dir() and not (folder / "prefix").exists():
        shutil.copytree(other / "prefix", folder / "prefix")
    must(["cmake", "-G", "Ninja", "-S", HERE, "-B", folder, "-DCMAKE_C_COMPILER=clang-19", "-DVTPM_COVERAGE=ON"], log)
    must(["ninja", "-C", folder, f"-j{os.environ.get('COCONUT_JOBS') or os.cpu_count()}"], log)


def counted(folder, log):
    """{path: (lines, lines reached)} of the service's sources."""
    must(["llvm-profdata-19", "merge", "--sparse", "-o", folder / "all.profdata", *folder.glob("counts/*.profraw")], log)
    first, *others = [folder / name for name in OBJECTS]
    words = ["llvm-cov-19", "export", "--summary-only", f"--instr-profile={folder / 'all.profdata'}", first]
    words += [f"--object={path}" for path in others]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=log, check=True)
    return {Path(file["filename"]): (file["summary"]["lines"]["count"], file["summary"]["lines"]["covered"])
            for file in json.loads(done.stdout)["data"][0]["files"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=VTPM.parents[1] / "build" / "host-vtpm-coverage")
    parser.add_argument("--tests", metavar="REGEX", help="only these of the tests; the least shares are left aside")
    parser.add_argument("--files", action="store_true", help="a line for each file, too")
    options = parser.parse_args()
    folder = options.build.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    counts = folder / "counts"
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir()
    with open(folder / "log.txt", "wb") as log:
        build(folder, folder.parent / "host-vtpm", log)
        # Counters are in the file all the time: many tests kill the service.
        tests = ["ctest", "--test-dir", folder, "--output-on-failure", *(["-R", options.tests] if options.tests else [])]
        must(tests, log, env={**os.environ, "LLVM_PROFILE_FILE": f"{counts}/%m%c.profraw"})
        found = counted(folder, log)
    failed = 0
    for part, least in LEAST.items():
        files = {path: lines for path, lines in found.items() if (VTPM / part) in path.parents}
        for path, (lines, reached) in sorted(files.items() if options.files else ()):
            print(f"# {path.relative_to(VTPM)}: {reached} of {lines}")
        lines, reached = (sum(column) for column in zip(*files.values()))
        share = 100 * reached / lines
        enough = options.tests is not None or share >= least
        failed += not enough
        print(f"{'ok' if enough else 'not ok'} - {part}: {share:.1f} % of {lines} lines{'' if enough else f', less than {least} %'}")
    print(f"{len(LEAST) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
