# SPDX-License-Identifier: MIT
"""Which host packages are needed (sdk/deps/host-packages.txt) and which are missing."""

import os
import subprocess

from coconut_cli import places
from coconut_cli.fault import Fault, reason


class Package:
    """One line of the list: Debian package, lowest version, what it is for."""

    def __init__(self, name, version, purpose):
        self.name, self.version, self.purpose = name, version, purpose


def listed():
    """Return the Package list; Fault where a line is malformed."""
    path = os.path.join(places.source_root(), "sdk", "deps", "host-packages.txt")
    packages = []
    try:
        with open(path, encoding="utf-8") as stream:
            lines = stream.readlines()
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}") from error
    for number, line in enumerate(lines, 1):
        fields = line.split("#", 1)[0].split(None, 2)
        if not fields:
            continue
        if len(fields) != 3:
            raise Fault(f"{path}:{number}: expected a package, a version and a purpose")
        packages.append(Package(fields[0], fields[1], fields[2].strip()))
    return packages


def _installed(names):
    """Return {name: version} of the installed ones."""
    if places.find_program("dpkg-query") is None:
        raise Fault("this is no Debian system (dpkg-query is missing); install the counterparts of "
                    "the packages in sdk/deps/host-packages.txt and run cmake yourself, as "
                    "README.md says")
    shape = "${Package} ${db:Status-Status} ${Version}\n"
    done = subprocess.run(["dpkg-query", "-W", "-f", shape, *names], capture_output=True, text=True,
                          check=False)
    rows = (line.split() for line in done.stdout.splitlines())
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[1] == "installed"}


def _is_older(version, lowest):
    return subprocess.run(["dpkg", "--compare-versions", version, "lt", lowest],
                          check=False).returncode == 0


def missing():
    """Return the packages that are not installed or too old."""
    packages = listed()
    present = _installed([package.name for package in packages])
    return [package for package in packages
            if package.name not in present or _is_older(present[package.name], package.version)]


def require():
    """Raise Fault if something is missing."""
    absent = missing()
    if absent:
        raise Fault(f"missing host packages: {' '.join(p.name for p in absent)}; install them with "
                    "'coconut setup'", 1)
