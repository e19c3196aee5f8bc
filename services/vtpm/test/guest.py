#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the virtual TPM with the SDK and drive it in the kernel with tpm2-tools, through ports of the machine."""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
PORTS = TOP / "tests" / "conformance" / "ports"
#: What is run unless --whole is given: each part of the service, and of its cryptography, once.
PART = ("capabilities", "random", "pcr", "quote", "schnorr", "seal", "nv", "clear")


def build(folder, sdk, jobs):
    """Mbed TLS below folder/prefix, the service in folder/build; its path."""
    prefix, log = folder / "prefix", folder / "log.txt"
    folder.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256((PORTS / "mbedtls.json").read_bytes() + (TOP / "sdk/deps/deps.lock").read_bytes()).hexdigest()
    steps = [] if (prefix / key).exists() else [
        [sys.executable, "-B", PORTS / "run.py", "mbedtls", "--sdk", sdk, "--build", folder / "port", "--install", prefix,
         "--jobs", jobs]]
    steps += [["cmake", "-G", "Ninja", "-S", HERE.parent, "-B", folder / "build", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
               f"-DCMAKE_TOOLCHAIN_FILE={sdk / 'toolchain' / 'coconut.cmake'}", f"-DCMAKE_PREFIX_PATH={prefix}"],
              ["ninja", "-C", folder / "build", f"-j{jobs}"]]
    with open(log, "wb") as stream:
        for step in steps:
            done = subprocess.run([str(word) for word in step], stdout=stream, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                raise SystemExit(f"guest.py: {step[0]} failed with status {done.returncode}; see {log}")
    (prefix / key).touch()
    return folder / "build" / "vtpm"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sdk", type=Path, default=TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "vtpm")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--whole", action="store_true", help="all sequences")
    parser.add_argument("--only-build", action="store_true", help="print where the program is")
    options = parser.parse_args()
    program = build(options.build.resolve(), options.sdk.resolve(), options.jobs)
    if options.only_build:
        print(program)
        return 0
    return subprocess.run([sys.executable, "-B", HERE / "tools" / "run.py", "--guest", program,
                           "--tools", options.build.resolve() / "tools", *(() if options.whole else (*PART, "protocol"))],
                          check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
