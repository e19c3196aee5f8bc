# SPDX-License-Identifier: MIT
"""A folder with nothing but Debian's minimal system, and commands in it as root or as an ordinary user."""

import os
import shutil
import subprocess

USER = "user"
#: /proc and terminals of its own; the process space ends with the command.
ENTER = """set -e
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
mount -t tmpfs tmpfs "$1/dev/shm"
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 HOME="$3" \\
    chroot "$1" setpriv --reuid "$2" --regid "$2" --init-groups bash -c "cd; $4"
"""


class Trouble(Exception):
    """One line for whoever runs the trial."""


def sources():
    """Return the files of apt's that name Debian's archives, as this machine has them."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(SOURCESENTRY)", "Created-By: Packages"],
                          capture_output=True, text=True, check=True)
    found = {line.split()[1].rpartition(":")[0] for line in done.stdout.splitlines() if line.startswith("Debian ")}
    if not found:
        raise Trouble("apt knows no Debian archive; run apt-get update")
    return sorted(found)


class Machine:
    """The folder `root`; `log`: an open binary file for what commands print."""

    def __init__(self, root, log):
        self.root, self._log = root, log

    def make(self, release="bookworm"):
        """Install Debian's minimal system, and make the user."""
        if shutil.which("mmdebstrap") is None:
            raise Trouble("mmdebstrap was not found; apt-get install mmdebstrap")
        done = subprocess.run(["mmdebstrap", "--variant=minbase", release, self.root, *sources()], stdout=self._log,
                              stderr=self._log, check=False)
        if done.returncode != 0:
            raise Trouble(f"mmdebstrap ended with status {done.returncode}")
        shutil.copy("/etc/resolv.conf", os.path.join(self.root, "etc", "resolv.conf"))
        self.must("root", f"useradd --create-home --shell /bin/bash {USER}")

    def run(self, who, command, seconds):
        """Run a command of the shell; returns (status, output)."""
        home = "/root" if who == "root" else f"/home/{who}"
        words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh", self.root, who, home,
                 f"export DEBIAN_FRONTEND=noninteractive; {command}"]
        self._log.write(f"\n== {who}: {command}\n".encode())
        self._log.flush()
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=seconds, check=False)
        except subprocess.TimeoutExpired as late:
            self._log.write(late.stdout or b"")
            return 124, f"no end within {seconds} s"
        self._log.write(done.stdout)
        self._log.flush()
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def must(self, who, command, seconds=600):
        """Run a command that has to succeed; returns its output."""
        status, output = self.run(who, command, seconds)
        if status != 0:
            last = output.strip().splitlines()[-1:] or ["no output"]
            raise Trouble(f"'{command}' ended with status {status}: {last[0]}")
        return output
