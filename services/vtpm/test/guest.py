#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the virtual TPM with the SDK and drive it in the kernel: an image whose client uses its channels, and tpm2-tools
through ports of the machine."""

import argparse
import hashlib
import json
import os
import re
import shutil
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
    for name in ("vtpm", "vtpm-service", "vtpm-asker"):
        (folder / "build" / name).unlink(missing_ok=True)  # linked again: the C library is no file ninja knows of
    with open(log, "wb") as stream:
        for step in steps:
            done = subprocess.run([str(word) for word in step], stdout=stream, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                raise SystemExit(f"guest.py: {step[0]} failed with status {done.returncode}; see {log}")
    (prefix / key).touch()
    return folder / "build" / "vtpm"


def channels(folder, sdk):
    """An image with the service and a client of its channels; True if the client is content."""
    place = folder / "image"
    place.mkdir(exist_ok=True)
    shutil.copy(sdk / "share" / "coconut" / "services-init", place / "init")
    modules = {"init": ("init", "/init"), "vtpm": ("../build/vtpm-service", "/bin/vtpm-service"),
               "asker": ("../build/vtpm-asker", "/bin/vtpm-asker"), "place": ("empty", "/srv/vtpm/empty")}
    (place / "empty").write_bytes(b"")
    shutil.copy(HERE.parent / "vtpm.json", place)
    shutil.copy(HERE / "channel" / "asker.json", place)
    (place / "image.json").write_text(json.dumps({
        "image": 1, "services": ["vtpm.json", "asker.json"],
        "fs": {"modules": {name: {"output_file": file, "path": path} for name, (file, path) in modules.items()}}}))
    run_step([TOP / "coconut", "image", "--output", place / "out", place / "image.json"])
    done = subprocess.run([TOP / "coconut", "boot", "--timeout", "120", "--kernel", place / "out" / "kernel.elf",
                           place / "out" / "archive.pkit"], capture_output=True, text=True, check=False)
    good = ("service asker: ended, reason 0, code 0" in done.stdout
            and re.search(r"\[asker\] [1-9][0-9]* checks, 0 failures", done.stdout) is not None)
    print("ok - channels" if good else f"not ok - channels: the client was not content: {done.stdout[-600:]!r}")
    return good


def run_step(words):
    """A step that must succeed."""
    subprocess.run([str(word) for word in words], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sdk", type=Path, default=TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "vtpm")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--whole", action="store_true", help="all sequences")
    parser.add_argument("--only-build", action="store_true", help="print where the program is")
    options = parser.parse_args()
    program = build(options.build.resolve(), options.sdk.resolve(), options.jobs)
    sys.stdout.reconfigure(line_buffering=True)
    if options.only_build:
        print(program)
        return 0
    content = channels(options.build.resolve(), options.sdk.resolve())
    tools = subprocess.Popen([sys.executable, "-B", HERE / "tools" / "run.py", "--guest", program,
                              "--tools", options.build.resolve() / "tools",
                              *(() if options.whole else (*PART, "protocol"))], stdout=subprocess.PIPE, text=True)
    passed, failed = int(content), int(not content)
    for line in tools.stdout:
        total = re.fullmatch(r"([0-9]+) passed, ([0-9]+) failed\n", line)
        if total:
            passed, failed = passed + int(total[1]), failed + int(total[2])
        else:
            print(line, end="")
    status = tools.wait()
    print(f"{passed} passed, {failed} failed")
    return status if content else 1


if __name__ == "__main__":
    sys.exit(main())
