# SPDX-License-Identifier: MIT
"""CMake and Autotools with the SDK."""

import json
import shutil

import support
from support import HELLO, Case, tool

QUESTIONS = """
cmake_minimum_required(VERSION 3.10)
project(questions C)
include(CheckFunctionExists)
include(CheckSymbolExists)
include(CheckIncludeFile)
include(CheckTypeSize)
include(CheckCSourceCompiles)
check_function_exists(printf HAVE_PRINTF)
check_function_exists(no_such_function HAVE_NONE)
check_symbol_exists(EINTR errno.h HAVE_EINTR)
check_symbol_exists(EPOLLIN sys/epoll.h HAVE_EPOLL)
check_include_file(sys/mman.h HAVE_MMAN)
check_include_file(linux/types.h HAVE_LINUX)
check_type_size(long LONG)
check_type_size("long double" LONG_DOUBLE)
check_type_size(off_t OFF_T)
check_type_size(no_such_t NONE_T)
check_c_source_compiles("int main(void) { return 0; }" COMPILES)
check_c_source_compiles("int main(void) { return nothing; }" COMPILES_NOT)
find_package(Threads)
find_library(HOST_SSL ssl)
find_path(HOST_INCLUDE sys/epoll.h)
find_program(HOST_SHELL sh)
foreach(name HAVE_PRINTF HAVE_NONE HAVE_EINTR HAVE_EPOLL HAVE_MMAN HAVE_LINUX LONG LONG_DOUBLE OFF_T
        HAVE_NONE_T COMPILES COMPILES_NOT Threads_FOUND UNIX COCONUT WIN32 CMAKE_CROSSCOMPILING
        CMAKE_SYSTEM_NAME HOST_SSL HOST_INCLUDE HOST_SHELL CMAKE_THREAD_LIBS_INIT)
    message(STATUS "answer ${name}=${${name}}")
endforeach()
"""

BOTH_KINDS = """
cmake_minimum_required(VERSION 2.8.12)
project(both C)
add_library(part SHARED part.c absent.rc)
add_library(part_static STATIC part.c)
set_target_properties(part part_static PROPERTIES OUTPUT_NAME part)
add_executable(user user.c)
target_link_libraries(user part)
enable_testing()
add_test(short user "an argument" "a;b" WORKING_DIRECTORY nowhere)
add_test(NAME long COMMAND user x)
add_test(NAME path COMMAND ${CMAKE_CURRENT_BINARY_DIR}/user)
add_test(NAME host COMMAND ${CMAKE_COMMAND} -E true)
add_test(NAME script COMMAND ${CMAKE_COMMAND} "-DLINE=$<TARGET_FILE:user> --x y" "-DFILE=$<TARGET_FILE:user>"
         "-DOTHER=$<TARGET_FILE_NAME:user> x" -P script.cmake)
"""

SCRIPTED = """
cmake_minimum_required(VERSION 3.20)
project(scripted C)
enable_testing()
add_executable(user user.c)
add_test(NAME shell COMMAND sh -c [[ "$0" word; test $? = 3 ]] $<TARGET_FILE:user>)
add_test(NAME script COMMAND ${CMAKE_COMMAND} -DFILE=$<TARGET_FILE:user> -P ${CMAKE_SOURCE_DIR}/run.cmake)
add_test(NAME argument COMMAND user $<TARGET_FILE:user>)
add_test(NAME emulator COMMAND sh -c [["$@"; test $? = 3]] sh ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:user> word)
"""

PACKAGE = """
cmake_minimum_required(VERSION 3.20)
project(package C)
find_package(Coconut REQUIRED)
coconut_add_program(hello SOURCES hello.c LIBRARIES m)
"""

CONFIGURE = """#!/bin/sh
# The parts of a configure script that matter here.
dir=${0%/*}
for argument; do
    case $argument in
        --build=*) build=${argument#*=} ;;
        --host=*) host=${argument#*=} ;;
        *=*) eval "${argument%%=*}='${argument#*=}'" ;;
    esac
done
. "$CONFIG_SITE"
host=$(sh "$dir/config.sub" "$host") || exit 1
other=$(sh "$dir/config.sub" i686-linux) || exit 1
echo 'int main(void) { return 0; }' >conftest.c
"$CC" conftest.c -o conftest || exit 1
printf 'all:\\n\\t%s -o program %s/main.c\\n' "'$CC'" "$dir" >Makefile
echo "build=$build host=$host other=$other fork=$ac_cv_func_fork_works" >result
"""


class CMake(Case):
    """The toolchain file."""

    def test_questions(self):
        """Feature checks answer for this system, not for the host."""
        self.write("CMakeLists.txt", QUESTIONS)
        output = self.cmake(self.folder)
        answers = dict(line.split("answer ", 1)[1].split("=", 1)
                       for line in output.splitlines() if "answer " in line)
        expected = {"HAVE_PRINTF": "1", "HAVE_NONE": "", "HAVE_EINTR": "1", "HAVE_EPOLL": "",
                    "HAVE_MMAN": "1", "HAVE_LINUX": "", "LONG": "8", "LONG_DOUBLE": "16",
                    "OFF_T": "8", "HAVE_NONE_T": "FALSE", "COMPILES": "1", "COMPILES_NOT": "",
                    "Threads_FOUND": "TRUE", "UNIX": "1", "COCONUT": "1", "WIN32": "",
                    "CMAKE_CROSSCOMPILING": "TRUE", "CMAKE_SYSTEM_NAME": "Coconut",
                    "HOST_SSL": "HOST_SSL-NOTFOUND", "HOST_INCLUDE": "HOST_INCLUDE-NOTFOUND",
                    "CMAKE_THREAD_LIBS_INIT": ""}
        shell = answers.pop("HOST_SHELL")
        self.assertTrue(shell.endswith("/sh"), "programs of the host must be found")
        self.assertEqual(answers, expected)

    def _both_kinds(self):
        self.write("CMakeLists.txt", BOTH_KINDS)
        self.write("part.c", "int part(void);\nint part(void) { return 3; }\n")
        self.write("user.c", "int part(void);\nint main(void) { return part() - 3; }\n")
        self.cmake(self.folder, "-Wno-deprecated")

    def test_shared_and_static_of_one_name(self):
        """A project that builds both kinds of a library builds unchanged."""
        self._both_kinds()
        self.run_good("ninja", "-C", self.folder / "build")
        self.assertTrue((self.folder / "build" / "libpart.a").is_file())
        self.assertTrue((self.folder / "build" / "shared" / "libpart.a").is_file())

    def test_tests_use_the_emulator(self):
        """Every form of add_test() runs a program through `coconut run`, and host tools without."""
        self._both_kinds()
        text = self.run_good("ctest", "--show-only=json-v1", "--test-dir", self.folder / "build")
        commands = {test["name"]: test.get("command") for test in json.loads(text)["tests"]}
        run = [str(support.SDK / "bin" / "coconut"), "run"]
        user = str(self.folder / "build" / "user")
        # ctest leaves out the command of a test whose program is not built; names must be there.
        self.assertEqual(set(commands), {"short", "long", "path", "host", "script"})
        self.run_good("ninja", "-C", self.folder / "build")
        text = self.run_good("ctest", "--show-only=json-v1", "--test-dir", self.folder / "build")
        commands = {test["name"]: test["command"] for test in json.loads(text)["tests"]}
        self.assertEqual(commands["short"], [*run, user, "an argument", "a;b",
                                             "WORKING_DIRECTORY", "nowhere"])
        self.assertEqual(commands["long"], [*run, user, "x"])
        self.assertEqual(commands["path"], [*run, user])
        self.assertEqual(commands["host"][1:], ["-E", "true"])
        self.assertEqual(commands["script"][1:], [f"-DLINE={' '.join(run)} {user} --x y", f"-DFILE={self.folder}/build/CMakeFiles/coconut-run/user",
                                                  "-DOTHER=user x", "-P", "script.cmake"])

    def test_program_for_a_script(self):
        """A test that a program of the host runs starts this project's program in the kernel; another gets its path."""
        self.write("CMakeLists.txt", SCRIPTED)
        self.write("user.c", "#include <stdio.h>\n#include <string.h>\nint main(int count, char **words)\n{\n#ifdef __coconut__\n"
                   "    puts(count > 1 ? words[1] : \"\");\n    if (count > 1 && strstr(words[1], \"/user\") != 0) {\n        return strstr(words[1], \"coconut-run\") != 0 ? 4 : 0;\n"
                   "    }\n    return 3;\n"
                   "#endif\n    return 5;\n}\n")
        self.write("run.cmake", 'execute_process(COMMAND "${FILE}" "a word" RESULT_VARIABLE status OUTPUT_VARIABLE text)\n'
                   'if(NOT status EQUAL 3 OR NOT text STREQUAL "a word\\n")\n    message(FATAL_ERROR "${status} ${text}")\nendif()\n')
        for kind in ((), ("-DCMAKE_BUILD_TYPE=Release",)):
            self.cmake(self.folder, *kind)
            self.run_good("ninja", "-C", self.folder / "build")
            self.assertIn("100% tests passed, 0 tests failed out of 4",
                          self.run_good("ctest", "--output-on-failure", "--test-dir", self.folder / "build"))

    def test_package(self):
        """find_package(Coconut) gives coconut_add_program(): program, map, stripped copy."""
        self.write("CMakeLists.txt", PACKAGE)
        self.write("hello.c", HELLO)
        self.cmake(self.folder, "-DCMAKE_BUILD_TYPE=RelWithDebInfo")
        self.run_good("ninja", "-C", self.folder / "build")
        for name in ("hello", "hello.map", "hello.stripped"):
            self.assertTrue((self.folder / "build" / name).is_file(), name)
        self.assertIn(".debug_info", self.readelf(self.folder / "build" / "hello", "-SW"))
        self.assertNotIn(".debug_info", self.readelf(self.folder / "build" / "hello.stripped", "-SW"))

    def test_user_prefix(self):
        """A package installed to a prefix of the user's is found there and not on the host."""
        prefix = self.folder / "prefix"
        config = "lib/cmake/Other/OtherConfig.cmake"
        (prefix / config).parent.mkdir(parents=True)
        (prefix / config).write_text("set(Other_FOUND TRUE)\n", encoding="utf-8")
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(p C)\n"
                                     "find_package(Other REQUIRED CONFIG)\n")
        self.cmake(self.folder, f"-DCMAKE_PREFIX_PATH={prefix}")

    def test_without_sdk(self):
        """The toolchain file alone says in one line what is missing."""
        lone = self.folder / "lone" / "toolchain"
        lone.mkdir(parents=True)
        shutil.copy(support.SDK / "toolchain" / "coconut.cmake", lone)
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(p C)\n")
        self.run_bad(r"no SDK at .*\s*run\s+\./coconut\s+build", "cmake", "-G", "Ninja", "-S",
                     self.folder, "-B", self.folder / "build",
                     f"-DCMAKE_TOOLCHAIN_FILE={lone / 'coconut.cmake'}")

    def test_package_without_toolchain(self):
        """find_package(Coconut) in a host build is refused."""
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(p NONE)\n"
                                     f"find_package(Coconut REQUIRED PATHS \"{support.SDK}\")\n")
        self.run_bad("not configured with\\s+coconut.cmake", "cmake", "-G", "Ninja", "-S",
                     self.folder, "-B", self.folder / "build")


class Autotools(Case):
    """coconut-configure."""

    def _package(self):
        source = self.folder / "package"
        self.write("package/configure", CONFIGURE).chmod(0o755)
        self.write("package/config.sub", "#!/bin/sh\necho \"canonical-$1\"\n")
        self.write("package/config.guess", "#!/bin/sh\necho x86_64-pc-linux-gnu\n")
        self.write("package/main.c", HELLO)
        (self.folder / "build").mkdir()
        return source

    def test_configure(self):
        """The package learns host, build and tools; its source stays as it was."""
        source = self._package()
        before = sorted(path.name for path in source.rglob("*"))
        self.run_good(support.SDK / "bin" / "coconut-configure", source,
                      cwd=self.folder / "build")
        text = (self.folder / "build" / "result").read_text(encoding="utf-8")
        self.assertEqual(text, f"build=x86_64-pc-linux-gnu host={support.TRIPLE} "
                               "other=canonical-i686-linux fork=no\n")
        self.assertEqual(sorted(path.name for path in source.rglob("*")), before)
        self.run_good("make", cwd=self.folder / "build")
        self.assertRegex(self.readelf(self.folder / "build" / "program", "-hW"), r"Type: +DYN")

    def test_configure_refusals(self):
        """No source, no script, inside the source: one line each."""
        command = support.SDK / "bin" / "coconut-configure"
        self.run_bad("usage: coconut-configure", command)
        self.run_bad("no configure script there", command, self.folder)
        source = self._package()
        done = self.run_any(command, source, cwd=source)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("outside of the source folder", done.stderr)

    def test_missing_compiler(self):
        """Without clang the command says what to install."""
        empty = self.folder / "empty"
        empty.mkdir()
        for name in ("sh", "readlink"):
            (empty / name).symlink_to(shutil.which(name))
        done = self.run_any(tool("clang"), "-c", "x.c", env={"PATH": str(empty)})
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("install the packages clang-19", done.stderr)
