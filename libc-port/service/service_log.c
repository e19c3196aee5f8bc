// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <coconut/coconut.h>
#include <coconut/service.h>

#define LINE_MAX_LEN 512u

/* One record for the line; a policy of before there were records may allow plain lines only. */
static int64_t put(uint32_t severity, const char *text)
{
    size_t len = strnlen(text, LINE_MAX_LEN);

    while (len > 0 && text[len - 1] == '\n') {
        len--;
    }
    int64_t written = coco_log_write(COCO_HANDLE_LOG, severity & 7u, text, len);
    if (written == COCO_EDENIED) {
        char line[LINE_MAX_LEN + 1];
        memcpy(line, text, len);
        line[len++] = '\n';
        written = coco_write(COCO_HANDLE_LOG, line, len);
    }
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
