// SPDX-License-Identifier: MIT
#include <string.h>
#include <sys/wait.h>

#include "harness.h"

static bool prints(const char *mode, int exit_status, const char *expected)
{
    char output[512];
    int status = test_child(mode, output, sizeof(output));
    return WIFEXITED(status) && WEXITSTATUS(status) == exit_status && strcmp(output, expected) == 0;
}

void area_exit(void)
{
    CHECK("exit.handlers-in-reverse", prints("atexit", 3, "main\nsecond\nfirst\ndestructor\n"));
    CHECK("exit.return-from-main", prints("return", 7, "main\n"));
    CHECK("exit.handler-adds-handler", prints("atexit-nested", 0, "outer\ninner\n"));
    CHECK("exit._exit-flushes-nothing", prints("_exit", 9, ""));
    CHECK("exit.quick_exit", prints("quick_exit", 4, "quick\n"));
    CHECK("exit.status-is-8-bits", prints("exit-257", 1, ""));
    CHECK("exit.many-handlers", prints("atexit-many", 0, "100\n"));
    CHECK("exit.from-thread", prints("exit-thread", 5, "handler\n"));
    CHECK("exit.last-thread", prints("pthread_exit-main", 0, "thread\nhandler\n"));
}
