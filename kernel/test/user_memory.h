// SPDX-License-Identifier: MIT
// One address space with user memory, for tests of what copies from and to user mode.
#pragma once

#include <base/types.h>
#include <mm/aspace.h>
#include <mm/user_copy.h>

#define USER_UNMAPPED 0x700000000 /* a user address where nothing is mapped */

/// Start the machine, and map `length` bytes of user memory in an address space that becomes the
/// current one; all pages are there. Returns false at later calls, which do nothing. It is taken
/// down when the program ends, since the leak checker looks then.
bool user_memory_start(size_t length);

/// The user memory from `offset` (bytes) on.
uaddr_t user_memory(size_t offset);
