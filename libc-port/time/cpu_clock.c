// SPDX-License-Identifier: MIT
// Clock numbers for the processor time of threads and processes.
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "../private/thread.h"

int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    if (pid != 0) {
        return ESRCH;
    }
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
    if (thread != __coco_self_id()) {
        return ENOENT; // only a thread itself can read its clock
    }
    *clock = CLOCK_THREAD_CPUTIME_ID;
    return 0;
}
