# SPDX-License-Identifier: MIT
"""What a manifest must be beyond its schema, and what it means: struct-like Manifest."""

import json
import os
from dataclasses import dataclass, field

from coconut_cli import places
from coconut_cli.fault import Fault, reason
from coconut_manifest import abitables, jsonpos
from coconut_manifest.schema import Checker

ARGUMENT_MAX = 131072
UNITS = {"K": 10, "M": 20, "G": 30}
RESTART = {"never": 0, "on-failure": 1, "always": 2}
STOP = {"signal": 0, "message": 1}
CPUS_MAX = 32
#: The channel of init itself.
REGISTRY = "registry"
#: Names in `log.reads` that no manifest has.
NOT_SERVICES = ("*", "init", "kernel")
_LOG = {"rate": 200, "burst": 1000, "reads": [], "machine": False}
GRACE_MS = 1000
_DEFAULTS = {"delay_ms": 100, "delay_max_ms": 10000, "attempts": 5, "within_s": 60}


@dataclass
class Manifest:
    """A checked manifest. Lists whose order means nothing are sorted."""

    name: str
    executable: str
    arguments: list
    environment: list  # "NAME=value"
    memory: int
    threads: int
    handles: int
    calls: list  # records of abitables.Calls
    cpu: tuple = (0, 0)  # microseconds: budget and period; zeros: no limit
    root: list = field(default_factory=list)  # none or one path
    files: list = field(default_factory=list)  # (path, whether it may be changed)
    devices: list = field(default_factory=list)  # paths
    offers: list = field(default_factory=list)
    uses: list = field(default_factory=list)
    finds: list = field(default_factory=list)
    restart: dict = field(default_factory=dict)
    critical: bool = False
    log: dict = field(default_factory=lambda: dict(_LOG))
    stop: dict = field(default_factory=lambda: {"ask": "signal", "grace_ms": GRACE_MS})
    lines: dict = field(default_factory=dict, compare=False)  # ("offers", name) -> line


def schema(name):
    """Read a schema that is published with this command."""
    folder = (os.path.join(places.SOURCE, "sdk", "schema") if places.SOURCE else
              os.path.join(places.SDK, "share", "coconut", "schema"))
    path = os.path.join(folder, name)
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}; install the SDK again") from error


def check_path(checker, node, where):
    """A path of the image: no component that is "." or "..", no NUL."""
    if any(part in (".", "..") for part in node.value.split("/")):
        checker.add(node.line, "path", f"{where} has a '.' or '..'; write the path without it")
    if "\0" in node.value:
        checker.add(node.line, "nul", f"{where} holds a NUL character")


def _check_strings(checker, root):
    """No string may hold a NUL: they end with it in the image. All of them must fit."""
    size = 0
    for node in root.get("arguments").value if root.get("arguments") else []:
        size += len(node.value.encode()) + 1
        if "\0" in node.value:
            checker.add(node.line, "nul", "an argument holds a NUL character")
    for name, (node, line) in (root.get("environment").value.items()
                               if root.get("environment") else []):
        size += len(name) + len(node.value.encode()) + 2
        if "\0" in node.value:
            checker.add(line, "nul", f"environment.{name} holds a NUL character")
    if size > ARGUMENT_MAX:
        checker.add(root.line, "arguments-size",
                    f"arguments and environment have {size} bytes; {ARGUMENT_MAX} are possible")


def _check_calls(checker, node, tables):
    """Names that exist; exceptions that except something. Returns the names of the calls."""
    chosen = set(abitables.ALWAYS)
    if node is None:
        return chosen
    lists = {key: node.get(key).value if node.get(key) else []
             for key in ("classes", "names", "except")}
    for item in lists["classes"]:
        if item.value not in tables.classes:
            checker.add(item.line, "unknown-class", f"there is no class of calls '{item.value}'; "
                                                    f"known: {', '.join(tables.classes)}")
        else:
            chosen.update(tables.of_class(item.value))
    for item in lists["except"]:
        if item.value not in chosen or item.value in abitables.ALWAYS:
            checker.add(item.line, "useless-except",
                        f"'{item.value}' is not a call of the classes above, or always allowed")
        chosen.discard(item.value)
    for item in lists["names"]:
        if item.value not in tables.calls:
            checker.add(item.line, "unknown-call", f"there is no system call '{item.value}'; "
                                                   "docs/abi/index.md lists them")
        elif item.value in chosen:
            checker.add(item.line, "listed-twice",
                        f"'{item.value}' is allowed already, by its class or always")
        else:
            chosen.add(item.value)
    return chosen | set(abitables.ALWAYS)


def _check_channels(checker, root, lines):
    names = {"offers": [], "uses": [], "finds": []}
    node = root.get("channels")
    for key, found in names.items():
        for item in node.get(key).value if node and node.get(key) else []:
            lines[(key, item.value)] = item.line
            found.append(item.value)
    for key in ("uses", "finds"):
        for name in names[key]:
            if name in names["offers"]:
                checker.add(lines[(key, name)], "own-channel",
                            f"the service would call itself through '{name}'")
    for name in names["finds"]:
        if name in names["uses"]:
            checker.add(lines[("finds", name)], "found-and-used",
                        f"'{name}' is in uses, too: it has the connection from the start")
    for key in ("offers", "uses", "finds"):
        if REGISTRY in names[key]:
            checker.add(lines[(key, REGISTRY)], "reserved-channel",
                        f"'{REGISTRY}' is init's: who has names in finds gets a connection to it")
    return tuple(sorted(found) for found in names.values())


def _check_view(checker, root):
    """What it sees of the file tree. Returns (root, files, devices) of the Manifest."""
    view = {key: root.get(key) for key in ("root", "files", "devices")}
    if view["root"]:
        check_path(checker, view["root"], "root")
        if view["files"]:
            checker.add(view["files"].line, "root-and-files",
                        "with 'root' all of that directory is seen, and nothing else; leave one out")
        if view["devices"] and view["root"].value != "/":
            checker.add(view["devices"].line, "device-outside",
                        f"/dev does not lie in the root '{view['root'].value}'; use 'files'")
    files = {}
    for item in view["files"].value if view["files"] else []:
        path = item.get("path")
        check_path(checker, path, "a path of files")
        if (path.value + "/").startswith("/dev/"):
            checker.add(path.line, "device-in-files", f"'{path.value}': devices stand in 'devices'")
        if path.value in files:
            checker.add(path.line, "listed-twice", f"'{path.value}' has an access already")
        files[path.value] = item.get("access").value == "read-write"
    devices = view["devices"].value if view["devices"] else []
    for item in devices:
        check_path(checker, item, "a path of devices")
    return ([view["root"].value] if view["root"] else [], sorted(files.items()),
            sorted(item.value for item in devices))


def _check_cpu(checker, node):
    """Microseconds of processor time and of a period."""
    if node is None:
        return 0, 0
    budget, period = node.get("budget_us").value, node.get("period_us").value
    if budget > period * CPUS_MAX:
        checker.add(node.line, "cpu-budget", f"{budget} us of {period} us is more than "
                                             f"{CPUS_MAX} processors have")
    return budget, period


def _check_restart(checker, node):
    values = {"rule": "never", **_DEFAULTS}
    if node is not None:
        given = node.plain()
        values.update(given)
        if given["rule"] == "never" and len(given) > 1:
            checker.add(node.line, "restart", "the rule 'never' has no delays and attempts")
    if values["delay_ms"] > values["delay_max_ms"]:
        checker.add(node.line, "restart", f"delay_ms {values['delay_ms']} is above delay_max_ms "
                                          f"{values['delay_max_ms']}")
    return values


def _check_log(checker, node, lines):
    """What it writes and reads of the log."""
    values = {**_LOG, **(node.plain() if node else {})}
    for item in node.get("reads").value if node and node.get("reads") else []:
        lines[("reads", item.value)] = item.line
        if item.value == "*" and len(values["reads"]) > 1:
            checker.add(item.line, "reads", "'*' means all; leave the other names out")
    return {**values, "reads": sorted(values["reads"])}


def _check_stop(checker, node, offers):
    """How it is stopped."""
    values = {"ask": "message" if offers else "signal", "grace_ms": GRACE_MS, **(node.plain() if node else {})}
    if values["ask"] == "message" and not offers:
        checker.add(node.line, "stop", "without a channel that it offers there is no place for a message")
    return values


def read(data, tables):
    """Return (Manifest or None, list of Problem) for the bytes of a manifest."""
    checker = Checker()
    try:
        root = jsonpos.parse(data)
    except jsonpos.Problem as problem:
        return None, [problem]
    checker.check(root, schema("manifest.schema.json"), "the file")
    if checker.problems:
        return None, checker.problems
    text = {name: root.get(name).value for name in ("name", "executable")}
    check_path(checker, root.get("executable"), "executable")
    if text["name"] in NOT_SERVICES:
        checker.add(root.get("name").line, "reserved-name",
                    f"the log has records of '{text['name']}' that are not those of a service")
    if text["executable"].endswith("/init"):
        checker.add(root.get("executable").line, "reserved-name",
                    "a program named 'init' would write log lines that look like those of init")
    _check_strings(checker, root)
    calls = _check_calls(checker, root.get("calls"), tables)
    lines = {"name": root.value["name"][1]}
    offers, uses, finds = _check_channels(checker, root, lines)
    tree, files, devices = _check_view(checker, root)
    cpu = _check_cpu(checker, root.get("budgets").get("cpu"))
    restart = _check_restart(checker, root.get("restart"))
    log = _check_log(checker, root.get("log"), lines)
    stop = _check_stop(checker, root.get("stop"), offers)
    budgets = {name: node.value for name, (node, _) in root.get("budgets").value.items()}
    if checker.problems:
        return None, checker.problems
    return Manifest(
        name=text["name"], executable=text["executable"],
        arguments=root.get("arguments").plain() if root.get("arguments") else [text["name"]],
        environment=sorted(f"{name}={value}" for name, value in
                           (root.get("environment").plain() if root.get("environment")
                            else {}).items()),
        memory=int(budgets["memory"][:-1]) << UNITS[budgets["memory"][-1]],
        threads=budgets["threads"], handles=budgets["handles"], calls=tables.records(calls),
        cpu=cpu, root=tree, files=files, devices=devices, offers=offers, uses=uses, finds=finds, restart=restart,
        critical=bool(root.get("critical") and root.get("critical").value), log=log, stop=stop, lines=lines), []


def check_together(manifests):
    """What several manifests of one image must be: yields (path, Problem).

    manifests: list of (path, Manifest). Names and offers are unique, what is used is offered, and
    no service waits for itself.
    """
    names, offers = {}, {}
    for path, manifest in manifests:
        if manifest.name in names:
            yield path, jsonpos.Problem(manifest.lines["name"], "name-twice",
                                        f"the name '{manifest.name}' is taken by "
                                        f"{names[manifest.name][0]}")
        names.setdefault(manifest.name, (path, manifest))
        for channel in manifest.offers:
            if channel in offers:
                yield path, jsonpos.Problem(manifest.lines[("offers", channel)], "offered-twice",
                                            f"the channel '{channel}' is offered by "
                                            f"'{offers[channel].name}', too")
            offers.setdefault(channel, manifest)
    for path, manifest in manifests:
        for key, channels in (("uses", manifest.uses), ("finds", manifest.finds)):
            for channel in channels:
                if channel not in offers:
                    yield path, jsonpos.Problem(manifest.lines[(key, channel)], "unknown-channel",
                                                f"no service offers the channel '{channel}'")
        for name in manifest.log["reads"]:
            if name not in names and name not in NOT_SERVICES:
                yield path, jsonpos.Problem(manifest.lines[("reads", name)], "unknown-service",
                                            f"there is no service '{name}' whose records it could read")
    paths = {id(manifest): path for path, manifest in manifests}
    for loop in _loops([manifest for _, manifest in manifests], offers):
        first = loop[0]
        channel = next(c for c in first.uses if offers.get(c) is loop[1 % len(loop)])
        yield paths[id(first)], jsonpos.Problem(
            first.lines[("uses", channel)], "cycle",
            "each of these waits for the next one to start: "
            + " -> ".join(m.name for m in [*loop, first]))


def _loops(manifests, offers):
    """Each cycle of uses once, found by taking away what depends on nothing that is left."""
    left = list(manifests)
    while True:
        ready = [m for m in left if not any(offers.get(c) in left for c in m.uses)]
        if not ready:
            break
        left = [m for m in left if m not in ready]
    if left:
        chain, at = [], left[0]
        while at not in chain:
            chain.append(at)
            at = next(offers[c] for c in at.uses if offers.get(c) in left)
        yield chain[chain.index(at):]


def start_order(manifests):
    """The manifests so that each comes behind those whose channels it uses; otherwise who reads the log first, then by
    name."""
    offers = {channel: m for m in manifests for channel in m.offers}
    left, order = sorted(manifests, key=lambda m: (not m.log["machine"], m.name)), []
    while left:
        ready = next(m for m in left if not any(offers.get(c) in left for c in m.uses))
        order.append(ready)
        left.remove(ready)
    return order
