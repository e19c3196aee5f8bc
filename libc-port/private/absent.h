// SPDX-License-Identifier: MIT
// POSIX functions that this system does not have. Each family is a file of its own, so that it is
// linked only into programs that call one of it; the linker driver prints what the section holds.
// The list with reasons is libc-port/ledger.md.
#pragma once

/// Put a warning into the program that links this file.
/// @param family  an identifier, for the reader
/// @param names   string: the functions
#define COCO_ABSENT(family, names)                                                                 \
    __asm__(".pushsection .coconut.absent,\"\",@progbits\n"                                        \
            ".string \"" names ": not implemented on COCONUT, always fails with ENOSYS\"\n"        \
            ".popsection\n")
