// SPDX-License-Identifier: MIT
// The Linux side: process 1 of an initramfs.
#include "bench.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux_machine.h"

int platform_prepare(void)
{
    return machine_start() ? 0 : -1;
}

void platform_null_call(void)
{
    syscall(SYS_getppid);
}

const char *platform_minimal(void)
{
    return "/tiny";
}

/* Only with a real-time policy does Linux hand over at every yield; new threads inherit it. */
int platform_strict_yield(int on)
{
    struct sched_param parameters = {.sched_priority = on ? 1 : 0};
    return sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, &parameters);
}

void platform_end(int good)
{
    machine_end(good != 0);
}
