# SPDX-License-Identifier: MIT
"""A picture of who may talk to whom, as Graphviz reads it."""

import subprocess

from coconut_cli import places
from coconut_cli.fault import Fault


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def dot(manifests):
    """Return the text of a graph: services, channels between them, what they see of files."""
    lines = ["digraph services {", "  rankdir=LR;", "  node [fontname=sans fontsize=11];",
             "  edge [fontname=sans fontsize=10];"]
    for manifest in sorted(manifests, key=lambda m: m.name):
        shape = "doubleoctagon" if manifest.critical else "box"
        lines.append(f"  {_quoted(manifest.name)} [shape={shape}];")
    offers = {channel: m.name for m in manifests for channel in m.offers}
    for manifest in sorted(manifests, key=lambda m: m.name):
        for channel in manifest.uses:
            server = offers.get(channel, f"? {channel}")
            lines.append(f"  {_quoted(manifest.name)} -> {_quoted(server)} "
                         f"[label={_quoted(channel)}];")
        seen = [(path, "") for path in manifest.root]
        seen += [(path, "" if write else "read") for path, write in manifest.files]
        seen += [(path, "device") for path in manifest.devices]
        for path, label in seen:
            lines.append(f"  {_quoted('file ' + path)} [shape=note label={_quoted(path)}];")
            lines.append(f"  {_quoted(manifest.name)} -> {_quoted('file ' + path)} "
                         f"[style=dashed label={_quoted(label)}];")
    return "\n".join([*lines, "}", ""])


def svg(text):
    """Return the SVG of a graph by Graphviz's dot, or None if that is not installed."""
    program = places.find_program("dot")
    if program is None:
        return None
    done = subprocess.run([program, "-Tsvg"], input=text.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        first = done.stderr.decode(errors="replace").splitlines()[:1]
        raise Fault(f"{program} failed: {''.join(first)}")
    return done.stdout
