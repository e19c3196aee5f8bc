# SPDX-License-Identifier: MIT
"""The table of test suites: what each runs, and what its result depends on."""

import os
import sys

from coconut_cli import places

#: Stages in their order: on the host, beside the build; behind it, in machines of one CPU; in machines of several CPUs,
#: or with dates to meet, alone on this machine.
HOST, GUEST, ALONE = "host", "guest", "alone"
#: About how many seconds the long suites take with a processor each. A stage begins with them: the processors have
#: something to do until its end.
LONG = {
    "vtpm": 200, "kernel-unit": 60, "bad-input": 90, "runner": 30,
    "posix": 450, "port-fmt": 100, "cxx-conformance": 240, "port-googletest": 230, "port-catch2": 130,
    "port-doctest": 170, "run": 125, "raw-1": 120, "port-libsodium": 110, "port-sqlite": 100, "port-busybox": 100,
    "port-mbedtls": 100, "docs-commands": 90, "port-libxml2": 80, "port-libcbor": 60, "port-jansson": 50,
    "port-json": 50, "vtpm-guest": 80, "package": 60, "port-xz": 60, "toolchain": 50, "port-libuv": 40, "port-zstd": 30,
    "docs": 30, "spin": 25, "port-pcre2": 25,
}
#: What every program in the kernel depends on.
BOOTED = ("build/sdk/share/coconut", "sdk/tools/coconut_cli")


class Suite:
    """One suite. words: its command; inputs: paths its result depends on; seconds: time limit, many times what it takes on a
    machine that has nothing else to do.

    on_request: it is run only if it is named in full. The command finds in COCONUT_JOBS how many processes it may
    have at work at a time.
    """

    def __init__(self, name, text, stage, words, inputs, seconds=3600, env=None, on_request=False):
        self.on_request = on_request
        self.name, self.text, self.stage, self.seconds = name, text, stage, seconds
        self.words = [str(word) for word in words]
        self.inputs = [os.path.normpath(os.path.join(places.SOURCE, path)) for path in inputs]
        self.env = env or {}


def _python(path, *words):
    return [sys.executable, "-B", os.path.join(places.SOURCE, path), *words]


def _check(name, text, inputs, stage=HOST, words=(), **more):
    script = f"sdk/tools/checks/{name}.py"
    return Suite(name, text, stage, _python(script, *words), (*inputs, "sdk/tools/checks"), **more)


def _project(name, text, source, inputs, stage=HOST, options=(), **more):
    """A CMake project with ctest tests, built for the host."""
    build = os.path.join(places.BUILD, f"host-{name}")
    words = _python("sdk/tools/checks/ctest.py", name, source, build, *options)
    return Suite(name, text, stage, words, (source, *inputs, "sdk/tools/checks"), **more)


def _guest(name, text, program, cpus=1, words=(), options=(), **more):
    """A program that runs in the kernel and prints the line protocol."""
    path = os.path.join(places.BUILD, program)
    seconds = more.pop("seconds", 600)
    command = [os.path.join(places.SDK, "bin", "coconut"), "run", "--no-cwd", "--cpus", cpus,
               "--timeout", seconds, *options, path, *words]
    stage = GUEST if cpus == 1 else ALONE
    return Suite(name, text, stage, command, (*BOOTED, path), seconds + 30, **more)


def _guest_project(name, text, folder, cpus, **more):
    """A CMake project that the build has built; its ctest tests run in the kernel."""
    built = os.path.join(places.BUILD, folder)
    stage = more.pop("stage", GUEST if cpus == 1 else ALONE)
    flags = {"COCONUT_RUN_FLAGS": f"--no-cwd --cpus {cpus} --timeout 600"}
    return Suite(name, text, stage,
                 _python("sdk/tools/checks/ctest.py", name, "--built", built),
                 (*BOOTED, folder, f"build/{folder}", "sdk/tools/checks"), env=flags, **more)


def _host_suites():
    return [
        _check("format", "the pinned formatter", (".",)),
        _check("tree", "licence lines, READMEs", (".",)),
        _check("metrics", "sizes of files and functions", (".",)),
        _project("abi", "tables, pages and goldens of the system calls", "sysroot", ("docs/abi", "libc-port/expected")),
        Suite("records", "records of libraries and headers show a change", HOST,
              _python("tests/conformance/runner/run.py", "--folder", "libc-port/expected"),
              ("libc-port/expected", "tests/conformance/runner/run.py")),
        _check("rules", "each rule of the system calls is claimed by a test",
               ("sysroot/abi", "tests/conformance/raw", "kernel")),
        Suite("runner", "coconut run, boot and pack against a stand-in for QEMU", HOST,
              _python("tests/conformance/runner/run.py"),
              ("coconut", "sdk/tools", "sdk/init", "sdk/schema", "sdk/templates", "sysroot/abi",
               "tests/conformance/runner")),
        Suite("bad-input", "each command with what can be wrong: one line, its status, nothing left behind", HOST,
              _python("tests/conformance/runner/run.py", "--folder", "tests/conformance/badinput"),
              ("coconut", "sdk", "sysroot/abi", "tests/conformance/badinput", "tests/conformance/runner",
               "tests/conformance/ports")),
        Suite("bad-input-all", "a signal before each step of each command, where bad-input has those that write and start", HOST,
              _python("tests/conformance/runner/run.py", "--folder", "tests/conformance/badinput", "interrupted_step"),
              ("coconut", "sdk", "tests/conformance/badinput", "tests/conformance/runner"), seconds=7200,
              env={"COCONUT_STEPS": "all"}, on_request=True),
        Suite("docs", "the documentation: built as a site, every link followed, every block says how it is tested", HOST,
              _python("tests/conformance/runner/run.py", "--folder", "tests/conformance/docs"),
              (".", "tests/conformance/docs")),
        Suite("cxx-runner", "the runner of LLVM's library tests", HOST,
              _python("tests/conformance/runner/run.py", "--folder", "tests/conformance/libcxx"),
              ("tests/conformance/libcxx", "tests/conformance/batch", "tests/conformance/runner/run.py")),
        _project("kernel-unit", "kernel modules and fuzz targets on the host, ASan and UBSan",
                 "kernel/test", ("kernel", "sysroot/abi")),
        Suite("model", "all interleavings of the protocol of waiting and waking", HOST,
              _python("kernel/test/model/wait_model.py"), ("kernel/test/model",)),
        Suite("spin", "the same protocol in Promela, gone through by spin", HOST,
              _python("kernel/test/model/promela.py"), ("kernel/test/model",)),
        _project("libc-unit", "libc parts that need no kernel on the host, ASan and UBSan",
                 "libc-port/test", ("libc-port", "crt", "sysroot"),
                 options=["-DCMAKE_C_COMPILER=clang-19"]),
        _project("interface", "code made from interfaces, on the host under ASan and UBSan, fuzzed briefly",
                 "tests/conformance/interface/host",
                 ("tests/conformance/interface", "sysroot", "sdk/tools", "sdk/schema", "services", "samples"),
                 options=["-DCMAKE_C_COMPILER=clang-19", "-DCMAKE_CXX_COMPILER=clang++-19"]),
        _project("vtpm", "the virtual TPM on the host: beside OpenSSL, driven by tpm2-tools, fuzzed; ASan and UBSan",
                 "services/vtpm/test",
                 ("services/vtpm", "tests/conformance/ports/mbedtls", "tests/conformance/ports/mbedtls.json",
                  "tests/conformance/ports/run.py", "sdk/deps/deps.lock"),
                 options=["-DCMAKE_C_COMPILER=clang-19"]),
    ]


def _port(name, text, words, **more):
    folder = "tests/conformance/ports"
    return Suite(f"port-{name}", text, GUEST, _python(f"{folder}/run.py", *words),
                 ("build/sdk", *(f"{folder}/{file}" for file in ("run.py", "systems.py", "staging.py", "lines.py")),
                  f"{folder}/{words[0]}.json", f"{folder}/{words[0]}", "sdk/deps/deps.lock"), **more)


def _ports():
    """A suite for each recipe of a third-party library; one more, on request, where it names a part."""
    folder, found = os.path.join(places.SOURCE, "tests/conformance/ports"), []
    for file in sorted(os.listdir(folder)):
        if not file.endswith(".json"):
            continue
        name = file.removesuffix(".json")
        found.append(_port(name, f"the unmodified library {name}: its own tests, in the kernel", (name,)))
        with open(os.path.join(folder, file), encoding="utf-8") as stream:
            if '"part"' in stream.read():
                found.append(_port(f"{name}-all", f"{name}: the whole of what port-{name} runs a part of",
                                   (name, "--whole"), seconds=2 * 3600, on_request=True))
    return found + _port_consumers()


def _port_consumers():
    """Programs that use the ports from where `coconut port` installs them: those with traps, and all."""
    words = _python("tests/conformance/ports/consumers.py")
    inputs = ("build/sdk", "tests/conformance/ports", "sdk/deps/deps.lock")
    return [Suite("port-consumers", "programs that find installed ports by find_package() and by pkg-config", GUEST,
                  [*words, "cmocka", "googletest", "json", "libpng"], inputs),
            Suite("port-consumers-all", "the same for every port", GUEST, words, inputs, seconds=3600, on_request=True)]


def _vtpm():
    """The virtual TPM as a program of the kernel: a part of its sequences, and all of them."""
    words = _python("services/vtpm/test/guest.py")
    inputs = ("build/sdk", "services/vtpm", "tests/conformance/ports/mbedtls", "tests/conformance/ports/mbedtls.json",
              "tests/conformance/ports/run.py", "sdk/deps/deps.lock")
    return [Suite("vtpm-guest", "the virtual TPM in the kernel, driven by tpm2-tools on the host", GUEST, words, inputs),
            Suite("vtpm-suites-all", "all of tpm2-tss's integration tests against the virtual TPM on the host", ALONE,
                  _python("services/vtpm/test/suites/run.py", "--whole", "--build",
                          os.path.join(places.BUILD, "host-vtpm/suites"), "--make-program",
                          os.path.join(places.BUILD, "host-vtpm")),
                  ("services/vtpm", "tests/conformance/ports/mbedtls", "tests/conformance/ports/mbedtls.json",
                   "sdk/deps/deps.lock"), seconds=3600, on_request=True),
            Suite("vtpm-coverage", "which lines of the virtual TPM its tests on the host reach", ALONE,
                  _python("services/vtpm/test/coverage.py"), ("services/vtpm", "sdk/deps/deps.lock"), seconds=3600,
                  on_request=True),
            Suite("vtpm-guest-all", "all of what vtpm-guest runs a part of", ALONE, [*words, "--whole"], inputs,
                  seconds=2 * 3600, on_request=True)]


def _cxx_conformance():
    """LLVM's own tests of the C++ libraries: a sample, and all of them."""
    words = _python("tests/conformance/libcxx/run.py")
    inputs = ("build/sdk", "tests/conformance/libcxx", "tests/conformance/batch", "sdk/deps/deps.lock")
    return [Suite("cxx-conformance", "a sample of LLVM's tests of the C++ libraries", GUEST, words, inputs,
                  seconds=3600),
            Suite("cxx-conformance-all", "all of LLVM's tests of the C++ libraries, and their page: two hours", GUEST,
                  [*words, "--part", 1, "--table"], inputs, seconds=48 * 3600, on_request=True)]


def _guest_suites():
    sdk = ("build/sdk",)
    found = [
        _check("edges", "forbidden includes do not compile", ("kernel", "build/sdk/sysroot"), GUEST),
        Suite("toolchain", "a moved, read-only copy of the SDK builds programs", GUEST,
              _python("tests/conformance/toolchain/run.py"),
              (*sdk, "tests/conformance/toolchain", "tests/bench/hello", "samples")),
        Suite("surface", "libraries and headers are what is on record", GUEST,
              _python("libc-port/expected/surface.py", places.SDK), (*sdk, "libc-port/expected")),
        Suite("headers", "each POSIX header compiles alone, or is absent as listed", GUEST,
              _python("tests/conformance/headers/run.py", places.SDK),
              (*sdk, "tests/conformance/headers")),
        Suite("run", "coconut run and boot with the kernel: streams, statuses, bad input", GUEST,
              _python("tests/conformance/runner/run.py", "--folder", "tests/conformance/run"),
              (*sdk, "tests/conformance/run", "tests/conformance/runner/run.py", "services",
               "samples/clock-service")),
    ]
    words = _python("tests/conformance/docs/commands.py")
    inputs = (*sdk, "README.md", "docs", "sdk/tools", "tests/conformance/docs", "samples")
    found += [Suite("docs-commands", "the commands in the documents, as a reader types them", GUEST, words, inputs),
              Suite("docs-commands-all", "the slow ones of them, and those in the source tree, too", ALONE,
                    [*words, "--whole"], inputs, seconds=4 * 3600, on_request=True),
              Suite("fresh-machine", "Debian's minimal system, and in it what the documents tell a newcomer; as root", ALONE,
                    _python("tests/conformance/fresh/run.py"), (".",), seconds=5 * 3600, on_request=True)]
    found.append(Suite("package", "the distributed SDK: reproducible, relocatable, complete", GUEST,
                       _python("tests/conformance/runner/run.py", "--folder", "tests/conformance/package"),
                       (*sdk, "sdk/tools", "docs", "sdk/deps/deps.lock", "tests/conformance/package")))
    found.append(Suite("posix", "Open POSIX Test Suite and newlib's tests, in the kernel", GUEST,
                       _python("tests/conformance/posix/run.py"),
                       (*sdk, "tests/conformance/posix", "tests/conformance/batch", "sdk/deps/deps.lock", "docs/posix.md",
                        "libc-port/ledger.md"), seconds=3600))
    found += [_guest_project(f"sample-{name}", f"the sample {name}, its own tests in the kernel",
                             f"samples/{name}", 1)
              for name in ("hello", "hello-cxx", "kv-service", "clock-service", "resilience")]
    found.append(Suite("sample-rust", "Rust without std: its numbers and layouts, and, with a rustc, the sample in the kernel", GUEST,
                       _python("samples/hello-rust/check.py", places.SDK), (*sdk, "samples/hello-rust", "sysroot/abi/golden")))
    found += [_guest_project(f"service-{cpus}", f"interfaces and <coconut/service.h> in the kernel, CPUs: {cpus}",
                             "tests/conformance/interface", cpus)
              for cpus in (1, 2)]
    found += _ports()
    found += _vtpm()
    found += _cxx_conformance()
    found.append(_guest("shortage", "each call with each of its allocations failing",
                        "tests/conformance/raw/raw-shortage", options=("--append", "shortage=on")))
    for cpus in (1, 2, 4):
        found.append(_guest_project(f"raw-{cpus}", f"system calls without libc, CPUs: {cpus}",
                                    "tests/conformance/raw", cpus, seconds=1800))
        found.append(_guest(f"libc-{cpus}", f"POSIX behaviour of the C library, CPUs: {cpus}",
                            "tests/conformance/libc/libc-tests", cpus))
        found.append(_guest(f"libc-limits-{cpus}",
                            f"programs that take all there is, CPUs: {cpus}",
                            "tests/conformance/libc/libc-tests", cpus, words=("limits",)))
    found.append(_guest("libc-large", "blocks of more than 2 GiB", "tests/conformance/libc/libc-tests",
                        words=("malloc",), options=("--mem", "8G")))
    found.append(_guest_project("cxx", "exceptions, threads and the C++ library, CPUs: 1, 2, 4",
                                "tests/conformance/cxx", 1, stage=ALONE, seconds=1800))
    return found


def all_suites():
    """Return every suite, in the order of the stages."""
    return _host_suites() + _guest_suites()
