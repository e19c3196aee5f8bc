# SPDX-License-Identifier: MIT
"""Where packages are searched: every way to name a prefix leads there, none to the host."""

import os
import shutil
import unittest

import support
from support import Case, tool

ASK = """
cmake_minimum_required(VERSION 3.20)
{policy}
project(ask C)
find_package(shape QUIET CONFIG)
find_library(SHAPE shape)
find_path(HEADER shape.h)
find_package(OpenSSL QUIET)
find_library(HOST_ONLY ssl)
find_library(BOTH shape CMAKE_FIND_ROOT_PATH_BOTH)
find_library(ONLY ssl PATHS /usr/lib/x86_64-linux-gnu ONLY_CMAKE_FIND_ROOT_PATH)
find_library(NAMED shape PATHS "{prefix}/lib" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
message(STATUS "answers ${{shape_FOUND}}|${{SHAPE}}|${{HEADER}}|${{OPENSSL_FOUND}}|${{HOST_ONLY}}|${{ONLY}}|${{NAMED}}|${{BOTH}}")
"""
SHAPE = "set(shape_FOUND TRUE)\n"
AUTOCONF = """AC_INIT([user], [1])
AM_INIT_AUTOMAKE([foreign subdir-objects])
AC_PROG_CC
AC_CHECK_FUNCS([fork epoll_create])
AC_CHECK_HEADERS([linux/limits.h sys/mman.h])
AC_SEARCH_LIBS([shape_area], [shape], [], [AC_MSG_ERROR([no shape])])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
"""
AUTOMAKE = "check_PROGRAMS = good bad\nTESTS = good bad\nXFAIL_TESTS = bad\ngood_SOURCES = good.c\nbad_SOURCES = bad.c\n"


class Prefixes(Case):
    """A prefix with a package that is nothing but its names."""

    def setUp(self):
        super().setUp()
        self.prefix = self.folder / "own"
        for name, text in (("lib/cmake/shape/shapeConfig.cmake", SHAPE), ("include/shape.h", "int shape_area(int, int);\n")):
            (self.prefix / name).parent.mkdir(parents=True, exist_ok=True)
            (self.prefix / name).write_text(text, encoding="utf-8")
        self.write("shape.c", "int shape_area(int w, int h);\nint shape_area(int w, int h) { return w * h; }\n")
        self.run_good(tool("clang"), "-c", "shape.c", "-o", "shape.o")
        self.run_good(tool("ar"), "rc", self.prefix / "lib/libshape.a", "shape.o")

    def ask(self, *options, policy="", env=None):
        """What a project finds."""
        self.write("ask/CMakeLists.txt", ASK.format(policy=policy, prefix=self.prefix))
        shutil.rmtree(self.folder / "build", ignore_errors=True)
        text = self.run_good("cmake", "-G", "Ninja", "-S", self.folder / "ask", "-B", self.folder / "build",
                             f"-DCMAKE_TOOLCHAIN_FILE={support.SDK / 'toolchain' / 'coconut.cmake'}", *options, env=env)
        return text.split("answers ")[1].splitlines()[0].split("|")

    def found(self, *options, **more):
        """All of the package is found in the prefix, and nothing of the host's."""
        package, library, header, host, host_library, only, named, both = self.ask(*options, **more)
        self.assertEqual((package, library, header), ("1", f"{self.prefix}/lib/libshape.a", f"{self.prefix}/include"))
        self.assertEqual((host, host_library, only), ("FALSE", "HOST_ONLY-NOTFOUND", "ONLY-NOTFOUND"))
        self.assertEqual((named, both), (f"{self.prefix}/lib/libshape.a", f"{self.prefix}/lib/libshape.a"))

    def test_prefix_by_option(self):
        """-DCMAKE_PREFIX_PATH."""
        self.found(f"-DCMAKE_PREFIX_PATH={self.prefix}")

    def test_prefix_by_environment(self):
        """The environment's CMAKE_PREFIX_PATH, with a second folder in it."""
        self.found(env={"CMAKE_PREFIX_PATH": f"{self.folder}/none:{self.prefix}"})

    def test_prefix_as_root(self):
        """-DCMAKE_FIND_ROOT_PATH is added to the sysroot, not lost, and does not replace it."""
        self.found(f"-DCMAKE_FIND_ROOT_PATH={self.prefix}")

    def test_prefix_of_one_package(self):
        """-DNAME_ROOT: for the package of that name."""
        package, *_ = self.ask(f"-Dshape_ROOT={self.prefix}", policy="cmake_policy(SET CMP0074 NEW)")
        self.assertEqual(package, "1")

    def test_prefix_old_policies(self):
        """The same under policies of CMake 3.5, set behind the toolchain file's."""
        self.found(f"-DCMAKE_PREFIX_PATH={self.prefix}", policy="cmake_policy(VERSION 3.5)")

    def test_prefix_of_the_host_is_none(self):
        """/usr and / as prefixes do not bring the host's libraries in."""
        for prefix in ("/usr", "/", "/usr/local"):
            package, library, _, host, host_library, only, *_ = self.ask(f"-DCMAKE_PREFIX_PATH={prefix}")
            self.assertEqual((package, library, host, host_library, only),
                             ("0", "SHAPE-NOTFOUND", "FALSE", "HOST_ONLY-NOTFOUND", "ONLY-NOTFOUND"), prefix)

    def test_compiler_of_the_host(self):
        """The compiler sees no header and no library of the host, not even by the host's own variables."""
        self.write("host.c", "#if __has_include(<linux/limits.h>)\n#error host\n#endif\nint main(void) { return 0; }\n")
        env = {"C_INCLUDE_PATH": "", "CPATH": "", "LIBRARY_PATH": "/usr/lib/x86_64-linux-gnu"}
        self.run_good(tool("clang"), "host.c", "-o", "host", env=env)
        done = self.run_any(tool("clang"), "host.c", "-lssl", "-o", "host", env=env)
        self.assertIn("unable to find library -lssl", done.stderr)

    @unittest.skipUnless(shutil.which("autoreconf") and shutil.which("automake"), "autoconf or automake is not installed")
    def test_autotools(self):
        """A package made by autoconf and automake: config.site, a library of the user's, `make check` in the kernel."""
        self.write("user/configure.ac", AUTOCONF)
        self.write("user/Makefile.am", AUTOMAKE)
        body = "int shape_area(int w, int h);\nint main(void) { return shape_area(6, 7) - %d; }\n"
        self.write("user/good.c", body % 42)
        self.write("user/bad.c", body % 41)
        self.run_good("autoreconf", "-fi", cwd=self.folder / "user")
        (self.folder / "build").mkdir()
        (self.folder / "sdk").symlink_to(support.SDK)  # without the blank, for make
        env = {"LDFLAGS": f"-L{self.prefix}/lib"}
        text = self.run_good(self.folder / "sdk/bin/coconut-configure", "../user", cwd=self.folder / "build", env=env)
        for answer in (r"host system type.*coconut|checking for fork\.\.\. (\(cached\) )?yes", r"checking for epoll_create\.\.\. no",
                       r"checking for linux/limits.h\.\.\. no", r"checking for sys/mman.h\.\.\. (\(cached\) )?yes"):
            self.assertRegex(text, answer)
        run = f"LOG_COMPILER={self.folder}/sdk/bin/coconut run"
        text = self.run_good("make", "check", run, cwd=self.folder / "build", env={**os.environ, **env})
        self.assertRegex(text, r"# PASS: +1")
        self.assertRegex(text, r"# XFAIL: +1")

    def packages(self):
        """A package of the user's, and the words of PKG_CONFIG_PATH: the user's folder among the host's."""
        self.write("own/lib/pkgconfig/shape.pc", f"Name: shape\nDescription: d\nVersion: 1\nCflags: -I{self.prefix}/include\n")
        return f"/usr/lib/x86_64-linux-gnu/pkgconfig:{self.prefix}/lib/pkgconfig:/usr/lib/../share/pkgconfig:/nowhere"

    def package_of_the_host(self):
        """The name of one."""
        return (self.run_good("pkg-config", "--list-all").split() or ["zlib"])[0]

    @unittest.skipUnless(shutil.which("pkg-config"), "pkg-config is not installed")
    def test_pkg_config_path(self):
        """PKG_CONFIG_PATH leads to the user's packages with every pkg-config, and never to the host's."""
        host = self.package_of_the_host()
        env = {"PKG_CONFIG_PATH": self.packages()}
        self.assertEqual(self.run_good(tool("pkg-config"), "--list-all", env=env).split(), ["shape", "shape", "-", "d"])
        self.write("ask/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(ask C)\nfind_package(PkgConfig REQUIRED)\n"
                   f"pkg_check_modules(OWN shape)\npkg_check_modules(HOST {host})\n"
                   "message(STATUS \"answers ${OWN_FOUND}|${OWN_INCLUDE_DIRS}|${HOST_FOUND}|\")\n")
        text = self.run_good("cmake", "-G", "Ninja", "-S", self.folder / "ask", "-B", self.folder / "build",
                             f"-DCMAKE_TOOLCHAIN_FILE={support.SDK / 'toolchain' / 'coconut.cmake'}", env=env)
        self.assertEqual(text.split("answers ")[1].splitlines()[0], f"1|{self.prefix}/include||")

    @unittest.skipUnless(shutil.which("pkg-config"), "pkg-config is not installed")
    def test_pkg_config_of_static_libraries(self):
        """pkg_check_modules() links what a static library needs itself, by module and by library."""
        self.write("own/lib/pkgconfig/shape.pc", "Name: shape\nDescription: d\nVersion: 1\nLibs: -lshape\n"
                   "Requires.private: line\nLibs.private: -lpoint\n")
        self.write("own/lib/pkgconfig/line.pc", "Name: line\nDescription: d\nVersion: 1\nLibs: -lline\n")
        self.write("ask/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(ask C)\nfind_package(PkgConfig REQUIRED)\n"
                   "pkg_check_modules(OWN REQUIRED shape)\nmessage(STATUS \"answers ${OWN_LIBRARIES}\")\n")
        text = self.run_good("cmake", "-G", "Ninja", "-S", self.folder / "ask", "-B", self.folder / "build",
                             f"-DCMAKE_PREFIX_PATH={self.prefix}",
                             f"-DCMAKE_TOOLCHAIN_FILE={support.SDK / 'toolchain' / 'coconut.cmake'}")
        self.assertEqual(sorted(text.split("answers ")[1].splitlines()[0].split(";")), ["line", "point", "shape"])

    @unittest.skipUnless(shutil.which("pkg-config"), "pkg-config is not installed")
    def test_pkg_config_of_configure(self):
        """The same for configure scripts, by $PKG_CONFIG as by plain pkg-config."""
        host = self.package_of_the_host()
        self.write("user/configure", "#!/bin/sh\nfor word; do case $word in PKG_CONFIG=*) own=${word#*=} ;; esac; done\n"
                   f"for one in \"$own\" pkg-config; do\n    $one --cflags shape && ! $one --exists {host} || exit 1\ndone\n")
        os.chmod(self.folder / "user/configure", 0o755)
        (self.folder / "build").mkdir()
        text = self.run_good(support.SDK / "bin/coconut-configure", "../user", cwd=self.folder / "build",
                             env={"PKG_CONFIG_PATH": self.packages(), "PKG_CONFIG_SYSROOT_DIR": "/wrong"})
        self.assertEqual(text.split(), [f"-I{self.prefix}/include"] * 2)

    def test_ctest_runs(self):
        """ctest runs programs in the kernel, and tells a good one from a bad one."""
        self.write("t/CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(t C)\nenable_testing()\n"
                   "add_executable(good good.c)\nadd_executable(bad bad.c)\nadd_test(NAME good COMMAND good)\n"
                   "add_test(NAME bad COMMAND bad)\nset_tests_properties(bad PROPERTIES WILL_FAIL TRUE)\n")
        self.write("t/good.c", "int main(void) {\n#ifdef __coconut__\n    return 0;\n#endif\n    return 1;\n}\n")
        self.write("t/bad.c", "int main(void) { return 3; }\n")
        self.cmake(self.folder / "t")
        self.run_good("cmake", "--build", self.folder / "build")
        self.assertIn("100% tests passed, 0 tests failed out of 2", self.run_good("ctest", "--test-dir", self.folder / "build"))
