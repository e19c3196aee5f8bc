# SPDX-License-Identifier: MIT
"""`coconut bench TOPIC`: what operations cost, beside Linux in the same emulator.

A topic is a module with rows(with_linux, force), which measures and returns benchmeasure.Row objects.
"""

import json

from coconut_cli import benchcore, benchcxx, benchipc, benchmeasure, benchports, benchposix, benchstart, benchvtpm
from coconut_cli import build, hostpackages, places
from coconut_cli.fault import STATUS_FAILED
from coconut_cli.options import Command, flag

TOPICS = {"core": benchcore, "posix": benchposix, "cxx": benchcxx, "ipc": benchipc, "start": benchstart,
          "vtpm": benchvtpm, "ports": benchports}
#: What can be measured with an installed SDK.
OF_SDK = ("start",)

COMMAND = Command(
    "bench", "[OPTIONS] TOPIC ...",
    "Measure operations in guest instructions and time, beside Linux's.",
    (flag("--no-linux", "our side only"),
     flag("--force", "measure Linux again, too; its figures are kept otherwise"),
     flag("--json", "print one JSON object instead of the table")), """
core: the kernel's calls without libc; posix: functions of the C library; cxx: C++, and sizes of programs;
ipc: exchanges between processes, beside pipes and local sockets; start: from 'coconut run hello' to its line,
beside QEMU's own start (the only topic that an installed SDK has); vtpm: TPM commands, beside libtpms with OpenSSL;
ports: one of the own tests of each third-party library, or of those named behind it.
exit status: 0 when each goal is met, 1 when one is not, or something could not be measured.""")


def run(values, words):
    """Run the command; returns the exit status."""
    names = ()
    if words[:1] == ["ports"]:
        words, names = words[:1], tuple(words[1:])
    unknown = [word for word in words if word not in TOPICS]
    if unknown or not words:
        what = f"no topic '{unknown[0]}'" if unknown else "what to measure?"
        raise COMMAND.fail(f"{what}; there is: {', '.join(TOPICS)}")
    if any(word not in OF_SDK for word in words):
        places.source_root()
    if places.SOURCE:
        hostpackages.require()
        build.build(quiet=values["json"])
    rows = [row for word in words
            for row in TOPICS[word].rows(not values["no_linux"], values["force"], *((names,) if names else ()))]
    if values["json"]:
        print(json.dumps({row.name: {"coconut": row.ours, "linux": row.linux, "goal": row.goal,
                                     "wall_ratio": row.wall_ratio, "unit": row.unit}
                          for row in rows}, indent=2))
    else:
        benchmeasure.print_table(rows)
    return STATUS_FAILED if any(row.failed or row.met is False for row in rows) else 0
