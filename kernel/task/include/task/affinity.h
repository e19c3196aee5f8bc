// SPDX-License-Identifier: MIT
// The CPUs that threads may run on.
//
// A thread runs its program on these only. In the kernel it can end on another one what it was in
// the middle of when it was limited.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// Where the thread `thread` of the process `process`, named as for schedule_get(), may run: a bit
/// for each CPU, of those that there are. Errors as of schedule_get().
__must_check enum status affinity_get(uint64_t process, uint64_t thread, uint32_t *cpus);

/// Changes it, for all threads that there are with COCO_SCHEDULE_ALL. ERR_INVAL `cpus` has no bit
/// of a CPU that there is; other errors as of schedule_get().
__must_check enum status affinity_set(uint64_t process, uint64_t thread, uint64_t cpus);

/// Limits the current thread to one CPU, which there is, as if it had asked for that itself.
void affinity_bind(unsigned cpu);
