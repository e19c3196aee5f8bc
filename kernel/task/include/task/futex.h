// SPDX-License-Identifier: MIT
// Waiting on words of user memory, keyed by (address space, address), in shared memory by the page.
// Waiters of one word are woken in the order in which they came, real-time threads before others.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// Prepares the table; called by sched_init.
void futex_init(void);

/// Sleeps while the 32-bit word at `address` of the current process holds `expected`, until woken
/// or `deadline` (monotonic ns). The check and the start of the wait are one step. Errors:
/// ERR_INVAL not a multiple of 4 or outside of user space; ERR_FAULT; ERR_AGAIN the word holds
/// another value; ERR_TIMEDOUT; ERR_CANCELED; ERR_NOMEM no page for the word.
__must_check enum status futex_wait(uaddr_t address, uint32_t expected, uint64_t deadline);

/// Wakes at most `count` waiters of `address` in the current process; their number goes to `woken`.
/// The memory need not be mapped. ERR_INVAL as above.
__must_check enum status futex_wake(uaddr_t address, uint32_t count, uint32_t *woken);
