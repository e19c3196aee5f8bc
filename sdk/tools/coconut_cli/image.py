# SPDX-License-Identifier: MIT
"""`coconut image`: a boot archive and all that boots it, from a recipe."""

import hashlib
import json
import os

from coconut_cli import manifest as manifest_command
from coconut_cli import files, pack, places
from coconut_cli.fault import STATUS_FAILED, Fault, reason
from coconut_cli.options import Command, Option, flag

COMMAND = Command(
    "image", "[OPTIONS] RECIPE",
    "Make the boot archive and the bootable image that a recipe (JSON) describes.",
    (Option("--output", "FOLDER", "where to put it; made if missing (default: NAME.image)"),
     flag("--json", "print problems (file, line, rule, text) and image, as in measurements.json")), """
FOLDER gets: kernel.elf, archive.pkit, measurements.json. The image boots with
  coconut boot --kernel FOLDER/kernel.elf FOLDER/archive.pkit
or any loader that takes a PVH kernel and an initial RAM disk. The same recipe and files give the
same image, bit for bit. Prints size and SHA-256 of each part.

Errors name file, line and rule: docs/services.md.
exit status: 0 the image is there, 1 something is wrong, 2 wrong use""")


def _read(path):
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}") from error


def _plan(path, tell):
    """(Recipe, [(path, Manifest)]), or None when something was wrong and was told."""
    from coconut_manifest import recipe
    found, problems = recipe.read(_read(path), os.path.dirname(os.path.abspath(path)))
    for problem in sorted(problems, key=lambda p: p.line):
        tell(path, problem)
    if found is None:
        return None
    manifests = manifest_command.load([service for service, _ in found.services], tell=tell)
    if manifests is None:
        return None
    wrong = list(recipe.check_programs(found, manifests))
    for where, problem in wrong:
        tell(where, problem)
    return None if wrong else (found, manifests)


def _entry(name, data):
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def build(path, folder, tell=manifest_command.report):
    """Build the image; returns the measurement list, or None when something was wrong."""
    from coconut_manifest import recipe
    plan = _plan(path, tell)
    if plan is None:
        return None
    found, manifests = plan
    kernel = _read(found.kernel or places.boot_file(places.KERNEL))
    content = {name: data if isinstance(data, bytes) else _read(data)
               for name, data in recipe.contents(found, manifests).items()}
    archive = pack.archive_bytes(content)
    measured = {
        "version": 1, "kernel": _entry("kernel.elf", kernel),
        "archive": _entry("archive.pkit", archive),
        "files": [_entry(name, data) for name, data in content.items()],
        "manifests": [_entry(name, data) for name, data in content.items()
                      if name.endswith(".manifest") and name.startswith("/coconut/manifests/")],
    }
    files.write_together(folder, {"kernel.elf": kernel, "archive.pkit": archive,
                                  "measurements.json": (json.dumps(measured, indent=1) + "\n").encode()})
    return measured


def run(values, words):
    """Run the command; returns the exit status."""
    if len(words) != 1:
        raise COMMAND.fail("one recipe, please")
    stem = os.path.splitext(os.path.basename(words[0]))[0]
    problems = manifest_command.Problems(values["json"])
    measured = build(words[0], values["output"] or f"{stem}.image", problems.add)
    problems.print(image=measured)
    if measured is None:
        return STATUS_FAILED
    if values["json"]:
        return 0
    for entry in (measured["kernel"], measured["archive"], *measured["files"]):
        print(f"{entry['size']:>12}  {entry['sha256']}  {entry['name']}")
    return 0
