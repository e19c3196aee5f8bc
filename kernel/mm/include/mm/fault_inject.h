// SPDX-License-Identifier: MIT
// Make chosen allocations fail, to prove that error paths leak nothing. Host and debug builds only;
// in a release kernel should_fail is constant false and the rest does not exist. Not for concurrent
// use.
#pragma once

#include <base/types.h>

#ifdef COCONUT_DEBUG

/// Let the next `successes` allocations (pages and heap together) succeed and the one after them
/// fail, once.
void fault_inject_arm(uint64_t successes);

/// Back to normal. True if the failure was delivered since fault_inject_arm().
bool fault_inject_disarm(void);

/// Asked by each allocation: true if it has to fail.
bool fault_inject_should_fail(void);

#else

static inline bool fault_inject_should_fail(void)
{
    return false;
}

#endif
