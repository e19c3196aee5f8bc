# SPDX-License-Identifier: MIT
"""The store of the log service, fed with any bytes, on the host with sanitizers."""

import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
LOG = TOP / "services" / "log"


class LogStore(unittest.TestCase):
    """services/log/store.c."""

    def test_any_bytes(self):
        with tempfile.TemporaryDirectory(prefix="coconut-store-") as folder:
            target = Path(folder) / "fuzz"
            headers = Path(folder) / "coconut"
            headers.mkdir()
            for path in (TOP / "sysroot" / "abi").glob("types*.h"):
                (headers / path.name).write_bytes(path.read_bytes())
            subprocess.run(["clang-19", "-g", "-O1", "-fsanitize=fuzzer,address,undefined",
                            "-fno-sanitize-recover=all", f"-I{LOG}", "-idirafter", folder,
                            HERE / "log_store.c", LOG / "store.c", "-o", target], check=True)
            done = subprocess.run([target, "-runs=20000", "-max_len=1000", "-seed=1"], cwd=folder,
                                  capture_output=True, text=True, timeout=600, check=False)
            self.assertEqual(done.returncode, 0, done.stderr[-2000:])
