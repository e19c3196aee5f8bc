// SPDX-License-Identifier: MIT
#include "linux_machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define DEBUG_EXIT_PORT                                                                            \
    0xf4 /* QEMU's isa-debug-exit: a written value v ends it with status 2v + 1 */
#define DEBUG_EXIT_OK 0x10

bool machine_start(void)
{
    mkdir("/dev", 0755);
    mkdir("/tmp", 0755);
    if (mount("dev", "/dev", "devtmpfs", 0, NULL) != 0) {
        return false;
    }
#ifndef KEEP_TMP // where files of the machine's archive stand in /tmp
    if (mount("tmp", "/tmp", "tmpfs", 0, NULL) != 0) {
        return false;
    }
#endif
    int console = open("/dev/console", O_RDWR);
    if (console < 0 || dup2(console, 0) < 0 || dup2(console, 1) < 0 || dup2(console, 2) < 0) {
        return false;
    }
    return console <= 2 || close(console) == 0;
}

_Noreturn void machine_end(bool good)
{
    fflush(stdout);
    tcdrain(1);
    if (good && ioperm(DEBUG_EXIT_PORT, 4, 1) == 0) {
        outl(DEBUG_EXIT_OK, DEBUG_EXIT_PORT);
    }
    for (;;) {
        reboot(RB_POWER_OFF);
    }
}
