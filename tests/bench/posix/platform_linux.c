// SPDX-License-Identifier: MIT
// The Linux side: process 1 of an initramfs.
#include "bench.h"

#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* QEMU's isa-debug-exit: a written value v ends it with status 2v + 1. */
#define DEBUG_EXIT_PORT 0xf4
#define DEBUG_EXIT_OK 0x10

int platform_prepare(void)
{
    mkdir("/dev", 0755);
    mkdir("/tmp", 0755);
    if (mount("dev", "/dev", "devtmpfs", 0, NULL) != 0 ||
        mount("tmp", "/tmp", "tmpfs", 0, NULL) != 0) {
        return -1;
    }
    int console = open("/dev/console", O_RDWR);
    if (console < 0 || dup2(console, 0) < 0 || dup2(console, 1) < 0 || dup2(console, 2) < 0) {
        return -1;
    }
    return console > 2 ? close(console) : 0;
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
    tcdrain(1);
    if (good && ioperm(DEBUG_EXIT_PORT, 4, 1) == 0) {
        outl(DEBUG_EXIT_OK, DEBUG_EXIT_PORT);
    }
    for (;;) {
        reboot(RB_POWER_OFF);
    }
}
