#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generate everything that follows from the tables in this folder.

Output modes (any number at once):
  --kernel DIR       abi/*.h and syscall/*.{h,c} for the kernel
  --user DIR         the headers of <coconut/>
  --docs DIR         the pages of docs/abi
  --golden DIR       the interface as text
  --rules FILE       the rules that tests prove, as JSON
  --calls FILE       classes and calls by name, as JSON for host tools
Checks:
  --check            with --golden and --docs: compare instead of writing; CHANGES.md has an entry for this state
                     of the golden files and of the records of libraries and headers
  --check-tests DIR  every call and rule has a test in DIR
"""

import argparse
import json
import sys
from pathlib import Path

from abigen import golden
from abigen.coverage import check_tests
from abigen.kernel import kernel_files
from abigen.model import TableError
from abigen.output import write_if_changed
from abigen.pages import docs_files
from abigen.reader import read_abi
from abigen.rules import all_rules
from abigen.user import calls_json, user_files

HERE = Path(__file__).resolve().parent


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", "--out", type=Path, metavar="PATH")
    for mode in ("user", "docs", "golden", "rules", "calls", "check-tests"):
        parser.add_argument(f"--{mode}", type=Path, metavar="PATH")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tables", type=Path, default=HERE, help="folder of the .def files")
    parser.add_argument("--unit-tests", type=Path, default=HERE.parents[1] / "kernel",
                        help="kernel folder whose */test claim rules as well")
    parser.add_argument("--changes", type=Path, default=HERE.parents[1] / "docs/abi/CHANGES.md")
    parser.add_argument("--records", type=Path, default=HERE.parents[1] / "libc-port/expected",
                        help="folder of further golden files, *.txt, of libraries and headers")
    parser.add_argument("--list-outputs", action="store_true",
                        help="print the files that the given modes write, one per line")
    return parser.parse_args()


def outputs(abi, options):
    """Yield (path, text) of every file that the chosen modes make."""
    modes = ((options.kernel, kernel_files), (options.user, user_files),
             (None if options.check else options.docs, docs_files),
             (None if options.check else options.golden, golden.golden_files))
    for folder, make in modes:
        if folder is not None:
            for name, text in make(abi).items():
                yield folder / name, text
    if options.rules:
        yield options.rules, json.dumps(all_rules(abi), indent=1) + "\n"
    if options.calls:
        yield options.calls, calls_json(abi)


def check_docs(abi, folder):
    problems = []
    for name, text in docs_files(abi).items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            problems.append(f"{path} is not what the tables say; run gen.py --docs {folder}")
    return problems


def run_checks(abi, options):
    problems = []
    if options.check and options.golden:
        problems += golden.check(abi, options.golden, options.changes, options.records)
    if options.check and options.docs:
        problems += check_docs(abi, options.docs)
    if options.check_tests:
        problems += check_tests(abi, options.check_tests, options.unit_tests)
    return problems


def main():
    options = parse_arguments()
    try:
        abi = read_abi(options.tables)
        for path, text in outputs(abi, options):
            if options.list_outputs:
                print(path)
            else:
                write_if_changed(path, text)
        problems = run_checks(abi, options)
    except (TableError, OSError) as error:
        print(f"gen.py: {error}", file=sys.stderr)
        return 1
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
