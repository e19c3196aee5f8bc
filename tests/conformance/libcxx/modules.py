# SPDX-License-Identifier: MIT
"""The library's named modules, std and std.compat, compiled from the SDK's sources for the tests that import them."""

import threading

#: module -> what has to be compiled, in this order
NEEDED = {"std": ("std",), "std.compat": ("std", "std.compat")}


class Modules:
    """Compiles each module once in a run, when the first test asks for it. Used from many threads."""

    def __init__(self, sources, folder, build):
        """sources: the folder of NAME.cppm; build(words): runs the compiler, returns its first error or None."""
        self._sources, self._folder, self._build = sources, folder, build
        self._lock, self._made = threading.Lock(), {}

    def provide(self, names):
        """Returns (the first error or None, options for who imports them, objects to link)."""
        options, objects = [], []
        with self._lock:
            for name in dict.fromkeys(part for one in names for part in NEEDED.get(one, (one,))):
                if name not in self._made:
                    self._made[name] = self._make(name, options)
                if self._made[name] is not None:
                    return self._made[name], [], []
                options.append(f"-fmodule-file={name}={self._folder / name}.pcm")
                objects.append(self._folder / f"{name}.o")
        return None, options, objects

    def _make(self, name, options):
        """Returns the first error or None."""
        self._folder.mkdir(parents=True, exist_ok=True)
        made = self._folder / f"{name}.pcm"
        return (self._build([*options, "--precompile", self._sources / f"{name}.cppm", "-o", made]) or
                self._build([*options, "-c", made, "-o", self._folder / f"{name}.o"]))
