// SPDX-License-Identifier: MIT
// Helpers of the address space tests.
#pragma once

#include <mm/aspace.h>

/// Make `as` (or none) the one that the calling host thread runs in.
void mm_test_attach(struct aspace *as);

/// Create an address space and attach it.
void mm_test_create(struct aspace *as, uint64_t limit);

/// Clear, detach and destroy an address space, and check that its counts went to zero.
void mm_test_destroy(struct aspace *as);
