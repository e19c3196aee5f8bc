// SPDX-License-Identifier: MIT
// Locks in user memory whose holder may end without letting go of them. A thread names a table of
// the words it holds or is about to take; at its end the kernel marks those that it held.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// Makes `table`, a struct coco_robust_table in user memory, the current thread's; 0 for none.
/// ERR_INVAL not a multiple of 8, or outside of user space.
__must_check enum status robust_set(uaddr_t table);

/// Marks the words that the current thread held, wakes one waiter of each, and forgets the table.
/// The thread's address space is active; no lock is held. What cannot be read or written is passed
/// over.
void robust_end(void);
