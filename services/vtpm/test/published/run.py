#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run published vectors through the facade: NIST's CAVP, RSA Laboratories' and Wycheproof's, from Debian's packages that
deps.lock pins. Their files are read where they are unpacked, below a build folder, and written in the form of published.c.
Prints the line protocol of the tests."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import nist
import wycheproof
from curves import CURVES

TOP = Path(__file__).resolve().parents[4]
FETCH = TOP / "sdk" / "deps" / "fetch.py"
PACKAGES = ("cryptography-vectors", "wycheproof-vectors")


def unpack(folder):
    """Both packages below folder; the roots of NIST's and of Wycheproof's files."""
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "wycheproof").mkdir(parents=True)
        done = subprocess.run([sys.executable, FETCH, "--quiet", "--path", *PACKAGES], stdout=subprocess.PIPE, text=True,
                              check=True)
        package, sources = done.stdout.split()
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
        subprocess.run(["tar", "--extract", "--file", sources, "--directory", folder / "wycheproof", "--strip-components=4",
                        "--wildcards", "*/wycheproof_testvectors/*.json"], check=True)
        (folder / "complete").touch()
    return folder / "usr/lib/python3/dist-packages/cryptography_vectors", folder / "wycheproof"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unpacked", type=Path, required=True, metavar="DIR", help="where the packages are unpacked")
    parser.add_argument("--way", help="of the facade, see published.c: hashes only")
    parser.add_argument("program", help="published")
    parser.add_argument("facade", help="the facade's library of calls")
    options = parser.parse_args()
    left, count = nist.Left(), 0
    roots = unpack(options.unpacked.resolve())
    words = [options.program, options.facade, *([options.way] if options.way else [])]
    with subprocess.Popen(words, stdin=subprocess.PIPE, text=True) as program:
        try:
            for root, module in zip(roots, (nist, wycheproof)):
                for name, call, expected, inputs in module.vectors(root, left, CURVES):
                    if options.way and call not in nist.HASHES:
                        continue
                    program.stdin.write(f"{name}|{call}|{expected}|{','.join(inputs)}\n")
                    count += 1
        except BrokenPipeError:
            pass  # it has said why it ended
        finally:
            try:
                program.stdin.close()
            except BrokenPipeError:
                pass
    print(f"# {count} published vectors, {sum(left.values())} left out:")
    for why, number in sorted(left.items()):
        print(f"#   {number}: {why}")
    return program.returncode


if __name__ == "__main__":
    sys.exit(main())
