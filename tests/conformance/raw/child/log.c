// SPDX-License-Identifier: MIT
// Behaviours that write to the log.
#include "behaviour.h"

#include <coconut/coconut.h>

static int write_line(void)
{
    return coco_write(COCO_HANDLE_LOG, "an heir\n", 8) == 8 ? 0 : 1;
}

static void write_in_copy(void)
{
    coco_process_exit((uint32_t)write_line());
}

BEHAVIOUR(log_line)
{
    return write_line();
}

static int code_of(int64_t process)
{
    struct coco_exit_status status = {.code = 9};
    if (process < 0) {
        return 8;
    }
    (void)coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status);
    (void)coco_close((coco_handle_t)process);
    return (int)status.code;
}

/* A line of its own, one of a copy, one of a program that it starts. Without its own handle to the
   log, too. */
BEHAVIOUR(log_heirs)
{
    static uint8_t stack[8192] __attribute__((aligned(16)));
    static const char arguments[] = "program\0log_line";
    static const struct coco_spawn line = {.size = sizeof(line),
                                           .path = (uintptr_t)"/raw/child",
                                           .arguments = (uintptr_t)arguments,
                                           .arguments_len = sizeof(arguments),
                                           .argument_count = 2};
    const uint64_t top = (uint64_t)(uintptr_t)(stack + sizeof(stack)) - 8;
    int code = write_line();
    code |= code_of(coco_process_fork((void *)write_in_copy, (void *)top, 0, NULL, 0));
    code |= (int)coco_close(COCO_HANDLE_LOG);
    return code | code_of(coco_process_spawn(&line));
}
