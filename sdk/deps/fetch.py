#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Obtain the third-party files named in deps.lock into the download cache.

Places are asked in this order: the cache, the mirror override if there is one, else the pool
directory of the machine's own Debian archives, then wherever Debian's indexes list the file.
Whatever the place, a file counts only if its size and sha256 are the pinned ones.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import urllib.parse
from pathlib import Path

import debarchive
import deplock

MEGABYTE = 1_000_000


class FetchError(Exception):
    """One line for the user."""


class Progress:
    """Progress of one file on standard error: a changing line on a terminal, else few lines."""

    def __init__(self, entry, quiet):
        self._entry, self._quiet, self._tty = entry, quiet, sys.stderr.isatty()
        self._next_percent = 25
        self._say(f"fetch {entry.name} {entry.version} ({entry.size / MEGABYTE:.1f} MB)")

    def _say(self, text, end="\n"):
        if not self._quiet:
            print(text, end=end, file=sys.stderr, flush=True)

    def report(self, size):
        """Called with the number of bytes that have arrived."""
        percent = min(99, 100 * size // self._entry.size)
        if self._tty:
            self._say(f"\r  {self._entry.file}: {percent} %", end="")
        elif percent >= self._next_percent:
            self._say(f"  {self._entry.file}: {percent} %")
            self._next_percent = percent + 25

    def done(self):
        """Called once the file is complete and verified."""
        if self._tty:
            self._say(f"\r  {self._entry.file}: 100 %, sha256 verified")
        else:
            self._say(f"  {self._entry.file}: sha256 verified")


class Fetcher:
    """Fetches entries; keeps what it learns about the archives between files."""

    def __init__(self, mirror, offline, quiet):
        self._mirror, self._offline, self._quiet = mirror, offline, quiet
        self._roots = None
        self._indexes = {}

    def close(self):
        """Remove temporary apt configurations."""
        for index in self._indexes.values():
            index.close()

    def get(self, entry):
        """Return the path of the verified file in the cache, fetching it when it is not there."""
        target = deplock.cached_path(entry)
        if target.exists():
            fault = deplock.check(target, entry)
            if fault is None:
                return target
            print(f"note: {target}: {fault}; fetching it again", file=sys.stderr)
        if self._offline and not self._local_mirror():
            raise FetchError(f"{entry.file} is not in the cache ({target.parent.parent}) and "
                             "--offline forbids fetching it; run once without --offline or give "
                             f"a directory with --mirror (sha256 {entry.sha256})")
        return self._fetch(entry, target)

    def _local_mirror(self):
        return self._mirror is not None and "://" not in self._mirror

    def _fetch(self, entry, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        progress = Progress(entry, self._quiet)
        # In the target's folder: the final rename is atomic only inside one file system.
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as scratch:
            part = Path(scratch) / entry.file
            faults = []
            for place in self._places(entry, faults):
                fault = self._try(place, part, entry, progress)
                if fault is None:
                    part.chmod(0o644)
                    os.replace(part, target)
                    progress.done()
                    return target
                faults.append(fault)
        raise FetchError(self._explain(entry, faults))

    def _places(self, entry, faults):
        """Yield paths or addresses to try; later ones cost more and are worked out only then.

        faults is the caller's list of what became of the earlier ones.
        """
        if self._mirror is not None:
            base = self._mirror.rstrip("/")
            for tail in (entry.file, f"{entry.sha256}/{entry.file}", entry.pool_path):
                yield f"{base}/{tail}"
            return
        if self._roots is None:
            self._roots = debarchive.repositories()
        for root in self._roots:
            yield f"{root}/{entry.pool_path}"
        if all(isinstance(fault, debarchive.NoNetwork) for fault in faults):
            return
        for path in self._index(entry).places(entry):
            if path != entry.pool_path:
                for root in self._roots:
                    yield f"{root}/{path}"

    def _index(self, entry):
        if entry.suites not in self._indexes:
            self._indexes[entry.suites] = debarchive.Index(self._roots, entry.suites)
        return self._indexes[entry.suites]

    @staticmethod
    def _try(place, part, entry, progress):
        """Fetch one place into part; return None on success, else the exception that says why."""
        try:
            part.unlink(missing_ok=True)
            if "://" in place:
                debarchive.download(place, part, progress.report)
            elif os.path.isfile(place):
                shutil.copyfile(place, part)
            else:
                raise debarchive.NotThere("not there")
            fault = deplock.check(part, entry)
            return None if fault is None else debarchive.ArchiveError(fault)
        except debarchive.ArchiveError as error:
            return error
        except OSError as error:
            return debarchive.ArchiveError(f"{place}: {error.strerror}")

    def _explain(self, entry, faults):
        wrong = [str(f) for f in faults if not isinstance(f, debarchive.NotThere)]
        where = "the mirror" if self._mirror is not None else "the machine's Debian archives"
        if faults and all(isinstance(f, debarchive.NoNetwork) for f in faults):
            return (f"{entry.file}: no network: {faults[0]}; connect, or use --offline with a "
                    "filled cache, or --mirror DIRECTORY")
        if wrong:
            return f"{entry.file}: {wrong[0]}"
        text = f"{entry.file} (sha256 {entry.sha256}) is gone from {where}"
        if self._mirror is None:
            offers = self._index(entry).offers(entry)
            if offers:
                text += f", which have {', '.join(offers)}"
        return text + "; give a directory that has it with --mirror, or update sdk/deps/deps.lock"


def _arguments():
    parser = argparse.ArgumentParser(description="Obtain the files pinned in deps.lock.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="entries to fetch (default: "
                        "all of kind source)")
    parser.add_argument("--offline", action="store_true", help="never use the network")
    parser.add_argument("--mirror", metavar="URL-OR-DIR", default=os.environ.get("COCONUT_MIRROR")
                        or None, help="use only this place (default: $COCONUT_MIRROR)")
    parser.add_argument("--list", action="store_true", help="list the entries and what is cached")
    parser.add_argument("--verify", action="store_true", help="check the cached files only")
    parser.add_argument("--path", action="store_true", help="print the path of each file fetched")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--lock", default=deplock.LOCK_FILE, help=argparse.SUPPRESS)
    return parser.parse_args()


def _select(entries, names):
    if not names:
        return [entry for entry in entries.values() if entry.kind == "source"]
    unknown = [name for name in names if name not in entries]
    if unknown:
        raise FetchError(f"no entry '{unknown[0]}' in the lock file; it has {', '.join(entries)}")
    return [entries[name] for name in names]


def _list(entries):
    for entry in entries:
        state = "cached" if deplock.cached_path(entry).exists() else "-"
        print(f"{entry.kind:7} {entry.name:12} {entry.version:16} {entry.size:>10} {state:7}"
              f"{entry.file}")


def _verify(entries):
    failed = 0
    for entry in entries:
        path = deplock.cached_path(entry)
        fault = deplock.check(path, entry) if path.exists() else "not in the cache"
        failed += fault is not None
        print(f"{'ok' if fault is None else 'not ok'} - {entry.file}"
              f"{'' if fault is None else ': ' + fault}")
    return 1 if failed else 0


def _check_mirror(mirror):
    if mirror is None:
        return None
    if "://" in mirror:
        if not urllib.parse.urlsplit(mirror).scheme:
            raise FetchError(f"--mirror {mirror}: not an address")
        return mirror
    if not os.path.isdir(mirror):
        raise FetchError(f"--mirror {mirror}: no such directory")
    return os.path.abspath(mirror)


def main():
    """Command entry; returns the exit status."""
    # So that a stop request unwinds and removes partial files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _arguments()
    try:
        selected = _select(deplock.load(options.lock), options.names)
        if options.list:
            _list(selected)
            return 0
        if options.verify:
            return _verify(selected)
        fetcher = Fetcher(_check_mirror(options.mirror), options.offline, options.quiet)
        try:
            for entry in selected:
                path = fetcher.get(entry)
                if options.path:
                    print(path)
        finally:
            fetcher.close()
    except (FetchError, deplock.LockError, debarchive.ArchiveError) as error:
        print(f"fetch: error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"fetch: error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("fetch: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
