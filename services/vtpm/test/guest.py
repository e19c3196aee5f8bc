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
sys.path.insert(0, str(HERE / "tools"))

import imagekept  # noqa: E402  pylint: disable=wrong-import-position

#: All that is built.
PROGRAMS = ("vtpm", "vtpm-service", "vtpm-ports", "vtpm-cut-service", "vtpm-asker", "vtpm-counter", "vtpm-probe")
#: What is run unless --whole is given: each part of the service, and of its cryptography, once.
PART = ("curves", "ecdaa", "macs", "capabilities", "random", "pcr", "quote", "schnorr", "seal", "nv", "clear", "protocol", "cancel",
        "carried", "dying")


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
    for name in PROGRAMS:
        (folder / "build" / name).unlink(missing_ok=True)  # linked again: the C library is no file ninja knows of
    with open(log, "wb") as stream:
        for step in steps:
            done = subprocess.run([str(word) for word in step], stdout=stream, stderr=subprocess.STDOUT, check=False)
            if done.returncode != 0:
                raise SystemExit(f"guest.py: {step[0]} failed with status {done.returncode}; see {log}")
    (prefix / key).touch()
    return folder / "build" / "vtpm"


class Image:
    """An image of services, made of manifests and of programs of the build."""

    def __init__(self, folder, sdk, name):
        self.place, self.build = folder / name, folder / "build"
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir(parents=True)
        shutil.copy(sdk / "share" / "coconut" / "services-init", self.place / "init")
        (self.place / "empty").write_bytes(b"")
        self.services = []
        self.files = {"init": ("init", "/init"), "place": ("empty", "/srv/vtpm/empty"), "other": ("empty", "/other/empty")}

    def add(self, manifest, **changes):
        """A service: a manifest's path, and what is different in it."""
        content = {**json.loads(manifest.read_text()), **changes}
        content = {key: value for key, value in content.items() if value is not None}
        program = Path(content["executable"])
        self.files[content["name"]] = (os.path.relpath(self.build / program.name, self.place), str(program))
        (self.place / f"{content['name']}.json").write_text(json.dumps(content))
        self.services.append(f"{content['name']}.json")
        return self

    def make(self):
        """Makes the image; where it is."""
        (self.place / "image.json").write_text(json.dumps({
            "image": 1, "services": self.services,
            "fs": {"modules": {name: {"output_file": file, "path": path} for name, (file, path) in self.files.items()}}}))
        run_step([TOP / "coconut", "image", "--output", self.place / "out", self.place / "image.json"])
        return self.place / "out"

    def boot(self, *options):
        """What it says until its end."""
        out = self.make()
        done = subprocess.run([TOP / "coconut", "boot", "--timeout", "900", *options, "--kernel", out / "kernel.elf",
                               out / "archive.pkit"], capture_output=True, text=True, check=False)
        (self.place / "log").write_text(done.stdout + done.stderr)
        return done.stdout


def report(name, output, *patterns):
    """Prints the line of a test: each pattern must be in the output. True if it is so."""
    missing = [pattern for pattern in patterns if re.search(pattern, output) is None]
    failures = " ".join(re.findall(r"failed: .*", output)[:5])
    print(f"not ok - {name}: not seen: {missing[0]!r}; {failures} {output[-300:]!r}" if missing else f"ok - {name}", flush=True)
    return not missing


def manifests():
    """The manifests of the TPM, and of the ports before it."""
    return HERE.parent / "vtpm.json", HERE.parent / "vtpm-ports.json"


def probe_of(manifest):
    """What makes the manifest one of the program that tries what it does not allow."""
    content = json.loads(manifest.read_text())
    words = ["vtpm-probe", "/"] if "root" in content else ["vtpm-probe"]
    return {"name": "probe", "executable": "/bin/vtpm-probe", "arguments": words, "channels": None,
            "restart": {"rule": "never"}}


#: What makes the service one that dies at a later call each time it is started.
DYING = {"executable": "/bin/vtpm-cut-service", "environment": {"VTPM_CUT": "each"},
         "restart": {"rule": "always", "delay_ms": 1, "delay_max_ms": 1, "attempts": 1000}}


def channels(folder, sdk):
    """A client of the channels, and what the manifest does not allow."""
    plain, _ = manifests()
    image = Image(folder, sdk, "image-channels").add(plain).add(HERE / "channel" / "asker.json")
    output = image.add(plain, **probe_of(plain)).boot()
    made = re.search(r"made a TPM; SHA-256 of its authority's certificate: ([0-9a-f]{64})", output)
    return [report("channels", output, r"service asker: ended, reason 0, code 0", r"\[asker\] [1-9][0-9]* checks, 0 failures"),
            report("authority", output, rf"\[asker\] authority {made[1] if made else 'that the service has told'}"),
            report("confined", output, r"\[probe\] [1-9][0-9]* checks, 0 failures")]


def confined_with_ports(folder, sdk):
    """The same for the manifest of the ports, in a machine that has one more."""
    _, front = manifests()
    image = Image(folder, sdk, "image-probe").add(front, **{**probe_of(front), "critical": True})
    ports = [word for name in ("tpm", "tpm-platform", "other") for word in ("--port", f"{name}=unix:{image.place / name}")]
    return [report("confined-ports", image.boot(*ports), r"\[probe\] [1-9][0-9]* checks, 0 failures")]


def kills(folder, sdk):
    """The service dies at a later call each time it is started; a client counts meanwhile."""
    image = Image(folder, sdk, "image-kills").add(manifests()[0], **DYING)
    output = image.add(HERE / "channel" / "counter.json").boot()
    return [report("kills", output, r"\[counter\] [1-9][0-9]* answered, [1-9][0-9]* canceled, 0 failures",
                   r"service counter: ended, reason 0, code 0")]


def kept(folder, sdk):
    """The host keeps the state, and is where it comes from."""
    image = Image(folder, sdk, "image-kept").add(HERE.parent / "vtpm-kept.json")
    out = image.add(manifests()[1], restart={"rule": "never"}, critical=True).make()
    dying = {**DYING, "environment": {"VTPM_CUT": "each:behind", "VTPM_CUT_COUNT": "/srv/vtpm/cut"}}
    dies = Image(folder, sdk, "image-kept-dying").add(HERE.parent / "vtpm-kept.json", **dying).add(
        manifests()[1], restart={"rule": "never"}, critical=True).make()
    results = []
    for name, why in imagekept.run(out, dies, image.place / "state"):
        print(f"not ok - kept.{name}: {why}" if why else f"ok - kept.{name}", flush=True)
        results.append(why is None)
    return results


def run_step(words):
    """A step that must succeed."""
    subprocess.run([str(word) for word in words], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sdk", type=Path, default=TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=TOP / "build" / "vtpm")
    parser.add_argument("--jobs", type=int, default=os.environ.get("COCONUT_JOBS") or os.cpu_count() or 1)
    parser.add_argument("--whole", action="store_true", help="all sequences")
    parser.add_argument("--memory", metavar="SIZE", help="a budget of the service that tpm2-tools drive, such as 3M")
    parser.add_argument("--only-build", action="store_true", help="print where the program is")
    options = parser.parse_args()
    program = build(options.build.resolve(), options.sdk.resolve(), options.jobs)
    sys.stdout.reconfigure(line_buffering=True)
    if options.only_build:
        print(program)
        return 0
    folder, sdk = options.build.resolve(), options.sdk.resolve()
    good = [result for test in (channels, confined_with_ports, kills, kept) for result in test(folder, sdk)]
    plain, front = manifests()
    last = {"restart": {"rule": "never"}, "critical": True}
    budgets = json.loads(plain.read_text())["budgets"]
    budgets["memory"] = options.memory or budgets["memory"]
    out = Image(folder, sdk, "image-host").add(plain, budgets=budgets).add(front, **last).make()
    dying = Image(folder, sdk, "image-dying").add(plain, **DYING).add(front, **last).make()
    tools = subprocess.Popen([sys.executable, "-B", HERE / "tools" / "run.py", "--guest", program, "--image", out, "--dying", dying,
                              "--tools", options.build.resolve() / "tools",
                              *(() if options.whole else PART)], stdout=subprocess.PIPE, text=True)
    passed, failed = sum(good), good.count(False)
    for line in tools.stdout:
        total = re.fullmatch(r"([0-9]+) passed, ([0-9]+) failed\n", line)
        if total:
            passed, failed = passed + int(total[1]), failed + int(total[2])
        else:
            print(line, end="")
    status = tools.wait()
    print(f"{passed} passed, {failed} failed")
    return status if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
