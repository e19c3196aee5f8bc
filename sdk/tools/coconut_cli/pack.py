# SPDX-License-Identifier: MIT
"""`coconut pack`: boot archives from a list of files."""

import json
import os
import sys
import tempfile

from coconut_cli import pkit
from coconut_cli.fault import Fault, reason
from coconut_cli.options import Command, flag

COMMAND = Command(
    "pack", "[OPTIONS] OUTPUT NAME=FILE ...",
    "Make a boot archive (PKIT) that holds each FILE under its NAME, in the order given.",
    (flag("--list", "list the archive OUTPUT instead: size and name of each file"),
     flag("--json", "with --list: as JSON, a list of name and size")), """
NAME is the path in the guest, such as init or etc/config. OUTPUT appears complete or not at all.""")


def _list(path, as_json):
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise Fault(f"cannot read {path}: {reason(error)}") from error
    try:
        if as_json:
            print(json.dumps([{"name": name, "size": length} for name, _, length in pkit.records(data)], indent=1))
            return 0
        for name, _, length in pkit.records(data):
            print(f"{length:>12} {name}")
    except Fault as fault:
        sys.stdout.flush()
        raise Fault(f"{path}: {fault}", 1) from fault
    return 0


def archive_bytes(content):
    """Return the archive of {name: bytes}, in the order given."""
    descriptor = os.memfd_create("coconut-pack")
    try:
        writer = pkit.Writer(descriptor)
        for name, data in content.items():
            writer.add_bytes(name, data)
        writer.flush()
        os.lseek(descriptor, 0, os.SEEK_SET)
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return stream.read()
    finally:
        os.close(descriptor)


def _partial(output):
    """Make the file that is to become the file output; returns its descriptor and its path."""
    try:
        return tempfile.mkstemp(prefix=".pack-", dir=os.path.dirname(os.path.abspath(output)))
    except OSError as error:
        raise Fault(f"cannot write {output}: {reason(error)}") from error


def write(output, pairs):
    """Write an archive of (name, path) pairs to the file output, in one step."""
    descriptor = partial = None
    try:
        descriptor, partial = _partial(output)
        writer = pkit.Writer(descriptor)
        for name, path in pairs:
            writer.add_file(name, path)
        writer.flush()
        os.fchmod(descriptor, 0o644)
        os.replace(partial, output)
    except BaseException:
        if partial is not None and os.path.lexists(partial):  # a signal may come behind its last step
            os.unlink(partial)
        raise
    finally:
        if descriptor is not None:
            os.close(descriptor)


def run(values, words):
    """Run the command; returns the exit status."""
    if not words:
        raise COMMAND.fail("which archive?")
    if values["list"]:
        if len(words) != 1:
            raise COMMAND.fail("--list takes one archive")
        return _list(words[0], values["json"])
    if values["json"]:
        raise COMMAND.fail("--json is for --list")
    pairs = []
    for word in words[1:]:
        name, equals, path = word.partition("=")
        if not equals or not name or not path:
            raise COMMAND.fail(f"'{word}' is not NAME=FILE")
        pairs.append((name, path))
    if not pairs:
        raise COMMAND.fail("an archive without files is of no use; give NAME=FILE")
    write(words[0], pairs)
    return 0
