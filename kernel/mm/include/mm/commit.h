// SPDX-License-Identifier: MIT
// The account of promised memory. Whoever promises pages that come into being later (private and
// shared memory of processes, data of files, what a thread or a process costs the kernel) takes
// them here first, so that all promises together can be kept and shortage is an error of the call
// that asks, not the end of the process that touches. Stacks of new processes are not promised, as
// they are hardly ever filled. A sixteenth of memory stays outside, for the kernel itself, and
// another part is not for those who have much already: one process cannot take the memory that
// others need to go on. Thread-safe, any context.
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <mm/quota.h>

/// Promise `len` bytes out of `quota` to somebody who was promised `own` bytes before; false, and
/// nothing is promised, if memory or the quota would not suffice. An eighth of what one would have
/// then, but not more than a sixteenth of memory, stays out of reach.
bool commit_take(struct quota *quota, uint64_t len, uint64_t own) __must_check;

/// The same without looking at limits, for what has been promised in another form.
void commit_add(struct quota *quota, uint64_t len);

/// End a promise.
void commit_return(struct quota *quota, uint64_t len);

/// Bytes promised now, over the machine.
uint64_t commit_used(void);
