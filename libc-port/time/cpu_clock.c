// SPDX-License-Identifier: MIT
// Clock numbers for the processor time of threads and processes.
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>

#include "../private/clock.h"
#include "../private/registry.h"
#include "../private/ret.h"
#include "../private/thread.h"

int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    if (pid == 0 || pid == getpid()) {
        *clock = CLOCK_PROCESS_CPUTIME_ID;
        return 0;
    }
    int64_t time = pid < 0 ? COCO_ESRCH : coco_clock_of(COCO_CLOCK_PROCESS, (uint64_t)pid);
    if (coco_is_error(time)) {
        return __coco_errno(time);
    }
    if ((uint64_t)pid > COCO_CLOCK_ID_MAX) {
        return EPERM; // no number for it
    }
    *clock = __coco_clock_of((uint64_t)pid, 0);
    return 0;
}

int pthread_getcpuclockid(pthread_t thread, clockid_t *clock)
{
    if (thread == __coco_self_id()) {
        *clock = CLOCK_THREAD_CPUTIME_ID;
        return 0;
    }
    uint64_t id = __coco_thread_kernel_id(thread);
    if (id == 0) {
        return ESRCH;
    }
    if (id > COCO_CLOCK_ID_MAX) {
        return ENOENT; // no number for it
    }
    *clock = __coco_clock_of(id, 1);
    return 0;
}
