// SPDX-License-Identifier: MIT
// Where the bytes of a program come from. The loader reads through this, so that it does not depend
// on the file system and runs on the host under test.
#pragma once

#include <abi/status.h>
#include <base/types.h>

/// The bytes of one program file. They must not change while a load is under way; if they do, the
/// load may fail or the process run wrong bytes, but the kernel stays safe: every value is used
/// from one read.
struct program_source {
    /// Copies `len` bytes from `offset` to `dst`. The caller has checked offset + len <= size. May
    /// sleep.
    enum status (*read)(void *context, uint64_t offset, void *dst, size_t len);
    /// Optional: returns a pointer to the bytes at `offset` if they lie in kernel memory, and in
    /// `len` how many follow in one piece (at least 1); NULL if they do not. Valid until the load
    /// returns.
    const void *(*span)(void *context, uint64_t offset, size_t *len);
    void *context;
    uint64_t size; /* bytes in the file */
};
