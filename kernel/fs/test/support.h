// SPDX-License-Identifier: MIT
// What the tests of the file layer share: a started machine with user memory, and short forms.
#pragma once

#include <base/types.h>
#include <fs/fs.h>
#include <fs/namespace.h>
#include <machine.h>
#include <unit.h>
#include <user_memory.h>

#define USER_LEN (1u << 20) /* bytes of mapped user memory */

/// Start the machine, an address space with USER_LEN bytes, and the file layer; once.
void support_start(void);

/// Put bytes there and get them back.
struct user_in support_in(const void *bytes, size_t len);
struct user_out support_out(size_t len);
void support_get(void *bytes, size_t len);

/// Buffers at an address that raises a fault, and at one outside of user space.
struct user_in support_in_at(uint64_t address, uint64_t len);
struct user_out support_out_at(uint64_t address, uint64_t len);

/// Make a file, by upstream's rules, and open it; fails the test on an error.
struct vfs_node *support_file(const char *path);

/// Make a special node without a name; how many exist.
struct vfs_node *support_special(void);
unsigned support_special_count(void);

/// How often a file that is mapped was cut.
unsigned support_mapping_cuts(void);

/// How often a long operation looked at the scheduler.
unsigned support_sched_checks(void);

/// Text that the kernel log got since the last call, NUL-terminated.
const char *support_log(void);
