# SPDX-License-Identifier: MIT
"""Compiler, linker and C library as commands."""

import re
import subprocess

import support
from support import HELLO, Case, tool


#: tests/bench/hello: source, options, the most bytes that the stripped program may have.
HELLO_SIZES = (("exceptions", (), 250 << 10), ("plain", ("-fno-exceptions",), 40 << 10))


class Compiler(Case):
    """Predefined macros, search paths, default code."""

    def test_macros(self):
        """The system is told by __coconut__ and is a UNIX, not Linux."""
        text = self.run_good(tool("clang"), "-dM", "-E", "-x", "c", "/dev/null")
        for name in ("__coconut__", "__unix__", "__x86_64__", "__ELF__"):
            self.assertRegex(text, rf"#define {name} 1\b")
        self.assertNotRegex(text, r"#define (__linux__|__gnu_linux__|linux) ")

    def test_no_host_headers(self):
        """Only the compiler's own and the sysroot's headers are ever looked at."""
        source = self.write("leak.c", "#include <linux/types.h>\n")
        self.run_bad("'linux/types.h' file not found", tool("clang"), "-c", source)
        source = self.write("all.c", "#include <stdio.h>\n#include <limits.h>\n#include <stdint.h>\n"
                                     "#include <pthread.h>\n#include <math.h>\n#include <signal.h>\n")
        done = self.run_any(tool("clang"), "-H", "-c", source)
        self.assertEqual(done.returncode, 0, done.stderr)
        used = re.findall(r"^\.+ (.+)$", done.stderr, re.MULTILINE)
        self.assertGreater(len(used), 20)
        for path in used:
            self.assertTrue(path.startswith(str(support.SDK)) or "/lib/clang/19/" in path, path)

    def test_headers_self_contained(self):
        """Each header compiles alone, as C and as C++, without a warning."""
        include = support.SDK / "sysroot" / "usr" / "include"
        ours = sorted(path.relative_to(support.TOP / "libc-port" / "include")
                      for path in (support.TOP / "libc-port" / "include").rglob("*.h"))
        self.assertGreater(len(ours), 20)
        for name in ours:
            self.assertTrue((include / name).is_file(), f"{name} is not installed")
        for compiler, suffix in (("clang", "c"), ("clang++", "cpp")):
            sources = [self.write(f"h{number}.{suffix}", f"#include <{name}>\n#include <{name}>\n")
                       for number, name in enumerate(ours)]
            self.run_good(tool(compiler), "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE",
                          "-fsyntax-only", *sources)

    def test_errno_is_one(self):
        """Whichever header comes first, errno is the same thread-local variable."""
        source = self.write("first.c", "#include <sys/param.h>\n#include <errno.h>\n"
                                       "int get(void);\nint get(void) { return errno; }\n")
        self.run_good(tool("clang"), "-c", source, "-o", self.folder / "first.o")
        names = self.run_good(tool("nm"), "-u", self.folder / "first.o")
        self.assertIn("_tls_errno", names)

    def test_options_of_the_assembler(self):
        """Options for the assembler do no harm where nothing is assembled."""
        source = self.write("hello.c", HELLO)
        self.run_good(tool("clang"), "-c", source, "-o", self.folder / "hello.o")
        self.run_good(tool("clang"), "-Wa,--noexecstack", self.folder / "hello.o", "-o", self.folder / "hello")

    def test_size_of_hello(self):
        """A C++ program that needs little of the library is small."""
        for name, options, limit in HELLO_SIZES:
            output = self.folder / name
            self.run_good(tool("clang++"), "-std=c++20", "-Os", "-s", *options,
                          support.TOP / "tests" / "bench" / "hello" / f"{name}.cpp", "-o", output)
            self.assertLess(output.stat().st_size, limit, name)

    def test_stack_protector(self):
        """Functions with buffers on the stack check a guard."""
        source = self.write("buffer.c", "void use(char *);\nvoid run(void);\n"
                                        "void run(void) { char text[64]; use(text); }\n")
        self.run_good(tool("clang"), "-O2", "-c", source, "-o", self.folder / "buffer.o")
        self.assertIn("__stack_chk_fail", self.run_good(tool("nm"), "-u", self.folder / "buffer.o"))

    def test_frame_pointer_and_tls(self):
        """Frame pointers are kept; thread-local variables need no call and no table."""
        source = self.write("tls.c", "extern _Thread_local int other;\nint get(void);\n"
                                     "int get(void) { return other; }\n")
        text = self.run_good(tool("clang"), "-O2", "-S", source, "-o", "-")
        self.assertIn("%rsp, %rbp", text)
        self.assertIn("other@TPOFF", text)

    def test_positional_float(self):
        """printf's engine is built with the va_list correction: the archive's symbol is there."""
        archive = support.SDK / "sysroot" / "usr" / "lib" / "libc.a"
        text = self.run_good(tool("nm"), archive)
        self.assertRegex(text, r" T _vfprintf_r")
        self.assertNotIn(" U __errno\n", text)
        self.assertNotIn(" U _impure_ptr\n", text)


class Link(Case):
    """What a linked program looks like, and what the link driver makes of options."""

    def test_default_is_static_pie(self):
        """PIE, no interpreter, only relative relocations, RELRO, W^X, build id."""
        program = self.compile(HELLO)
        self.assertRegex(self.readelf(program, "-hW"), r"Type: +DYN")
        kinds = self.segments(program)
        names = [kind for kind, _ in kinds]
        self.assertNotIn("INTERP", names)
        self.assertIn("GNU_RELRO", names)
        self.assertIn("GNU_EH_FRAME", names)
        self.assertIn(("GNU_STACK", "RW"), kinds)
        self.assertFalse([flags for kind, flags in kinds if "W" in flags and "E" in flags])
        relocations = set(re.findall(r"R_X86_64_\w+", self.readelf(program, "-rW")))
        self.assertLessEqual(relocations, {"R_X86_64_RELATIVE"})
        self.assertIn("Build ID: ", self.readelf(program, "-nW"))
        self.assertNotIn("NEEDED", self.readelf(program, "-dW"))

    def test_no_pie(self):
        """-no-pie gives a fixed address, without a warning even under -Werror."""
        program = self.compile(HELLO, "-no-pie", "-Werror")
        self.assertRegex(self.readelf(program, "-hW"), r"Type: +EXEC")

    def test_static_pie_and_habits(self):
        """Options other systems' builds pass are accepted."""
        program = self.compile(HELLO, "-static", "-pthread", "-rdynamic", "-fuse-ld=lld", "-lm",
                               "-lpthread", "-lrt", "-ldl", "-Wl,--as-needed,-z,now", "-static-pie")
        self.assertRegex(self.readelf(program, "-hW"), r"Type: +DYN")

    def test_shared_is_refused(self):
        """There are no shared libraries, and the message says so."""
        source = self.write("part.c", "int part(void);\nint part(void) { return 1; }\n")
        self.run_bad("shared libraries are not supported", tool("clang"), "-shared", source, "-o",
                     self.folder / "libpart.so")
        self.assertFalse((self.folder / "libpart.so").exists())

    def test_relocatable(self):
        """-r joins objects and adds nothing."""
        source = self.write("part.c", "int part(void);\nint part(void) { return 1; }\n")
        self.run_good(tool("clang"), "-r", source, "-o", self.folder / "part.o")
        self.assertRegex(self.readelf(self.folder / "part.o", "-hW"), r"Type: +REL")
        self.assertNotIn("_start", self.run_good(tool("nm"), self.folder / "part.o"))

    def test_no_standard_library(self):
        """-nostdlib adds neither start files nor libraries; -nodefaultlibs keeps the start files."""
        start = "void _start(void);\nvoid _start(void) { for (;;) { } }\n"
        program = self.compile(start, "-nostdlib", "-ffreestanding", "-no-pie")
        self.assertEqual(self.run_good(tool("nm"), program).count(" T "), 1)
        source = self.write("main.c", HELLO)
        self.run_bad("undefined symbol: __coco_libc_start", tool("clang"), "-nodefaultlibs", source,
                     "-o", self.folder / "none")

    def test_undefined_is_an_error(self):
        """A missing function is found at link time, and no program is written."""
        source = self.write("main.c", "int absent(void);\nint main(void) { return absent(); }\n")
        self.run_bad("undefined symbol: absent", tool("clang"), source, "-o", self.folder / "none")
        self.assertFalse((self.folder / "none").exists())

    def test_absent_functions_are_named(self):
        """Linking a function that always fails says so; --no-warnings does not, others have none."""
        source = self.write("absent.c", "#include <unistd.h>\n"
                                        "int main(void) { return chroot(\"/\") == 0; }\n")
        done = self.run_any(tool("clang"), source, "-o", self.folder / "absent")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, "ld: warning: chroot: not implemented on COCONUT")
        quiet = self.run_any(tool("clang"), "-Wl,--no-warnings", source, "-o", self.folder / "absent")
        self.assertEqual((quiet.returncode, quiet.stderr), (0, ""))
        hello = self.run_any(tool("clang"), self.write("quiet.c", HELLO), "-o", self.folder / "quiet")
        self.assertEqual((hello.returncode, hello.stderr), (0, ""))

    def test_output_to_standard_output(self):
        """`-o -`, as lld has it, does not wait for input."""
        source, output = self.write("main.c", HELLO), self.folder / "out"
        with output.open("wb") as stream, subprocess.Popen([tool("clang"), source, "-o", "-"], stdin=subprocess.PIPE,
                                                           stdout=stream) as linking:
            self.assertEqual(linking.wait(support.LIMIT), 0)
        self.assertEqual(output.read_bytes()[:4], b"\x7fELF")

    def test_names_with_blanks(self):
        """Paths with blanks and commas in other options reach the linker unharmed."""
        source = self.write("a folder/main file.c", HELLO)
        output = self.folder / "a folder" / "out put"
        self.run_good(tool("clang"), source, "-o", output, "-Xlinker", "-Map",
                      "-Xlinker", self.folder / "a folder" / "a map")
        self.assertTrue(output.is_file())
        self.assertTrue((self.folder / "a folder" / "a map").is_file())

    def test_large_file_names(self):
        """Names with 64, which C++ and _GNU_SOURCE have on Linux."""
        text = ("#include <dirent.h>\n#include <fcntl.h>\n#include <stdio.h>\n#include <sys/mman.h>\n#include <sys/stat.h>\n"
                "#include <unistd.h>\nint main(void)\n{\n    struct stat64 s;\n    off64_t o = lseek64(0, 0, 0);\n"
                "    struct dirent64 *d = 0;\n    (void)d;\n    mmap64(0, 1, 0, 0, open64(\".\", O_LARGEFILE), o);\n"
                "    return fseeko64(stdin, ftello64(stdin), 0) + fstat64(0, &s) + stat64(\".\", &s);\n}\n")
        self.run_good(tool("clang++"), "-Werror", self.write("names.cpp", text), "-o", self.folder / "names")
        self.run_good(tool("clang"), "-D_GNU_SOURCE", "-Werror", self.write("names.c", text), "-o", self.folder / "names")

    def test_started_on_the_host(self):
        """A program that is started without `coconut run` fails there, so that no test seems to pass."""
        for options in ((), ("-no-pie",)):
            self.assertEqual(self.run_any(self.compile(HELLO, *options)).returncode, 127)

    def test_mathematics_without_option(self):
        """libm is linked by itself, for C and for a static library that needs it."""
        shape = self.write("shape.c", "#include <math.h>\ndouble shape(double x) { return pow(x, 2); }\n")
        main = self.write("main.c", "double shape(double);\nint main(int n, char **v) { (void)v; return (int)shape(n); }\n")
        self.run_good(tool("clang"), "-fno-builtin", "-c", shape, "-o", self.folder / "shape.o")
        self.run_good(tool("ar"), "rcs", self.folder / "libshape.a", self.folder / "shape.o")
        self.run_good(tool("clang"), main, f"-L{self.folder}", "-lshape", "-o", self.folder / "main")
        self.assertRegex(self.run_good(tool("nm"), self.folder / "main"), r" T pow\n")

    def test_user_library_wins(self):
        """A program's own malloc replaces the library's."""
        own = ('#include <stddef.h>\nstatic char pool[64];\nvoid *malloc(size_t n);\n'
               'void free(void *p);\nvoid *malloc(size_t n) { return n > 64 ? 0 : pool; }\n'
               'void free(void *p) { (void)p; }\n'
               'int main(void) { return malloc(8) != pool; }\n')
        self.compile(own)

    def test_builtins(self):
        """128-bit division comes from compiler-rt."""
        program = self.compile("int main(int c, char **v) { (void)v; __int128 x = c; "
                               "return (int)((x << 70) / (c + 2)); }\n", "-g0")
        self.assertIn("__divti3", self.run_good(tool("nm"), program))

    def test_plain_make(self):
        """A Makefile that knows nothing of this system builds with CC set."""
        self.write("hello.c", HELLO)
        self.write("Makefile", "hello: hello.o\n\t$(CC) $(LDFLAGS) -o $@ $^\n")
        self.run_good("make", f"CC={support.TRIPLE}-clang",
                      env={"PATH": f"{support.SDK / 'bin'}:/usr/bin:/bin"})
        self.assertRegex(self.readelf(self.folder / "hello", "-hW"), r"Type: +DYN")

    def test_through_a_link(self):
        """The compiler finds its prefix when it is called through a symbolic link."""
        (self.folder / "cc").symlink_to(tool("clang"))
        source = self.write("hello.c", HELLO)
        self.run_good(self.folder / "cc", source, "-o", self.folder / "hello")


class Library(Case):
    """The archives of the sysroot."""

    def test_no_build_paths(self):
        """Archives do not tell where they were built."""
        lib = support.SDK / "sysroot" / "usr" / "lib"
        files = sorted(lib.glob("*.[ao]"))
        self.assertGreaterEqual(len(files), 4)
        for path in files:
            data = path.read_bytes()
            for secret in (str(support.TOP).encode(), b"/.cache/", b"/source/newlib/"):
                self.assertFalse(secret in data, f"{path.name} contains {secret.decode()}")

    def test_archives_are_reproducible(self):
        """Members are sorted and carry no time and no owner."""
        lib = support.SDK / "sysroot" / "usr" / "lib"
        for name in ("libc.a", "libm.a", "libclang_rt.builtins.a"):
            rows = self.run_good(tool("ar"), "tvO", lib / name).splitlines()
            self.assertGreater(len(rows), 50, name)
            self.assertTrue(all(" 0/0 " in row and "1970" in row for row in rows), name)
            members = self.run_good(tool("ar"), "t", lib / name).split()
            self.assertEqual(members, sorted(members), name)
            self.assertEqual(len(members), len(set(members)), name)
