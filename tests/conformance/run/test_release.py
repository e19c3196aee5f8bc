# SPDX-License-Identifier: MIT
"""Release images: whatever happens in the machine, the host sees nothing of it."""

import json
from pathlib import Path

from imagecase import ImageCase

HERE = Path(__file__).resolve().parent
#: All that the host can ask for.
WORDS = "log=serial log=host trace=syscalls shortage=on nonsense=1"
ENDED, FAILED = 0x10 * 2 + 1, 0x11 * 2 + 1


def speaker(*arguments, **keys):
    """The manifest of a service that speaks in every way."""
    return {"manifest": 1, "name": "speaker", "executable": "/bin/speaker",
            "arguments": ["speaker", *arguments],
            "budgets": {"memory": "16M", "threads": 1, "handles": 8},
            "calls": {"classes": ["CORE", "MEMORY", "SIGNAL", "THREAD", "PROCESS"],
                      "names": ["query", "write", "file_stat", "handle_info", "log_write"],
                      "except": ["exec", "process_spawn", "process_fork"]}, **keys}


class Release(ImageCase):
    """The same services in both kinds of image."""

    sources = {"speaker": [HERE / "speaker.c"]}

    def test_development_shows_it(self):
        folder = self.build("development", [speaker()])
        status, serial, frames = self.bare(folder, "log=serial")
        self.assertEqual(status, ENDED)
        for text in (b"platform ", b"[init] ", b"secret of a plain", b"secret of an error",
                     b"secret of a debug", b"secret of the output", b"secret of the error stream",
                     b"may not call channel_create"):
            self.assertIn(text, serial)
        self.assertEqual(frames, [])

    def test_release_shows_nothing(self):
        folder = self.build("release", [speaker()], build="release")
        self.assertEqual(self.bare(folder, WORDS), (ENDED, b"", []))
        measured = json.loads((folder / "measurements.json").read_text())
        self.assertIn("/coconut/image", [entry["name"] for entry in measured["files"]])

    def test_faults_show_nothing(self):
        folder = self.build("crash", [speaker("crash", critical=True)], build="release")
        status, serial, frames = self.bare(folder, WORDS)
        self.assertEqual((serial, frames), (b"", []))
        self.assertIn(status, (ENDED, FAILED))

    def test_image_that_cannot_start_shows_nothing(self):
        folder = self.build("nothing", [speaker()], build="release")
        archive = folder / "archive.pkit"
        archive.write_bytes(archive.read_bytes().replace(b"\x7fELF", b"text"))
        self.assertEqual(self.bare(folder, WORDS), (FAILED, b"", []))

    def test_settings_that_are_not_understood_show_nothing(self):
        folder = self.build("broken", [speaker()])
        archive = folder / "archive.pkit"
        data = archive.read_bytes()
        self.assertEqual(data.count(b"build development\n"), 1)
        archive.write_bytes(data.replace(b"build development\n", b"build devel0pment\n"))
        self.assertEqual(self.bare(folder, WORDS), (ENDED, b"", []))

    def test_threshold(self):
        folder = self.build("threshold", [speaker()], log={"threshold": "error"})
        _, serial, _ = self.bare(folder, "log=serial")
        self.assertIn(b"secret of an error", serial)
        for text in (b"secret of a debug", b"secret of a plain", b"[init] ", b"platform "):
            self.assertNotIn(text, serial)
