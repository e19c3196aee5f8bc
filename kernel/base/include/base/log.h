// SPDX-License-Identifier: MIT
// The kernel's own log lines. The level says who is to blame: ERROR the kernel or the machine,
// WARN the host or the boot archive, INFO nobody, DEBUG developers (compiled out of release
// kernels).
#pragma once

#include <base/compiler.h>
#include <stddef.h>
#include <stdint.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
};

#define LOG_LINE_MAX 256u /* bytes of a line of the kernel, its newline included */

/* Severities of records, as in syslog(3). */
#define LOG_SEVERITY_CRITICAL 2u
#define LOG_SEVERITY_ERROR 3u
#define LOG_SEVERITY_WARNING 4u
#define LOG_SEVERITY_INFO 6u
#define LOG_SEVERITY_DEBUG 7u
#define LOG_SEVERITY_MASK 7u

/// One line on its way into the log.
struct log_entry {
    const char *text;  /* with a newline at the end */
    size_t len;        /* bytes of it */
    size_t prefix;     /* bytes of it that only show the label to a reader of lines */
    uint32_t priority; /* severity, and facility * 8 */
    uint32_t flags;    /* COCO_LOG_* */
    uint64_t process;  /* id of the writer, or of whom it is about; 0: none */
    const char *label; /* of the writer, or of whom it is about; "" */
};

/// Whom a line of the kernel is about.
struct log_subject {
    uint64_t process;
    const char *label;
    uint32_t flags; /* COCO_LOG_KERNEL, with COCO_LOG_CRASH or not */
};

/// Format one line, add its level's prefix and a newline, and hand it to log_sink(). A longer text
/// is cut. Context: as of log_sink().
void klog_write(enum log_level level, const char *format, ...) __printf(2, 3);

/// The same for a line about a process, with a severity of records and no prefix.
void klog_about(const struct log_subject *subject, uint32_t severity, const char *format, ...)
    __printf(3, 4);

#ifdef COCONUT_DEBUG
#define klog(level, ...) klog_write(level, __VA_ARGS__)
#else
#define klog(level, ...)                                                                           \
    do {                                                                                           \
        if ((level) != LOG_DEBUG) {                                                                \
            klog_write(level, __VA_ARGS__);                                                        \
        }                                                                                          \
    } while (0)
#endif

/// Upcall, defined by kernel/init (and by the unit test harness): take one line. Context: any, with
/// spinlocks held or not, but none of the scheduler or of a wait queue, as it wakes who waits for
/// records. Not from a panic or a non-maskable interrupt: the lock of the ring may be held there.
/// Does not sleep, does not allocate.
void log_sink(const struct log_entry *entry);
