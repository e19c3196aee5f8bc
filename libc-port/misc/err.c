// SPDX-License-Identifier: MIT
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../private/start.h"

static const char *program_name(void)
{
    if (!__coco_start_block || __coco_start_block->argument_count == 0) {
        return "program";
    }
    const char *path = ((char **)(uintptr_t)__coco_start_block->arguments)[0];
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void message(int error, const char *format, va_list list)
{
    flockfile(stderr);
    fprintf(stderr, "%s: ", program_name());
    if (format) {
        vfprintf(stderr, format, list);
    }
    if (error) {
        fprintf(stderr, "%s%s", format ? ": " : "", strerror(error));
    }
    putc('\n', stderr);
    funlockfile(stderr);
}

void vwarn(const char *format, va_list list)
{
    message(errno, format, list);
}

void vwarnx(const char *format, va_list list)
{
    message(0, format, list);
}

void verr(int status, const char *format, va_list list)
{
    message(errno, format, list);
    exit(status);
}

void verrx(int status, const char *format, va_list list)
{
    message(0, format, list);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vwarn(format, list);
    va_end(list);
}

void warnx(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vwarnx(format, list);
    va_end(list);
}

void err(int status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    verr(status, format, list);
}

void errx(int status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    verrx(status, format, list);
}
