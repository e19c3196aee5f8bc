// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#define LINE_MAX_LEN 512u

/* One write for the line, so that lines of others do not come between. */
static int64_t put(uint32_t severity, const char *text)
{
    char line[LINE_MAX_LEN];
    const int made = snprintf(line, sizeof(line) - 1, "<%u>%s", (unsigned)(severity & 7u), text);

    if (made < 0) {
        return COCO_EINVAL;
    }
    size_t len = strlen(line);
    while (len > 0 && line[len - 1] == '\n') {
        len--;
    }
    line[len++] = '\n';
    const int64_t written = coco_write(COCO_HANDLE_LOG, line, len);
    return coco_is_error(written) ? written : 0;
}

int64_t coco_service_log_text(uint32_t severity, const char *text)
{
    return put(severity, text);
}

int64_t coco_service_log(uint32_t severity, const char *format, ...)
{
    char text[LINE_MAX_LEN];
    va_list arguments;

    va_start(arguments, format);
    const int made = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return made < 0 ? COCO_EINVAL : put(severity, text);
}
