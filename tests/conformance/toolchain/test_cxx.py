# SPDX-License-Identifier: MIT
"""The C++ library's modules map, its named modules, and what docs/hardening.md says is off."""

import json

import support
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


class Named(Case):
    """The modules std and std.compat, compiled from the sources that the manifest names."""

    def compile_module(self, name, manifest, *options):
        """Precompile and compile a module; returns (what an importer is told, the object)."""
        source = next(one["source-path"] for one in manifest["modules"] if one["logical-name"] == name)
        source = support.SDK / "sysroot" / "usr" / "lib" / source
        made, built = self.folder / f"{name}.pcm", self.folder / f"{name}.o"
        self.run_good(tool("clang++"), "-std=c++23", "-Wno-reserved-module-identifier", *options, "--precompile", source,
                      "-o", made)
        self.run_good(tool("clang++"), "-std=c++23", *options, "-c", made, "-o", built)
        return f"-fmodule-file={name}={made}", built

    def test_import(self):
        """A program that includes nothing but imports both runs in the kernel."""
        path = support.SDK / "sysroot" / "usr" / "lib" / "libc++.modules.json"
        manifest = json.loads(path.read_text(encoding="utf-8"))
        std = self.compile_module("std", manifest)
        compat = self.compile_module("std.compat", manifest, std[0])
        source = self.write("imports.cpp", """
            import std;
            import std.compat;
            int main()
            {
                std::map<std::string, int> counts{{"three", 3}};
                try {
                    counts.at("four");
                } catch (const std::out_of_range &) {
                    std::cout << std::format("{} {}\\n", counts.at("three"), strlen("five"));
                }
            }
            """)
        program = self.folder / "imports"
        self.run_good(tool("clang++"), "-std=c++23", std[0], compat[0], source, std[1], compat[1], "-o", program)
        self.assertEqual(self.run_good(support.SDK / "bin" / "coconut", "run", "--no-cwd", program), "3 4\n")


class Off(Case):
    """Sanitizers without a runtime are refused, not ignored."""

    def test_refused(self):
        """The compiler names the option and the system."""
        source = self.write("any.cpp", "int main() { return 0; }\n")
        for name in ("address", "thread", "memory", "leak", "safe-stack"):
            self.run_bad(f"unsupported option '-fsanitize={name}' for target", tool("clang++"),
                         f"-fsanitize={name}", source, "-o", self.folder / "any")
