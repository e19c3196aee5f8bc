# SPDX-License-Identifier: MIT
"""`coconut bench vtpm`: what TPM commands cost, beside libtpms with OpenSSL on Linux."""

import os

from coconut_cli import benchmeasure, hostcommand, linuxguest, places
from coconut_cli.benchmeasure import Row

#: (operation, what the table calls it, at most this share of Linux's instructions)
OPERATIONS = (
    ("get_random", "GetRandom, 32 bytes", 1),
    ("pcr_extend", "PCR_Extend, SHA-256", 1),
    ("pcr_read", "PCR_Read", 1),
    ("hash", "Hash, 1 KiB, SHA-256", 1),
    ("create_ecc", "CreatePrimary, P-256", 1),
    ("ecdsa_sign", "Sign, ECDSA P-256", 1),
    ("ecdh", "ECDH_ZGen, P-256", 1),
    ("rsa_sign", "Sign, RSA-2048", 2),
    ("create_rsa", "CreatePrimary, RSA-2048", 1.5),
    ("first_answer_new", "start to first answer, a new TPM"),
    ("first_answer", "start to first answer"),
)
#: Instructions that the way of a request to the service and back may cost.
REQUEST = 5000
MEMORY = 8 << 20


def _vtpm(*names):
    return os.path.join(places.SOURCE, "services", "vtpm", *names)


def make_linux(folder):
    """Compile Linux's program, with Debian's libtpms and libcrypto; see benchmeasure.linux()."""
    libtpms, program = os.path.join(folder, "libtpms"), os.path.join(folder, "vtpm-program")
    with open(hostcommand.log_path("bench-vtpm"), "ab") as log:
        hostcommand.must(["python3", "-B", _vtpm("libtpms", "prepare.py"), "--output", libtpms, "--host"],
                         "bench-vtpm", log, "libtpms for Linux")
    sources = [_vtpm("bench", name) for name in ("main.c", "commands.c", "compose.c", "heavy.c", "sequence.c",
                                                  "system_linux.c")]
    sources += [_vtpm("libtpms", name) for name in ("random.c", "tpm12.c")]
    linuxguest.compile_static([*sources, benchmeasure.source("measure.c")], program, [
        "-D_GNU_SOURCE", "-Wno-deprecated-declarations", "-I" + _vtpm("bench"), "-I" + _vtpm("server"),
        "-I" + benchmeasure.source(""), "-I" + os.path.join(libtpms, "include"),
        os.path.join(libtpms, "lib", "libtpms.a"), "-lcrypto"])
    return {"init": benchmeasure.linux_init(folder), "program": program}


def rows(with_linux, force):
    """Measure; returns the rows of the table."""
    sides = benchmeasure.Sides("vtpm", make_linux if with_linux else None, force,
                               os.path.join(places.BUILD, "services", "vtpm", "vtpm-bench"),
                               (_vtpm("bench"), _vtpm("libtpms")))
    found = [sides.operation(*words) for words in OPERATIONS]
    exact = sides.ours[0]
    found.append(Row("request", "a request's way to the service and back",
                     exact["pcr_read_channel"][0] - exact["pcr_read"][0], "instructions", REQUEST))
    memory = Row("memory", "memory of the service, with requests; of the program", sides.ours[1]["memory"], "bytes", MEMORY)
    most = Row("memory_most", "the most memory of its process, full", sides.ours[1]["memory_most"], "bytes", MEMORY)
    promised = Row("memory_promised", "the most it was promised", sides.ours[1]["memory_promised"], "bytes", MEMORY)
    if sides.linux is not None:
        memory.beside(sides.linux[1]["memory"])
        most.beside(sides.linux[1]["memory_most"])
    return [*found, memory, most, promised]
