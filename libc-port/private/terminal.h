// SPDX-License-Identifier: MIT
// Terminals by descriptor, for the files of termios.h and their relatives.
#pragma once

#include <stddef.h>

#include <coconut/syscalls.h>

/// What the kernel knows of a terminal or master.
/// @return 0, or -1 with errno EBADF, ENOTTY
int __coco_terminal_info(int fd, struct coco_terminal_info *info);

/// Bytes of the longest path of a terminal, with its NUL.
#define COCO_TERMINAL_PATH 24

/// Which terminal's path is asked for.
enum coco_terminal_name {
    COCO_TERMINAL_ITSELF,    /* the descriptor's own, be it a master */
    COCO_TERMINAL_OF_MASTER, /* the one behind a master; what is no master has none */
};

/// The path of a terminal.
/// @param size  bytes that `buffer` has room for; COCO_TERMINAL_PATH are enough
/// @return 0, or EBADF, ENOTTY, ERANGE; errno stays
int __coco_terminal_name(int fd, enum coco_terminal_name which, char *buffer, size_t size);

/// terminal_control() and its relatives: what a call on a descriptor's handle gives.
/// @return 0, or -1 with errno; ENOTTY where the kernel says that it is no terminal, or not the
/// caller's
int __coco_terminal_call(int fd, int64_t (*call)(coco_handle_t, uint64_t), uint64_t argument);
