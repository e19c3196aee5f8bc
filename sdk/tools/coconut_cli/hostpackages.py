# SPDX-License-Identifier: MIT
"""Which host packages are needed (sdk/deps/host-packages.txt) and which are missing."""

import os
import subprocess

from coconut_cli import places
from coconut_cli.fault import Fault, reason


#: Ends the purpose of a package that an installed SDK needs, too.
OF_SDK = "@sdk"


class Package:
    """One line of the list: Debian package, lowest version, what it is for."""

    def __init__(self, name, version, purpose):
        self.name, self.version, self.purpose = name, version, purpose


def listed():
    """Return the Package list: in an installed SDK of what it needs; Fault where a line is malformed."""
    path = os.path.join(places.data("deps"), "host-packages.txt")
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
        purpose = fields[2].strip()
        if places.SOURCE or purpose.endswith(OF_SDK):
            packages.append(Package(fields[0], fields[1], purpose.removesuffix(OF_SDK).strip()))
    return packages


def _installed(names):
    """Return {name: version} of the installed ones."""
    if places.find_program("dpkg-query") is None:
        raise Fault(f"this is no Debian system (dpkg-query is missing); install the counterparts of {' '.join(names)}")
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
