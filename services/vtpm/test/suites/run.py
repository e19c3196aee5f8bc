#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the integration tests of tpm2-tss (Debian's source package) against the virtual TPM on the host, each against a TPM of
its own; expected.txt names those that do not pass, and why. Prints the line protocol of the tests."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
from service import FETCH, Failure, Service  # pylint: disable=wrong-import-position

#: What is run unless --whole is given: one test of each part.
SAMPLE = ("esys-certify", "esys-commit", "esys-create-primary-hmac", "esys-create-session-auth-xor", "esys-create-session-auth-ecc",
          "esys-duplicate", "esys-ecdh-zgen", "esys-encrypt-decrypt2", "esys-event-sequence-complete", "esys-hmac", "esys-import",
          "esys-mac", "esys-make-credential", "esys-nv-ram-counter-session", "esys-pcr-basic", "esys-policy-authorize",
          "esys-policy-regression", "esys-quote", "esys-rsa-encrypt-decrypt", "esys-save-and-load-context", "sys-hmac-auth",
          "sys-param-encrypt-decrypt", "sys-pcr-extension", "sys-self-test")
PASSED, SKIPPED = 0, 77
SECONDS = 900


def unpack(folder):
    """The source and the one header it needs, below folder."""
    source, headers = folder / "tpm2-tss", folder / "uthash"
    if not (folder / "complete").exists():
        for place in (source, headers):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
        done = subprocess.run([sys.executable, FETCH, "--quiet", "--path", "tpm2-tss", "uthash"], stdout=subprocess.PIPE,
                              text=True, check=True)
        tarball, package = done.stdout.split()
        subprocess.run(["tar", "--extract", "--file", tarball, "--directory", source, "--strip-components=1"], check=True)
        subprocess.run(["dpkg-deb", "--extract", package, headers], check=True)
        (folder / "complete").touch()
    return source, headers / "usr" / "include"


def build(folder, names):
    """Build the tests, or the ones named; the folder with the programs."""
    source, headers = unpack(folder)
    with open(folder / "log.txt", "wb") as log:
        for words in (("cmake", "-G", "Ninja", "-S", HERE, "-B", folder / "build", f"-DTSS={source}", f"-DUTHASH={headers}",
                       "-DCMAKE_C_COMPILER=clang-19"), ("ninja", "-C", folder / "build", *names)):
            if subprocess.run([str(w) for w in words], stdout=log, stderr=subprocess.STDOUT, check=False).returncode:
                raise SystemExit(f"run.py: {words[0]} failed; see {log.name}")
    return folder / "build"


def make_program(folder):
    """Build the service as a Linux process, with ASan and UBSan, in the folder where the suite vtpm builds it; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "program-log.txt", "wb") as log:
        for words in (("cmake", "-G", "Ninja", "-S", HERE.parent, "-B", folder, "-DCMAKE_C_COMPILER=clang-19"),
                      ("ninja", "-C", folder, f"-j{os.environ.get('COCONUT_JOBS') or os.cpu_count()}", "vtpm")):
            if subprocess.run([str(w) for w in words], stdout=log, stderr=subprocess.STDOUT, check=False).returncode:
                raise SystemExit(f"run.py: {words[0]} failed; see {log.name}")
    return folder / "vtpm"


def expectations():
    """{name: (result, reason)} of the tests that do not pass."""
    found = {}
    for line in (HERE / "expected.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, result, reason = line.split(maxsplit=2)
            found[name] = (result, reason)
    return found


def run_test(program, service_program, state, scratch):
    """One test against a service on a copy of a fresh state: pass, skip or fail, and the last lines it said."""
    place = scratch / program.name
    shutil.copytree(state, place)
    command = lambda folder, port: (service_program, "--state", folder, "--tcp", port)  # noqa: E731
    service = Service(command, place)
    try:
        service.wait_ready()
        environment = {**os.environ, "TPM20TEST_TCTI": f"mssim:host=127.0.0.1,port={service.port}", "TSS2_LOG": "all+error"}
        done = subprocess.run([program], env=environment, cwd=scratch, capture_output=True, check=False, timeout=SECONDS)
        result = {PASSED: "pass", SKIPPED: "skip"}.get(done.returncode, "fail")
        return result, " ".join(done.stderr.decode(errors="replace").split())[-200:]
    except subprocess.TimeoutExpired:
        return "fail", f"did not end in {SECONDS} s"
    finally:
        service.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--program", type=Path, help="the service as a Linux process")
    which.add_argument("--make-program", type=Path, metavar="DIR", help="build it there, as coconut test vtpm does")
    parser.add_argument("--build", type=Path, required=True, metavar="DIR", help="where the suite is unpacked and built")
    parser.add_argument("--whole", action="store_true", help="all tests")
    parser.add_argument("names", nargs="*", help="tests to run")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    program = options.program or make_program(options.make_program.resolve())
    if not program.exists():
        raise SystemExit(f"run.py: no program {program}; --make-program builds it")
    expected, service = expectations(), program.resolve()
    folder = build(options.build.resolve(), options.names or (() if options.whole else SAMPLE))
    chosen = options.names or SAMPLE
    if options.whole:
        chosen = sorted(path.name for path in folder.iterdir() if path.name.startswith(("esys-", "sys-")))
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory(prefix="vtpm-suites-") as scratch:
        state = Path(scratch) / "fresh"
        state.mkdir()
        fresh = Service(lambda place, port: (service, "--state", place, "--tcp", port), state).wait_ready()
        if fresh.stop() != 0:
            raise Failure("a fresh TPM did not end well")
        for name in chosen:
            result, said = run_test(folder / name, service, state, Path(scratch))
            wanted, reason = expected.get(name, ("pass", ""))
            if result != wanted:
                counts["failed"] += 1
                print(f"not ok - {name}: {result}, expected {wanted}: {said}")
            elif wanted == "pass":
                counts["passed"] += 1
                print(f"ok - {name}")
            else:
                counts["skipped"] += 1
                print(f"skip - {name}: {reason}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0 if counts["passed"] and not counts["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
