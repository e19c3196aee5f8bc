#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Build the tests of libunwind, libc++abi and libc++ with the SDK and run them in the kernel, many to a boot.

What was compiled and what was run stays, by content, so that a run that was stopped goes on where it was.
"""

import argparse
import concurrent.futures
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "batch"))

import boots  # noqa: E402
import cases  # noqa: E402
import compiler  # noqa: E402
import expectations  # noqa: E402
import kept  # noqa: E402
import table  # noqa: E402

EXPECTED, TABLE = HERE / "expected.txt", cases.TOP / "docs" / "cxx-conformance.md"
#: One of so many tests of libc++ is in the sample of each run, and in the greater one of the table.
SAMPLE = 80
BATCH = 96
MEMORY = "1G"
#: A limit for what hangs, in virtual time, in which a processor does 62.5 million instructions a second. The longest
#: test, charconv.msvc, takes 3342 s: 209,000 million instructions.
TEST_SECONDS = 4800
SLOW_MS = 30 * 1000


class Records:
    """Results of programs, by their content and that of what they run in."""

    def __init__(self, path, *surroundings):
        """surroundings: files that every result depends on: the kernel, what else is in the machine."""
        self._path, self._digests = path, kept.Digests()
        self._kernel = self._digests.all(surroundings)
        self._known = {}
        if path.exists():
            self._known = json.loads(path.read_text(encoding="utf-8"))

    def _key(self, program):
        return f"{self._digests.of(program)} {self._kernel}"

    def recall(self, name, program):
        """The kept result, or None."""
        record = self._known.get(name)
        return tuple(record["result"]) if record and record["key"] == self._key(program) else None

    def keep(self, name, program, result, milliseconds=0):
        """Keep a result; save() writes it. What has not come to its end is no result to keep."""
        if result[0] not in ("hung", "lost", "crash"):
            self._known[name] = {"key": self._key(program), "result": result, "ms": milliseconds}

    def save(self):
        """Write all results to the file."""
        partial = self._path.with_name(self._path.name + ".new")
        partial.write_text(json.dumps(self._known), encoding="utf-8")
        os.replace(partial, self._path)


class Run:
    """One run over chosen cases; results: {name: (result, text)}."""

    def __init__(self, options, chosen, expected):
        self._options, self._chosen, self._expected = options, chosen, expected
        self.results, self.skipped = {}, {}
        self.counts = {"ok": 0, "not ok": 0, "skip": 0}
        shell = boots.compile_tool(options.sdk, HERE / "shell.c", options.build / "bin" / "sh")
        kernel = options.sdk / "share" / "coconut" / "kernel" / "coconut-kernel.elf"
        self._records = Records(options.build / "results.json", kernel, shell)
        self._machine = boots.Machine(options.sdk, options.build / "machine", memory=MEMORY,
                                      test_seconds=TEST_SECONDS, folders={"/bin": shell.parent})

    def go(self, source):
        """Compile in batches, run what each batch has built."""
        ready = [case for case in self._chosen if not self._not_run(case)]
        tool = compiler.Compiler(self._options.sdk, source, self._options.build / "built", self._options.kept)
        if not self._options.kept:
            ready = tool.share(ready)
        pool = concurrent.futures.ThreadPoolExecutor(self._options.jobs)
        try:
            # All at once: what comes next is compiled while a machine runs, or a long compilation is waited for.
            compiled = [pool.submit(_compile, tool, case) for case in ready]
            for at in range(0, len(ready), BATCH):
                programs = {}
                for case, future in zip(ready[at:at + BATCH], compiled[at:at + BATCH]):
                    self._built(case, future.result(), programs)
                if not self._options.kept:
                    self._boot(programs)
                    self._records.save()
        finally:
            pool.shutdown(cancel_futures=True)

    def _not_run(self, case):
        why = case.why_not_run()
        if why is not None:
            self._skip(case, why)
        return why is not None

    def _skip(self, case, why):
        self.skipped[case.name] = why
        self._line("skip", case.name, f"not run: {why}")

    def _built(self, case, done, programs):
        result, text, program = done
        if result == "not-kept":
            return
        if result == "not-done":
            self._skip(case, text)
        elif result is not None:
            self._take(case, result, text)
        elif (kept := self._records.recall(case.name, program)) is not None:
            self._take(case, *kept)
        else:
            programs[case.name] = (case, program)

    def _boot(self, programs):
        jobs = [boots.Job(name, program, [case.path.parent / file for file in case.directives.files])
                for name, (case, program) in programs.items()]

        def report(name, result):
            case, program = programs[name]
            self._records.keep(name, program, (result.result, result.text), result.milliseconds)
            if result.milliseconds > SLOW_MS:
                print(f"# {result.milliseconds // 1000} s of virtual time:", flush=True)
            self._take(case, result.result, result.text)
        if jobs:
            self._machine.run(jobs, report)

    def _take(self, case, result, text):
        self.results[case.name] = (result, text)
        word, reason = expectations.judge(result, self._expected.get(case.name), case.directives.fails())
        if word == "not ok":
            print("".join(f"# {line}\n" for line in text.splitlines()), end="")
        self._line(word, case.name, reason)

    def _line(self, word, name, reason):
        self.counts[word] += 1
        print(f"{word} - {name}" + (f": {reason}" if reason else ""), flush=True)


def _compile(tool, case):
    try:
        return tool.do(case)
    except compiler.NotDone as reason:
        return "not-done", str(reason), None
    except compiler.NotKept:
        return "not-kept", "", None


def select(found, options):
    """The cases to run: both small libraries, and a part of libc++; or those that were named."""
    if options.names:
        return [case for case in found if any(case.name.startswith(name) for name in options.names)]
    return [case for case in found
            if case.library != "libcxx" or cases.in_sample(case.name, options.part)]


def run(options):
    """Returns the exit status."""
    options.build.mkdir(parents=True, exist_ok=True)
    source = cases.unpack(options.build)
    found = cases.all_cases(source)
    expected = expectations.load(EXPECTED, {case.name for case in found})
    chosen = select(found, options)
    work = Run(options, chosen, expected)
    work.go(source)
    if options.table:
        TABLE.write_text(table.text(found, work, expected), encoding="utf-8")
    print(f"{work.counts['ok']} passed, {work.counts['not ok']} failed, {work.counts['skip']} skipped")
    return 1 if work.counts["not ok"] or not work.counts["ok"] else 0


def main():
    """Command entry; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="tests, or beginnings of their names (default: a sample)")
    parser.add_argument("--sdk", type=Path, default=cases.TOP / "build" / "sdk")
    parser.add_argument("--build", type=Path, default=cases.TOP / "build" / "libcxx")
    parser.add_argument("--jobs", type=int, default=os.environ.get("COCONUT_JOBS") or os.cpu_count() or 1)
    parser.add_argument("--part", type=int, default=SAMPLE, metavar="N",
                        help=f"one of N tests of libc++ (default {SAMPLE}; 1: all)")
    parser.add_argument("--table", action="store_true", help=f"write {TABLE.relative_to(cases.TOP)}")
    parser.add_argument("--kept", action="store_true",
                        help="only results of earlier runs: nothing is compiled, nothing is run")
    options = parser.parse_args()
    options.sdk, options.build = options.sdk.resolve(), options.build.resolve()
    try:
        return run(options)
    except (cases.SuiteError, boots.BatchError, expectations.ExpectationError, OSError) as error:
        print(f"not ok - libcxx: {error}\n0 passed, 1 failed")
        return 1


if __name__ == "__main__":
    sys.exit(main())
