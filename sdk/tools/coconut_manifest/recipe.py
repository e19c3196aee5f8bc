# SPDX-License-Identifier: MIT
"""Image recipes: checked, and turned into the list of what goes into the image."""

import os
from dataclasses import dataclass

from coconut_manifest import binary, jsonpos, rules
from coconut_manifest.schema import Checker

LIST_PATH = "/coconut/services"
SETTINGS_PATH = "/coconut/image"
#: Severities of syslog(3) by number.
SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
#: What a kind of image keeps in its log unless the recipe says otherwise.
THRESHOLDS = {"development": "debug", "release": "info"}
MANIFEST_PATH = "/coconut/manifests/{}.manifest"


@dataclass
class Recipe:
    """kernel: path or None; files: path in the image -> path on the host; services: paths."""

    kernel: str
    files: dict
    services: list  # (path, line)
    lines: dict     # path in the image -> line
    build: str = "development"
    threshold: str = "debug"

    def settings(self):
        """What the kernel reads of the image: kernel/init/settings.h."""
        return (f"coconut image 1\nbuild {self.build}\n"
                f"threshold {SEVERITIES.index(self.threshold)}\n").encode()


def _host_file(checker, folder, node, what):
    path = os.path.normpath(os.path.join(folder, node.value))
    if "\0" in node.value or not os.path.isfile(path):
        checker.add(node.line, "no-file", f"{what}: there is no file {ascii(path)[1:-1]}; build it "
                                          "first, or correct the path")
    return path


def _modules(checker, folder, node):
    files, lines = {}, {}
    for name, (module, _) in node.value.items():
        place = module.get("path")
        rules.check_path(checker, place, f"fs.modules.{name}.path")
        if place.value in files:
            checker.add(place.line, "path-twice", f"'{place.value}' is taken, in line "
                                                  f"{lines[place.value]}")
        if place.value.startswith("/coconut/"):
            checker.add(place.line, "reserved", "/coconut/ is for what the builder writes itself")
        lines.setdefault(place.value, place.line)
        files[place.value] = _host_file(checker, folder, module.get("output_file"),
                                        f"fs.modules.{name}.output_file")
    for path, line in lines.items():
        above = path
        while (above := os.path.dirname(above)) != "/":
            if above in files:
                checker.add(line, "file-as-folder", f"'{path}' lies below '{above}', a file")
    if "/init" not in files:
        checker.add(node.line, "no-init", "no module has the path /init: nothing would be started")
    return files, lines


def read(data, folder):
    """Return (Recipe or None, list of Problem) for the bytes of a recipe in `folder`."""
    checker = Checker()
    try:
        root = jsonpos.parse(data)
    except jsonpos.Problem as problem:
        return None, [problem]
    checker.check(root, rules.schema("image.schema.json"), "the file")
    if checker.problems:
        return None, checker.problems
    kernel = None
    if root.get("kernel"):
        kernel = _host_file(checker, folder, root.get("kernel").get("svsm").get("output_file"),
                            "kernel.svsm.output_file")
    files, lines = _modules(checker, folder, root.get("fs").get("modules"))
    services = [(_host_file(checker, folder, node, "services"), node.line)
                for node in (root.get("services").value if root.get("services") else [])]
    if checker.problems:
        return None, checker.problems
    build = root.get("build").value if root.get("build") else "development"
    log = root.get("log")
    threshold = log.get("threshold").value if log and log.get("threshold") else THRESHOLDS[build]
    return Recipe(kernel, files, services, lines, build, threshold), []


def _has(recipe, place):
    """Whether the image has a file, or a directory, with that path."""
    return any(name == place or name.startswith(place + "/") for name in recipe.files)


def check_programs(recipe, manifests):
    """Every executable of a manifest is a module: yields (path, Problem)."""
    for path, manifest in manifests:
        if manifest.executable not in recipe.files:
            yield path, jsonpos.Problem(manifest.lines["name"], "no-program",
                                        f"no module of the recipe has the path "
                                        f"'{manifest.executable}'")
        inside = "" if manifest.root == ["/"] else (manifest.root or [""])[0]
        if inside and not _has(recipe, inside):
            yield path, jsonpos.Problem(manifest.lines["name"], "no-root",
                                        f"the image has no directory '{inside}'")
        for place, write in manifest.files:
            # Init makes a directory that may be written and that the image lacks.
            if not write and place != "/" and not _has(recipe, place):
                yield path, jsonpos.Problem(manifest.lines["name"], "no-file-seen",
                                            f"nothing in the image has the path '{place}'")


def contents(recipe, manifests):
    """Return {path in the image: bytes or path on the host}, in the order of the archive."""
    found = dict(recipe.files)
    found[SETTINGS_PATH] = recipe.settings()
    ordered = rules.start_order([manifest for _, manifest in manifests])
    if ordered:
        found[LIST_PATH] = "".join(f"{m.name}\n" for m in ordered).encode()
    for manifest in ordered:
        found[MANIFEST_PATH.format(manifest.name)] = binary.encode(manifest)
    return dict(sorted(found.items()))
