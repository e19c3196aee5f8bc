// SPDX-License-Identifier: MIT
// What the start code and the library share.
#pragma once

#include <elf.h>
#include <stdint.h>

#include <coconut/types.h>

/// The ELF header of the program in memory; defined by the linker.
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

/// The start block that the kernel handed over, or NULL.
extern const struct coco_start_block *__coco_start_block;

/// What was added to the program's link-time addresses.
extern uintptr_t __coco_load_base;

/// Canary of the stack protector. Written once, by the start code.
extern uintptr_t __stack_chk_guard;

/// Run the program: descriptors, current directory, environment, constructors, main, exit.
/// @param block  the start block or NULL
_Noreturn void __coco_libc_start(const struct coco_start_block *block);

/// Write one line to standard error without stdio, or to the log before descriptors exist, and end
/// the process as by signal SIGABRT.
/// @param text   without newline
_Noreturn void __coco_die(const char *text);

/// End the process the way a signal would: a waiting parent sees WIFSIGNALED, a host 128 + signal.
_Noreturn void __coco_exit_by_signal(int signal);
