# SPDX-License-Identifier: MIT
"""The C++ library's modules map, and what docs/hardening.md says is off."""

from support import Case, tool


class Modules(Case):
    """Headers as modules, by the map that is installed with them."""

    def test_map(self):
        """With -fmodules the library's headers are taken from modules that the map describes."""
        source = self.write("ordered.cpp", "#include <compare>\nint main() { return (1 <=> 2) == 0; }\n")
        cache = self.folder / "modules"
        self.run_good(tool("clang++"), "-std=c++20", "-fmodules", f"-fmodules-cache-path={cache}",
                      "-fsyntax-only", source)
        made = [path.name for path in cache.rglob("*.pcm")]
        self.assertTrue(any(name.startswith("std_compare-") for name in made), made[:9])


class Off(Case):
    """Sanitizers without a runtime are refused, not ignored."""

    def test_refused(self):
        """The compiler names the option and the system."""
        source = self.write("any.cpp", "int main() { return 0; }\n")
        for name in ("address", "thread", "memory", "leak", "safe-stack"):
            self.run_bad(f"unsupported option '-fsanitize={name}' for target", tool("clang++"),
                         f"-fsanitize={name}", source, "-o", self.folder / "any")
