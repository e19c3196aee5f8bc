// SPDX-License-Identifier: MIT
#include <base/format.h>
#include <base/log.h>
#include <base/string.h>

#define FLAG_KERNEL 1u /* COCO_LOG_KERNEL; this module knows no ABI */

/// Formats behind the `start` bytes that `line` holds, and hands it on.
static void finish(char *line, size_t start, struct log_entry *entry, const char *format,
                   va_list args)
{
    size_t len = start + kvsnprintf(line + start, LOG_LINE_MAX - 1 - start, format, args);

    len = MIN(len, LOG_LINE_MAX - 2);
    line[len++] = '\n';
    entry->text = line;
    entry->len = len;
    log_sink(entry);
}

void klog_write(enum log_level level, const char *format, ...)
{
    static const struct {
        const char *prefix;
        uint32_t severity;
    } levels[] = {
        [LOG_ERROR] = {"error: ", LOG_SEVERITY_ERROR},
        [LOG_WARN] = {"warning: ", LOG_SEVERITY_WARNING},
        [LOG_INFO] = {"", LOG_SEVERITY_INFO},
        [LOG_DEBUG] = {"debug: ", LOG_SEVERITY_DEBUG},
    };
    struct log_entry entry = {
        .priority = levels[level].severity, .flags = FLAG_KERNEL, .label = ""};
    char line[LOG_LINE_MAX];
    va_list args;

    va_start(args, format);
    finish(line, strlcpy(line, levels[level].prefix, sizeof(line)), &entry, format, args);
    va_end(args);
}

void klog_about(const struct log_subject *subject, uint32_t severity, const char *format, ...)
{
    struct log_entry entry = {.priority = severity,
                              .flags = subject->flags,
                              .process = subject->process,
                              .label = subject->label};
    char line[LOG_LINE_MAX];
    va_list args;

    va_start(args, format);
    finish(line, 0, &entry, format, args);
    va_end(args);
}
