// SPDX-License-Identifier: MIT
// Raw access to user memory of the active address space. Only kernel/mm/user_copy.c uses this.
//
// The functions never sleep and never handle a page fault: a fault ends the access at the first
// byte that cannot be reached. Callers check the range against COCO_USER_END first.
#pragma once

#include <base/compiler.h>
#include <base/types.h>

/// Copies `len` bytes from user memory; returns how many bytes at the end were NOT copied.
__must_check size_t arch_copy_from_user(void *to, uaddr_t from, size_t len);

/// Copies `len` bytes to user memory; returns how many bytes at the end were NOT copied.
__must_check size_t arch_copy_to_user(uaddr_t to, const void *from, size_t len);

/// Fills `len` bytes of user memory with zeros; returns how many bytes at the end were NOT written.
__must_check size_t arch_clear_user(uaddr_t to, size_t len);

/// Reads / writes an aligned 32-bit word in one access; false on a fault.
__must_check bool arch_user_load32(uaddr_t from, uint32_t *value);
__must_check bool arch_user_store32(uaddr_t to, uint32_t value);

/// Atomic compare and exchange of an aligned 32-bit word. `*expected` receives the word found
/// (equal to the earlier `*expected` when `desired` was stored); false on a fault.
__must_check bool arch_user_cmpxchg32(uaddr_t at, uint32_t *expected, uint32_t desired);
