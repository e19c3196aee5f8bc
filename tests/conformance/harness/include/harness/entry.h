// SPDX-License-Identifier: MIT
// How a program without libc begins: the registers as the kernel left them, the start block, and
// the handles and arguments it brought. The harness owns `_start`; a program defines
// program_main().
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Registers at the program's first instruction. Layout known to the assembler part of entry.c.
struct entry_state {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rflags;
    uint64_t cs, ss, ds, es, fs, gs;
    uint64_t stack_word; /* the word RSP points to */
    uint8_t fxsave[512] __attribute__((aligned(64)));
};

/// Offsets inside the FXSAVE area.
#define FXSAVE_FCW 0
#define FXSAVE_FSW 2
#define FXSAVE_FTW 4
#define FXSAVE_MXCSR 24
#define FXSAVE_ST0 32
#define FXSAVE_XMM0 160
#define FXSAVE_END 416

/// The saved state; written once before program_main() runs.
extern struct entry_state entry_state;

/// The start block, or NULL if the kernel gave none.
const struct coco_start_block *entry_block(void);

/// Handle that came with `role` (enum coco_handle_role), or COCO_HANDLE_NONE.
coco_handle_t entry_handle(uint32_t role);

/// Number of arguments, and argument `index` (NULL outside of 0..count-1).
size_t entry_argument_count(void);
const char *entry_argument(size_t index);

/// Defined by the program. The result is the process's exit code.
int program_main(void);
