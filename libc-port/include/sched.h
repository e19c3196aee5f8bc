// SPDX-License-Identifier: MIT
// newlib's <sched.h> and what it lacks: the processors that threads may run on.
#pragma once

#include_next <sched.h>

#if __GNU_VISIBLE
#include <sys/cpuset.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The processors that a thread may run on. `__pid` is a process's id (all its threads are set, one
/// is asked), the kernel's id of a thread of this process, or 0 for the calling thread. `__size` in
/// bytes; bits that are not given are 0, and those of processors that there are not mean nothing.
/// @return 0, or -1 with errno: EINVAL, ESRCH, EPERM
int sched_setaffinity(pid_t __pid, size_t __size, const cpu_set_t *__set);
int sched_getaffinity(pid_t __pid, size_t __size, cpu_set_t *__set);

#ifdef __cplusplus
}
#endif
#endif
