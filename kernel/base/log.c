// SPDX-License-Identifier: MIT
#include <base/format.h>
#include <base/log.h>
#include <base/string.h>

void klog_write(enum log_level level, const char *format, ...)
{
    static const char *const prefixes[] = {
        [LOG_ERROR] = "error: ",
        [LOG_WARN] = "warning: ",
        [LOG_INFO] = "",
        [LOG_DEBUG] = "debug: ",
    };
    char line[LOG_LINE_MAX];
    size_t len = strlcpy(line, prefixes[level], sizeof(line));
    va_list args;

    va_start(args, format);
    len += kvsnprintf(line + len, sizeof(line) - 1 - len, format, args);
    va_end(args);
    len = MIN(len, sizeof(line) - 2);
    line[len++] = '\n';
    log_sink(line, len);
}
