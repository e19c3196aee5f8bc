# SPDX-License-Identifier: MIT
"""Build systems with the installed SDK: Meson, CMake's ways of finding and handing on, pkg-config, Make, and
the traps of search paths that other cross SDKs fell into."""

import os
import shutil
import unittest

import support
from support import HELLO, Case, tool

LIBRARY = """
cmake_minimum_required(VERSION 3.20)
project(shape VERSION 2.1 LANGUAGES C)
add_library(shape STATIC shape.c)
target_include_directories(shape PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:include>)
install(TARGETS shape EXPORT shape ARCHIVE DESTINATION lib)
install(FILES shape.h DESTINATION include)
install(EXPORT shape NAMESPACE shape:: DESTINATION lib/cmake/shape FILE shape-config.cmake)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/shape.pc
"prefix=${CMAKE_INSTALL_PREFIX}\\nName: shape\\nDescription: d\\nVersion: 2.1\\nLibs: -L\\${prefix}/lib -lshape\\nCflags: -I\\${prefix}/include\\n")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/shape.pc DESTINATION lib/pkgconfig)
"""
USER = "#include <shape.h>\n#include <stdio.h>\nint main(void) { printf(\"%d\\n\", shape_area(6, 7)); return 0; }\n"

TRAPS = """
cmake_minimum_required(VERSION {policy})
project(traps C)
find_library(HOST_C c PATHS /usr/lib/x86_64-linux-gnu)
find_library(HOST_DL dl)
find_path(HOST_HEADER linux/limits.h PATHS /usr/include)
find_package(ZLIB QUIET)
find_package(PkgConfig QUIET)
find_program(HOST_SH sh)
message(STATUS "answers ${{HOST_C}}|${{HOST_HEADER}}|${{ZLIB_FOUND}}|${{HOST_SH}}|${{HOST_DL}}")
"""


class Systems(Case):
    """Each with a library that is installed, and a program that finds it."""

    def library(self, name="prefix"):
        """Build and install the library; return its prefix."""
        self.write("shape/CMakeLists.txt", LIBRARY)
        self.write("shape/shape.h", "int shape_area(int width, int height);\n")
        self.write("shape/shape.c", '#include "shape.h"\nint shape_area(int w, int h) { return w * h; }\n')
        prefix = self.folder / name
        self.cmake(self.folder / "shape", f"-DCMAKE_INSTALL_PREFIX={prefix}")
        self.run_good("cmake", "--build", self.folder / "build")
        self.run_good("cmake", "--install", self.folder / "build")
        shutil.rmtree(self.folder / "build")
        self.write("user/user.c", USER)
        return prefix

    def is_program(self, path):
        """The file is a program of this platform."""
        self.assertRegex(self.readelf(path, "-n"), "COCONUT")

    def test_cmake_install_and_find(self):
        """An exported package is found in a prefix of the user's, also in one with a blank."""
        prefix = self.library("a prefix")
        self.write("user/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(u C)\n"
                   "find_package(shape REQUIRED CONFIG)\nadd_executable(user user.c)\n"
                   "target_link_libraries(user shape::shape)\n")
        self.cmake(self.folder / "user", f"-DCMAKE_PREFIX_PATH={prefix}")
        self.run_good("cmake", "--build", self.folder / "build")
        self.is_program(self.folder / "build" / "user")

    def test_cmake_pkg_config(self):
        """pkg_check_modules() finds the user's prefix, and its paths are not put below the sysroot."""
        prefix = self.library()
        self.write("user/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(u C)\n"
                   "find_package(PkgConfig REQUIRED)\npkg_check_modules(shape REQUIRED IMPORTED_TARGET shape)\n"
                   "add_executable(user user.c)\ntarget_link_libraries(user PkgConfig::shape)\n")
        self.cmake(self.folder / "user", f"-DCMAKE_PREFIX_PATH={prefix}")
        self.run_good("cmake", "--build", self.folder / "build")
        self.is_program(self.folder / "build" / "user")

    def test_cmake_fetch_content(self):
        """FetchContent with a local source."""
        self.library()
        self.write("user/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(u C)\ninclude(FetchContent)\n"
                   "FetchContent_Declare(shape SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/../shape)\n"
                   "FetchContent_MakeAvailable(shape)\nadd_executable(user user.c)\ntarget_link_libraries(user shape)\n")
        self.cmake(self.folder / "user")
        self.run_good("cmake", "--build", self.folder / "build")
        self.is_program(self.folder / "build" / "user")

    def test_cmake_try_run(self):
        """try_run() runs its program in the kernel."""
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(t C)\n"
                   "try_run(status compiled ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/t.c RUN_OUTPUT_VARIABLE text)\n"
                   "message(STATUS \"answers ${compiled} ${status} ${text}\")\n")
        self.write("t.c", "#include <stdio.h>\nint main(void) {\n#ifdef __coconut__\n    puts(\"in the kernel\");\n"
                          "#endif\n    return 7;\n}\n")
        self.assertIn("answers TRUE 7 in the kernel", self.cmake(self.folder))

    def test_cmake_presets(self):
        """A preset names the toolchain file by the environment."""
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(p C)\nadd_executable(hello hello.c)\n")
        self.write("hello.c", HELLO)
        shutil.copy(support.SDK / "share/coconut/templates/test/CMakePresets.json.in", self.folder / "CMakePresets.json")
        env = {"COCONUT_SDK": str(support.SDK)}
        self.run_good("cmake", "--preset", "coconut", env=env)
        self.run_good("cmake", "--build", "--preset", "coconut", env=env)
        self.is_program(self.folder / "build" / "hello")

    def test_make_and_pkg_config(self):
        """A plain Makefile with CC and the SDK's own pkg-config."""
        prefix = self.library()
        self.write("user/Makefile", "user: user.c\n\t$(CC) $$($(PKG_CONFIG) --cflags shape) user.c "
                                    "$$($(PKG_CONFIG) --libs shape) -o user\n")
        (self.folder / "sdk").symlink_to(support.SDK)  # without the blank, for the words of a shell
        words = [f"{name}={self.folder}/sdk/bin/{support.TRIPLE}-{kind}"
                 for name, kind in (("CC", "clang"), ("PKG_CONFIG", "pkg-config"))]
        self.run_good("make", "-C", self.folder / "user", *words,
                      env={"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": "/"})
        self.is_program(self.folder / "user" / "user")

    @unittest.skipUnless(shutil.which("meson"), "meson is not installed")
    def test_meson(self):
        """Meson by the cross file: checks, a dependency by pkg-config, tests in the kernel."""
        prefix = self.library()
        self.write("user/meson.build", "project('user', 'c')\ncc = meson.get_compiler('c')\n"
                   "assert(cc.has_function('printf'))\nassert(not cc.has_function('epoll_create'))\n"
                   "assert(not cc.has_header('linux/types.h'))\nassert(cc.sizeof('long double') == 16)\n"
                   "assert(host_machine.system() == 'coconut')\n"
                   "user = executable('user', 'user.c', dependencies: dependency('shape'))\ntest('user', user)\n")
        cross = self.folder / "coconut.ini"
        self.run_good(support.SDK / "bin" / "coconut", "meson", "--output", cross)
        env = {"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
        self.run_good("meson", "setup", "--cross-file", cross, self.folder / "build", self.folder / "user", env=env)
        self.run_good("meson", "compile", "-C", self.folder / "build")
        self.is_program(self.folder / "build" / "user")
        text = self.run_good("meson", "test", "-C", self.folder / "build")
        self.assertRegex(text, r"Ok: +1")


class Traps(Case):
    """What must not be found."""

    def answers(self, policy, *options, env=None):
        """What the find commands say under the policies of a version."""
        self.write("CMakeLists.txt", TRAPS.format(policy=policy))
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        done = self.run_any("cmake", "-G", "Ninja", "-S", self.folder, "-B", self.folder / "build", "-Wno-deprecated",
                            f"-DCMAKE_TOOLCHAIN_FILE={support.SDK / 'toolchain' / 'coconut.cmake'}", *options, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split("answers ")[1].splitlines()[0].split("|")

    def test_nothing_of_the_host(self):
        """Libraries and headers of the host are not found, by whatever path, under policies old and new."""
        sysroot = str(support.SDK / "sysroot")
        for policy in ("2.8.12", "3.5", "3.25"):
            library, header, zlib, shell, loader = self.answers(policy)
            self.assertTrue(library.startswith(sysroot), library)
            self.assertEqual((header, zlib), ("HOST_HEADER-NOTFOUND", "FALSE"), policy)
            self.assertTrue(shell.endswith("/sh"))
            self.assertTrue(loader.startswith(sysroot), loader)

    def test_environment_of_the_host(self):
        """Variables that name folders of the host do not lead there."""
        env = {"CMAKE_LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu", "CMAKE_INCLUDE_PATH": "/usr/include",
               "PKG_CONFIG_PATH": "/usr/lib/x86_64-linux-gnu/pkgconfig", "CPATH": "", "LIBRARY_PATH": ""}
        library, header, zlib, _, _ = self.answers("3.25", env=env)
        self.assertTrue(library.startswith(str(support.SDK / "sysroot")), library)
        self.assertEqual((header, zlib), ("HOST_HEADER-NOTFOUND", "FALSE"))

    def test_prefix_of_the_host(self):
        """A prefix of the user's is searched, not the host's of the same name below it."""
        (self.folder / "own/include/linux").mkdir(parents=True)
        (self.folder / "own/include/linux/limits.h").write_text("")
        _, header, _, _, _ = self.answers("3.25", f"-DCMAKE_PREFIX_PATH={self.folder / 'own'}")
        self.assertEqual(header, str(self.folder / "own/include"))

    def test_pkg_config_of_the_host(self):
        """The SDK's pkg-config does not see the host's packages."""
        if not shutil.which("pkg-config"):
            self.skipTest("pkg-config is not installed")
        env = {name: value for name, value in os.environ.items() if not name.startswith("PKG_CONFIG")}
        done = self.run_any(tool("pkg-config"), "--list-all", env=env)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
