// SPDX-License-Identifier: MIT
// Process 1 of a Linux machine that runs one program, /program, in /tmp, and ends the machine with
// it.
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_machine.h"

static bool run(char *path)
{
    char *const arguments[] = {path, NULL};
    char *const environment[] = {NULL};
    pid_t process;
    int status;
    return chdir("/tmp") == 0 &&
           posix_spawn(&process, path, NULL, NULL, arguments, environment) == 0 &&
           waitpid(process, &status, 0) == process && status == 0;
}

int main(void)
{
    char path[] = "/program";
    bool good = machine_start();
    puts(""); // the firmware's cursor is not at the beginning of a line
    fflush(stdout);
    machine_end(good && run(path));
}
