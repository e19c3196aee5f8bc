// SPDX-License-Identifier: MIT
// Terminals by descriptor, for the files of termios.h and their relatives.
#pragma once

#include <coconut/syscalls.h>

/// What the kernel knows of a terminal or master.
/// @return 0, or -1 with errno EBADF, ENOTTY
int __coco_terminal_info(int fd, struct coco_terminal_info *info);

/// Bytes of the longest path of a terminal, with its NUL.
#define COCO_TERMINAL_PATH 24

/// The path of a terminal.
/// @param master  a master's own path; otherwise that of its terminal
void __coco_terminal_path(const struct coco_terminal_info *info, int master,
                          char path[COCO_TERMINAL_PATH]);

/// terminal_control() and its relatives: what a call on a descriptor's handle gives.
/// @return 0, or -1 with errno; ENOTTY where the kernel says that it is no terminal, or not the
/// caller's
int __coco_terminal_call(int fd, int64_t (*call)(coco_handle_t, uint64_t), uint64_t argument);
