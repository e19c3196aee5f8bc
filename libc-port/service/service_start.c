// SPDX-License-Identifier: MIT
// Starting a program as init does: handles by name in the environment, and nothing else.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#define TEXT_MAX 2048u

struct text {
    char bytes[TEXT_MAX];
    size_t len;
    uint32_t strings;
    bool full;
};

static void append(struct text *text, const char *what)
{
    const size_t len = strlen(what);

    text->full = text->full || len > sizeof(text->bytes) - text->len;
    if (!text->full) {
        memcpy(text->bytes + text->len, what, len);
        text->len += len;
    }
}

/* Ends a string with its NUL. */
static void end_string(struct text *text)
{
    if (text->len < sizeof(text->bytes)) {
        text->bytes[text->len++] = '\0';
        text->strings++;
    } else {
        text->full = true;
    }
}

/* VARIABLE=name:number,...: the first handle is 1, behind the log. */
static void append_list(struct text *text, const char *variable,
                        const struct coco_service_start *start, bool offered)
{
    const char *between = "";

    append(text, variable);
    for (uint32_t i = 0; i < start->handle_count; i++) {
        char number[16];
        if ((start->handles[i].offered != 0) != offered) {
            continue;
        }
        (void)snprintf(number, sizeof(number), ":%u", (unsigned)i + 1);
        append(text, between);
        append(text, start->handles[i].name);
        append(text, number);
        between = ",";
    }
    end_string(text);
}

int64_t coco_service_start(const struct coco_service_start *start)
{
    struct coco_spawn_handle handles[COCO_SERVICE_HANDLES_MAX];
    struct text arguments = {.len = 0};
    struct text environment = {.len = 0};
    char path[PATH_MAX]; /* the kernel begins at the root */

    if (start->handle_count > COCO_SERVICE_HANDLES_MAX) {
        return COCO_ETOOBIG;
    }
    if (!realpath(start->path, path)) {
        return COCO_ENOTFOUND;
    }
    for (uint32_t i = 0; i < start->handle_count; i++) {
        handles[i] = (struct coco_spawn_handle){start->handles[i].handle, start->handles[i].rights,
                                                COCO_ROLE_NONE, 0};
    }
    append(&arguments, start->path);
    end_string(&arguments);
    if (start->argument) {
        append(&arguments, start->argument);
        end_string(&arguments);
    }
    append_list(&environment, "COCONUT_OFFERS=", start, true);
    append_list(&environment, "COCONUT_CHANNELS=", start, false);
    if (arguments.full || environment.full) {
        return COCO_ETOOBIG;
    }
    const struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .path = (uintptr_t)path,
        .arguments = (uintptr_t)arguments.bytes,
        .arguments_len = arguments.len,
        .argument_count = arguments.strings,
        .environment = (uintptr_t)environment.bytes,
        .environment_len = environment.len,
        .environment_count = environment.strings,
        .handles = (uintptr_t)handles,
        .handle_count = start->handle_count,
    };
    return start->policy ? coco_process_spawn_confined(&spawn, start->policy)
                         : coco_process_spawn(&spawn);
}
