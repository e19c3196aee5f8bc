// SPDX-License-Identifier: MIT
// The kernel's own log lines. The level says who is to blame: ERROR the kernel or the machine,
// WARN the host or the boot archive, INFO nobody, DEBUG developers (compiled out of release
// kernels).
#pragma once

#include <base/compiler.h>
#include <stddef.h>

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
};

#define LOG_LINE_MAX 256u /* bytes of a line, its newline included */

/// Format one line, add its level's prefix and a newline, and hand it to log_sink(). A longer text
/// is cut. Context: any.
void klog_write(enum log_level level, const char *format, ...) __printf(2, 3);

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

/// Upcall, defined by kernel/init (and by the unit test harness): take one line of `len` bytes that
/// ends in a newline. Context: any, with spinlocks held or not; must not sleep, must not allocate.
void log_sink(const char *text, size_t len);
