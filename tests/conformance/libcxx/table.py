# SPDX-License-Identifier: MIT
"""Writes docs/cxx-conformance.md: what of LLVM's tests passes here, and why the rest does not."""

import collections
import time

HEAD = """\
# Conformance of the C++ libraries

Made by `coconut test cxx-conformance-all`; not to be edited. LLVM's own tests of libunwind,
libc++abi and libc++, release 19.1.7, unmodified, compiled with the SDK as {standard} and run in the kernel, many
to a boot.

Taken are all tests of libunwind and libc++abi, and of libc++ those of `test/std`, which is all that the C++ standard
says. {looked} was run for this page, on {date}. `coconut test cxx-conformance` runs one of {sample}, chosen by
a hash of the test's name, and `coconut test cxx-conformance-all` every one; a result that is not the expected one, better
or worse, fails.

| tests of | there are | looked at | not for this system | passed | known not to pass |
| --- | --- | --- | --- | --- | --- |
"""


def _row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def _counts(found, work):
    """{group: [there are, looked at, not for this system, passed, known]}."""
    counts = collections.OrderedDict()
    for case in found:
        row = counts.setdefault(case.group, [0] * 5)
        row[0] += 1
        if case.name in work.skipped:
            row[1] += 1
            row[2] += 1
        elif case.name in work.results:
            row[1] += 1
            row[3 if work.results[case.name][0] == "pass" else 4] += 1
    return counts


def _known(found, work, expected):
    """The tests that do not pass, by the reason."""
    groups = collections.defaultdict(list)
    for case in found:
        result = work.results.get(case.name, ("pass",))[0]
        if result != "pass":
            reason = expected[case.name][1] if case.name in expected else case.directives.fails() or "NEW"
            groups[reason].append((case.name, result))
    page = "\n## Known not to pass\n"
    for reason, tests in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        page += f"\n{reason[:1].upper()}{reason[1:]}:\n\n" if ":" not in reason else f"\nLLVM says `{reason}`:\n\n"
        page += "".join(f"- `{name}`: {result}\n" for name, result in tests)
    return page


def text(found, work, expected):
    """The page. found: every test; work: a run.Run that is over."""
    from cases import STANDARD
    from run import SAMPLE
    counts = _counts(found, work)
    total = [sum(column) for column in zip(*counts.values())]
    looked = "Every one" if total[0] == total[1] else f"A part, {total[1]} of {total[0]},"
    page = HEAD.format(looked=looked, sample=SAMPLE, standard=STANDARD.replace("c++", "C++"),
                       date=time.strftime("%Y-%m-%d", time.gmtime()))
    for group, row in counts.items():
        page += _row([f"`{group}`", *row])
    page += _row(["all", *total]) + _known(found, work, expected)
    page += ("\n`nobuild`: does not compile or link; `accepted`: compiles although it must not; `nodiag`: other "
             "diagnostics than\nexpected; `fail`, `status-N`: exit status; `signal-N`: ended by the signal; "
             "`hung`: no end in the virtual time given.\n"
             "\n## Not for this system\n\nWhat the tests themselves say they need, and how many of the tests "
             "looked at say so.\n\n| condition | tests |\n| --- | --- |\n")
    reasons = collections.Counter(work.skipped.values())
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        page += _row([f"`{reason}`".replace("|", "\\|") if ":" in reason else reason, count])
    return page
