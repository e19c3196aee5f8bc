# SPDX-License-Identifier: MIT
"""coconut setup and doctor on a machine that lacks a package; dpkg and apt are stand-ins."""

import os

from support import Case

DPKG_QUERY = """#!/bin/sh
shift 3
for name in "$@"; do
    case $name in cmake) [ -f "$STATE/installed" ] || continue ;; esac
    echo "$name installed 99:99"
done
"""
APT_GET = """#!/bin/sh
echo "$@" >> "$STATE/apt"
case $* in *install*) [ -n "${BROKEN:-}" ] && exit 100; touch "$STATE/installed" ;; esac
exit 0
"""
SUDO = """#!/bin/sh
exec "$@"
"""


class Setup(Case):
    """Host packages."""

    def setUp(self):
        super().setUp()
        self.state, self.bin = self.folder / "state", self.folder / "bin"
        self.state.mkdir()
        self.bin.mkdir()
        for name, text in (("dpkg-query", DPKG_QUERY), ("apt-get", APT_GET), ("sudo", SUDO)):
            (self.bin / name).write_text(text)
            (self.bin / name).chmod(0o755)

    def call(self, *words, **more):
        """Run a command with the stand-ins first in PATH."""
        return self.coconut(*words, env={"PATH": f"{self.bin}:{os.environ['PATH']}",
                                         "STATE": str(self.state), **more})

    def test_installs_only_what_is_missing_after_saying_so(self):
        done = self.call("setup")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("  cmake ", done.stdout)
        self.assertNotIn("clang-19", done.stdout)
        self.assertEqual((self.state / "apt").read_text().splitlines(),
                         ["-qq update", "-qq install -y --no-install-recommends cmake"])
        done = self.call("setup")
        self.assertEqual((done.returncode, len((self.state / "apt").read_text().splitlines())),
                         (0, 2))

    def test_check_installs_nothing(self):
        done = self.call("setup", "--check")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing: cmake", done.stdout)
        self.assertFalse((self.state / "apt").exists())

    def test_failing_installation_is_one_line(self):
        done = self.call("setup", BROKEN="1")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "installing packages", "100")

    def test_build_and_doctor_name_the_command_that_mends(self):
        done = self.call("build")
        self.assertEqual(done.returncode, 1)
        self.assert_one_line(done.stderr, "cmake", "coconut setup")
        done = self.call("doctor")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not ok - host packages: missing: cmake; mend it with: coconut setup",
                      done.stdout)
