// SPDX-License-Identifier: MIT
// This system's side: an ordinary program under `coconut run`.
#include "bench.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/syscalls.h>

static char minimal[PATH_MAX];

/* The minimal program stands beside this one. */
int platform_prepare(void)
{
    const char *slash = strrchr(program_path, '/');
    int folder = slash ? (int)(slash - program_path) : 0;
    int len =
        snprintf(minimal, sizeof(minimal), "%.*s%sminimal", folder, program_path, slash ? "/" : "");
    return len > 0 && (size_t)len < sizeof(minimal) ? 0 : -1;
}

void platform_null_call(void)
{
    (void)coco_thread_id();
}

const char *platform_minimal(void)
{
    return minimal;
}

int platform_strict_yield(int on)
{
    (void)on;
    return 0; // sched_yield() always hands over
}

void platform_end(int good)
{
    exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
}
