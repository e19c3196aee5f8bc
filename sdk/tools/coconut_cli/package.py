# SPDX-License-Identifier: MIT
"""`coconut package`: the SDK as a tarball and as a Debian package, that work from any place."""

import hashlib
import importlib.util
import io
import os
import subprocess
import sys
import tarfile

from coconut_cli import build, distribution, docs, files, places, sbom, version
from coconut_cli.distribution import Entry
from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.options import Command, Option, flag

COMMAND = Command(
    "package", "[OPTIONS]",
    "Build the platform and pack the SDK: a tarball that works where it is unpacked, and a Debian package.",
    (Option("--output", "FOLDER", "where to put them (default build/package)"),
     Option("--sdk", "FOLDER", "another SDK than build/sdk"),
     flag("--no-build", "take what was built before"),
     flag("--no-deb", "make the tarball only")), """
FOLDER gets coconut-sdk-VERSION.tar.xz and coconut-sdk-VERSION_amd64.deb, which installs into
/usr/lib/coconut-sdk-VERSION, with the command as /usr/bin/coconut-VERSION: versions stand side by
side. Both hold tool chain, sysroot, kernel, command, templates, documents, the licences of what is in
it and share/coconut/sbom.spdx.json. Prints size and SHA-256 of each. The same SDK gives the same
bytes; times are SOURCE_DATE_EPOCH, or that of the last commit. A file that names a folder of this
machine is refused.""")

EPOCH = 1767225600  #: without SOURCE_DATE_EPOCH and git: the start of 2026
#: Licence texts in the sources that the SDK's libraries come from.
LICENCES = {"newlib": ("COPYING.NEWLIB", "COPYING.LIBGLOSS"),
            "llvm": ("compiler-rt/LICENSE.TXT", "libcxx/LICENSE.TXT", "libcxxabi/LICENSE.TXT",
                     "libunwind/LICENSE.TXT"),
            "mbedtls": ("LICENSE",), "libtpms-dev": ("usr/share/doc/libtpms-dev/copyright",)}
CONTROL = """Package: {name}
Version: {version}
Architecture: amd64
Maintainer: COCONUT SDK <root@localhost>
Installed-Size: {size}
Depends: clang-19, lld-19, llvm-19, python3 (>= 3.11), qemu-system-x86, cmake (>= 3.25), ninja-build
Recommends: gdb, bash-completion
Section: devel
Priority: optional
Description: SDK of the COCONUT user-mode platform
 Builds programs and services for the COCONUT kernel, runs, tests and debugs
 them in a machine of QEMU. The command is coconut-{version}.
"""


def epoch():
    """Return the time that all files get."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        text = version.first_line(["git", "-C", places.SOURCE, "log", "-1", "--format=%ct"]) or str(EPOCH)
    if not text.isascii() or not text.isdigit() or int(text) >= 1 << 33:
        raise Fault(f"SOURCE_DATE_EPOCH: '{text}' is not a number of seconds", STATUS_FAILED)
    return int(text)


def _locked():
    path = os.path.join(places.SOURCE, "sdk", "deps", "deplock.py")
    spec = importlib.util.spec_from_file_location("deplock", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["deplock"] = module  # where its data classes look for their names
    spec.loader.exec_module(module)
    return module.load()


def _extract(lock, names, folder):
    """Put licence texts of a source into a folder, named as in the source with dashes for slashes."""
    fetch = os.path.join(places.SOURCE, "sdk", "deps", "fetch.py")
    done = subprocess.run([sys.executable, "-B", fetch, "--quiet", "--path", lock], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode != 0:
        raise Fault(f"the source of {lock} could not be fetched")
    wanted, path = set(names), done.stdout.strip()
    try:
        if path.endswith(".deb"):
            data = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE, check=False).stdout
            opened = tarfile.open(fileobj=io.BytesIO(data), mode="r|")
        else:
            opened = tarfile.open(path, "r|*")
        with opened as archive:
            for member in archive:
                inner = member.name.removeprefix("./")
                inner = inner if path.endswith(".deb") else inner.partition("/")[2]
                if inner in wanted and member.isfile():
                    files.write_whole(os.path.join(folder, inner.replace("/", "-")),
                                      archive.extractfile(member).read())
                    wanted.discard(inner)
                if not wanted:
                    return
    except (OSError, tarfile.TarError) as error:
        raise Fault(f"cannot read {path}: {error}") from error
    raise Fault(f"the source of {lock} has no {', '.join(sorted(wanted))}")


def licences(locked):
    """Return {path in the SDK: text} of the licences of third parties; kept between runs."""
    found = {}
    for lock, names in LICENCES.items():
        folder = os.path.join(places.BUILD, "licences", locked[lock].sha256)
        files.make_folder(folder)
        if not all(os.path.isfile(os.path.join(folder, name.replace("/", "-"))) for name in names):
            _extract(lock, names, folder)
        for name in sorted(names):
            flat = name.replace("/", "-")
            with open(os.path.join(folder, flat), encoding="utf-8", errors="replace") as stream:
                found[f"share/doc/coconut/licences/{lock}-{flat}"] = stream.read()
    return found


def entries(sdk, when):
    """Return the Entries of the distribution of an SDK."""
    locked = _locked()
    texts = licences(locked)
    found = distribution.with_bytecode(distribution.tree(sdk), "lib/coconut")
    found += [Entry(f"share/doc/coconut/html/{path}", data) for path, data in docs.build().items()]
    found += distribution.tree(os.path.join(places.SOURCE, "docs"), "share/doc/coconut/docs/")
    for name in ("README.md", "LICENSE", "libc-port/ledger.md"):
        with open(os.path.join(places.SOURCE, name), "rb") as stream:
            found.append(Entry(f"share/doc/coconut/{name}", stream.read()))
    found += [Entry(path, text.encode()) for path, text in texts.items()]
    found = distribution.with_folders(found)
    distribution.check_paths(found, {places.SOURCE, os.path.realpath(sdk), os.path.expanduser("~/.cache")})
    bill = sbom.document(found, version.VERSION, locked, texts, when)
    return distribution.with_folders([*found, Entry(sbom.PLACE, bill)])


def debian(found, when):
    """Return the bytes of the Debian package."""
    name = f"coconut-sdk-{version.VERSION}"
    size = sum(len(entry.data) for entry in found if entry.data is not None) >> 10
    copyright_text = b"".join(entry.data + b"\n" for entry in found
                              if entry.path.startswith("share/doc/coconut/licences/") and entry.data
                              or entry.path == "share/doc/coconut/LICENSE")
    placed = [Entry(f"lib/{name}/{entry.path}", entry.data, entry.target, entry.executable) for entry in found]
    placed += [Entry(f"bin/coconut-{version.VERSION}", target=f"../lib/{name}/bin/coconut"),
               Entry(f"share/doc/{name}/copyright", copyright_text)]
    control = CONTROL.format(name=name, version=version.VERSION, size=size)
    return distribution.deb(control, placed, "usr", when)


def run(values, words):
    """Run the command; returns the exit status."""
    if words:
        raise COMMAND.fail(f"'{words[0]}' is not expected")
    places.source_root()
    if not values["no_build"]:
        build.build()
    when, folder = epoch(), values["output"] or os.path.join(places.BUILD, "package")
    try:
        found = entries(values["sdk"] or places.SDK, when)
    except OSError as error:
        raise Fault(f"cannot read {error.filename}: {reason(error)}") from error
    name = f"coconut-sdk-{version.VERSION}"
    made = {f"{name}.tar.xz": distribution.compress(distribution.tar(found, name, when))}
    if not values["no_deb"]:
        made[f"{name}_amd64.deb"] = debian(found, when)
    files.write_together(folder, made)
    for file, data in made.items():
        print(f"{len(data):>12}  {hashlib.sha256(data).hexdigest()}  {os.path.join(folder, file)}")
    return 0
