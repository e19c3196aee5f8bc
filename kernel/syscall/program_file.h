// SPDX-License-Identifier: MIT
// Private: starting a program from a file of the tree.
#pragma once

#include <fs/vfs.h>
#include <task/process.h>

/// Start the program in the file `node` as process_start() does. `args` is complete but for name,
/// source and log, which come from here: the name is `name` of `name_len` bytes, cut at
/// PROCESS_NAME_MAX. Errors as process_start(); ERR_NOEXEC: a directory.
enum status program_file_start(struct vfs_node *node, const char *name, size_t name_len,
                               struct process_start_args *args, struct process **out) __must_check;

/// The same for the caller: its program becomes that of the file, as process_exec() has it.
enum status program_file_exec(struct vfs_node *node, const char *name, size_t name_len,
                              struct process_start_args *args,
                              struct arch_user_entry *entry) __must_check;
