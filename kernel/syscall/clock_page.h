// SPDX-License-Identifier: MIT
// The page from which user mode reads the clocks: one for all processes.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <mm/aspace.h>

/// Maps it, readable only and for good so, with its page table entry, so that reading it does not
/// fault. ERR_NOMEM. `as` is ACTIVE (mm/aspace.h).
enum status clock_page_map(struct aspace *as, uaddr_t *out) __must_check;
