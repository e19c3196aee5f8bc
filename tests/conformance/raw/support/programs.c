// SPDX-License-Identifier: MIT
// The child programs as bytes. The build gives their paths: PROGRAM_CHILD, PROGRAM_PIE,
// PROGRAM_UPSTREAM, PROGRAM_MINIMAL, PROGRAM_MANY. The assembler makes the table, since the length
// of an included file is no constant in C.
#include "child.h"

_Static_assert(sizeof(struct program_image) == 24, "the table below has three words a row");

#define EMBED(name, path, file)                                                                    \
    __asm__(".section .rodata." #name ",\"a\"\n"                                                   \
            ".balign 16\n"                                                                         \
            "1: .incbin \"" file "\"\n"                                                            \
            "2: .balign 8\n"                                                                       \
            "3: .asciz \"" path "\"\n"                                                             \
            ".section .rodata.program_images,\"a\"\n"                                              \
            ".quad 3b, 1b, 2b - 1b\n"                                                              \
            ".text\n")

__asm__(".section .rodata.program_images,\"a\"\n"
        ".balign 8\n"
        ".globl program_images\n"
        "program_images:\n"
        ".text\n");
EMBED(child, CHILD_PROGRAM, PROGRAM_CHILD);
EMBED(pie, CHILD_PIE_PROGRAM, PROGRAM_PIE);
EMBED(upstream, UPSTREAM_PROGRAM, PROGRAM_UPSTREAM);
EMBED(minimal, MINIMAL_PROGRAM, PROGRAM_MINIMAL);
EMBED(many, MANY_PROGRAM, PROGRAM_MANY);

const size_t program_image_count = 5;
