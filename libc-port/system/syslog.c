// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fork.h"
#include "../private/lock.h"

#define MESSAGE_MAX 1024 /* bytes with prefix and newline */

struct coco_lock __coco_syslog_lock; // of the settings below
static const char *ident;
static int options;
static int facility = LOG_USER;
static int mask = LOG_UPTO(LOG_DEBUG);

void openlog(const char *new_ident, int new_options, int new_facility)
{
    __coco_lock(&__coco_syslog_lock);
    ident = new_ident;
    options = new_options;
    if (new_facility != 0 && (new_facility & ~LOG_FACMASK) == 0) {
        facility = new_facility;
    }
    __coco_unlock(&__coco_syslog_lock);
}

void closelog(void)
{
    __coco_lock(&__coco_syslog_lock);
    ident = NULL;
    options = 0;
    __coco_unlock(&__coco_syslog_lock);
}

int setlogmask(int new_mask)
{
    __coco_lock(&__coco_syslog_lock);
    int old = mask;
    mask = new_mask != 0 ? new_mask : mask;
    __coco_unlock(&__coco_syslog_lock);
    return old;
}

// Add text to a message that may be full already. Returns its new length.
static size_t append(char *message, size_t len, const char *text)
{
    size_t room = MESSAGE_MAX - len;
    size_t added = strlcpy(message + len, text, room);
    return added < room ? len + added : MESSAGE_MAX - 1;
}

// A record for each line, with the priority; an old policy may allow plain lines only.
static void send(int priority, const char *text, size_t len)
{
    // Who logs is not told about a log that takes nothing: POSIX has no way to.
    if (coco_log_write(COCO_HANDLE_LOG, (uint32_t)priority, text, len) == COCO_EDENIED) {
        (void)coco_write(COCO_HANDLE_LOG, text, len);
    }
}

// The format with each %m replaced; other conversions and "%%" stay. Result is cut if it is too
// long, never inside a conversion of its own making.
static void expand_error(char *out, size_t size, const char *format, int error)
{
    size_t at = 0;
    while (*format != '\0' && at + 2 < size) {
        if (format[0] == '%' && format[1] == 'm') {
            for (const char *text = strerror(error); *text != '\0' && at + 2 < size; text++) {
                out[at++] = *text;
                if (*text == '%') {
                    out[at++] = '%';
                }
            }
            format += 2;
        } else {
            bool pair = format[0] == '%' && format[1] != '\0';
            out[at++] = *format++;
            if (pair) {
                out[at++] = *format++;
            }
        }
    }
    out[at] = '\0';
}

static size_t prefix(char *message, int flags, const char *name)
{
    char number[16];
    size_t len = 0;
    message[0] = '\0';
    if (name) {
        len = append(message, len, name);
    }
    if (flags & LOG_PID) {
        snprintf(number, sizeof(number), "[%d]", (int)getpid());
        len = append(message, len, number);
    }
    return name || (flags & LOG_PID) ? append(message, len, ": ") : len;
}

void vsyslog(int priority, const char *format, va_list list)
{
    int saved_errno = errno;
    char message[MESSAGE_MAX];
    char expanded[MESSAGE_MAX];
    __coco_lock(&__coco_syslog_lock);
    bool wanted = (mask & LOG_MASK(LOG_PRI(priority))) != 0;
    int flags = options;
    const char *name = ident;
    priority = LOG_PRI(priority) | (priority & LOG_FACMASK ? priority & LOG_FACMASK : facility);
    __coco_unlock(&__coco_syslog_lock);
    if (wanted) {
        expand_error(expanded, sizeof(expanded), format, saved_errno);
        size_t start = prefix(message, flags, name);
        vsnprintf(message + start, sizeof(message) - start - 1, expanded, list);
        size_t len = strlen(message);
        if (len == 0 || message[len - 1] != '\n') {
            message[len++] = '\n';
        }
        send(priority, message, len);
        if (flags & LOG_PERROR) {
            (void)write(STDERR_FILENO, message, len);
        }
    }
    errno = saved_errno;
}

void syslog(int priority, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsyslog(priority, format, list);
    va_end(list);
}
