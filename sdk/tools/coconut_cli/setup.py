# SPDX-License-Identifier: MIT
"""`coconut setup`: host packages."""

import os
import subprocess
import sys

from coconut_cli import hostpackages, places
from coconut_cli.fault import STATUS_FAILED, Fault
from coconut_cli.options import Command, flag

COMMAND = Command(
    "setup", "[OPTIONS]",
    "Install the Debian packages that the commands need and that are missing.",
    (flag("--check", "install nothing; status 1 if something is missing"),), """
The list is sdk/deps/host-packages.txt, in an installed SDK share/coconut/deps/host-packages.txt; of it an SDK
needs those marked @sdk. What will be installed is said before. As an ordinary user, sudo is asked.""")


def _privileged():
    """Return the words that run a command as root, or None."""
    if os.geteuid() == 0:
        return []
    return ["sudo"] if places.find_program("sudo") else None


def _apt(words, what):
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run([*_privileged(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get",
                           *words], env=environment, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise Fault(f"{what} failed (apt-get, status {done.returncode}; its messages are above); "
                    "check the network and the machine's apt sources", STATUS_FAILED)


def install(packages):
    """Install packages with apt-get, after saying so."""
    names = [package.name for package in packages]
    command = "apt-get install --no-install-recommends " + " ".join(names)
    if places.find_program("apt-get") is None:
        raise Fault(f"missing: {' '.join(names)}, and there is no apt-get to install them with",
                    STATUS_FAILED)
    if _privileged() is None:
        raise Fault(f"installing packages needs root, and there is no sudo; as root, run: {command}",
                    STATUS_FAILED)
    print("coconut: installing Debian packages:", flush=True)
    for package in packages:
        print(f"  {package.name:<20}{package.purpose}", flush=True)
    _apt(["-qq", "update"], "updating the package lists")
    _apt(["-qq", "install", "-y", "--no-install-recommends", *names], "installing packages")
    left = hostpackages.missing()
    if left:
        raise Fault(f"still missing or too old: {' '.join(p.name for p in left)}; this release of "
                    "Debian does not have them", STATUS_FAILED)


def ensure():
    """Install what is missing, if anything is."""
    absent = hostpackages.missing()
    if absent:
        install(absent)


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    absent = hostpackages.missing()
    if not absent:
        print("coconut: all host packages are installed")
        return 0
    if values["check"]:
        for package in absent:
            print(f"missing: {package.name} ({package.version} or later): {package.purpose}")
        return STATUS_FAILED
    install(absent)
    print("coconut: all host packages are installed now")
    return 0
