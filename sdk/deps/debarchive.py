# SPDX-License-Identifier: MIT
"""Access to Debian's archive through the machine's own repositories.

The repositories are whatever apt on this machine is set to use; all apt state (lists, caches,
source files) is private and temporary, so the system's configuration is read but never changed.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

APT_HELPER = "/usr/lib/apt/apt-helper"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_NETWORK_SIGNS = ("Could not resolve", "Temporary failure", "Could not connect", "Unable to connect",
                  "timed out", "Network is unreachable", "Connection failed", "Failed to connect")


class ArchiveError(Exception):
    """One line saying why a file could not be had."""


class NotThere(ArchiveError):
    """The place answered and does not have the file."""


class NoNetwork(ArchiveError):
    """The place could not be reached at all."""


def _run(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, env={**os.environ, "LC_ALL": "C"})


def repositories():
    """Root addresses of the archives in the machine's apt sources, security archives last."""
    if not shutil.which("apt-get") or not os.path.exists(APT_HELPER):
        raise ArchiveError("apt is not installed; give a directory or address with --mirror")
    done = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
    if done.returncode != 0:
        raise ArchiveError(f"apt's sources cannot be read: {_last_line(done.stderr)}")
    roots = {line.rstrip("/") for line in done.stdout.split()}
    if not roots:
        raise ArchiveError("apt has no sources on this machine; add one or use --mirror")
    return sorted(roots, key=lambda root: ("security" in root, not root.endswith("/debian"), root))


def _last_line(text):
    lines = [line for line in text.splitlines() if line.startswith("E:")] or text.splitlines()
    return lines[0].removeprefix("E: ").strip() if lines else "no message"


class _Watcher(threading.Thread):
    """Calls report(bytes so far) twice a second while a download runs."""

    def __init__(self, path, report):
        super().__init__(daemon=True)
        self._path, self._report, self._done = path, report, threading.Event()

    def run(self):
        while not self._done.wait(0.5):
            try:
                self._report(os.path.getsize(self._path))
            except OSError:
                pass  # not begun yet

    def stop(self):
        self._done.set()
        self.join()


def download(address, path, report):
    """Fetch address into path with apt's own transports and proxy settings.

    report(bytes) is called now and then. Raises NotThere, NoNetwork or ArchiveError; path may
    then hold a part of the file and is the caller's to remove.
    """
    if not os.path.exists(APT_HELPER):
        raise ArchiveError("apt is not installed; give a directory with --mirror")
    watcher = _Watcher(path, report)
    watcher.start()
    try:
        done = _run([APT_HELPER, "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=2",
                     "-o", "Acquire::http::Timeout=30", "-o", "Acquire::https::Timeout=30",
                     "download-file", address, str(path)])
    finally:
        watcher.stop()
    if done.returncode == 0:
        return
    text = done.stderr + done.stdout
    if any(sign in text for sign in _NETWORK_SIGNS):
        raise NoNetwork(_last_line(done.stderr))
    if any(sign in text for sign in (" 404 ", " 400 ", " 410 ", "File not found")):
        raise NotThere("not there")
    raise ArchiveError(_last_line(done.stderr))


class Index:
    """Debian's package indexes for some suites, in a temporary private apt configuration."""

    def __init__(self, roots, suites):
        self._directory = tempfile.TemporaryDirectory(prefix="coconut-apt-")
        top = Path(self._directory.name)
        for name in ("lists/partial", "cache/archives/partial"):
            (top / name).mkdir(parents=True)
        main = [root for root in roots if "security" not in root]
        (top / "debian.sources").write_text("".join(
            f"Types: deb deb-src\nURIs: {root}\nSuites: {' '.join(suites)}\n"
            f"Components: main\nSigned-By: {KEYRING}\n\n" for root in main), encoding="utf-8")
        self._options = [
            "-o", f"Dir::Etc::sourcelist={top}/debian.sources", "-o", "Dir::Etc::sourceparts=-",
            "-o", f"Dir::State::lists={top}/lists", "-o", f"Dir::Cache={top}/cache",
            "-o", f"Dir::Cache::archives={top}/cache/archives", "-o", "APT::Sandbox::User=root",
            "-o", "Dir::State::status=/dev/null", "-o", "Acquire::Languages=none"]
        done = _run(["apt-get", *self._options, "-qq", "update"])
        if done.returncode != 0:
            self.close()
            raise ArchiveError(f"Debian's indexes cannot be read: {_last_line(done.stderr)}")

    def close(self):
        """Remove the private configuration."""
        self._directory.cleanup()

    def places(self, entry):
        """Paths below an archive root at which the indexes list the very file (by sha256)."""
        return [path for path, sha256 in self._listed(entry) if sha256 == entry.sha256]

    def offers(self, entry):
        """Names of the files the indexes have instead, for a message."""
        return sorted({path.rsplit("/", 1)[1] for path, _ in self._listed(entry)})

    def _listed(self, entry):
        if entry.kind == "deb":
            done = _run(["apt-cache", *self._options, "show", entry.file.split("_", 1)[0]])
            return _binary_stanzas(done.stdout)
        done = _run(["apt-cache", *self._options, "showsrc", entry.source])
        return _source_stanzas(done.stdout)


def _binary_stanzas(text):
    for stanza in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line)
        if "Filename" in fields and "SHA256" in fields:
            yield fields["Filename"], fields["SHA256"]


def _source_stanzas(text):
    for stanza in text.split("\n\n"):
        directory, listing, in_hashes = None, [], False
        for line in stanza.splitlines():
            if line.startswith("Directory: "):
                directory = line.split(": ", 1)[1]
            if line.startswith(" ") and in_hashes:
                listing.append(line.split())
            else:
                in_hashes = line.startswith("Checksums-Sha256:")
        for words in listing:
            if directory and len(words) == 3 and ".orig" in words[2]:
                yield f"{directory}/{words[2]}", words[0]
