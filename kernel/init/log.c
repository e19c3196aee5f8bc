// SPDX-License-Identifier: MIT
// Where log lines go: always to the ring, and to the serial port or the host link if the command
// line says so and the image lets it.
#include "init.h"
#include <arch/spinlock.h>
#include <base/log.h>
#include <dev/hostlink.h>
#include <fs/log.h>
#include <plat/platform.h>

static bool to_serial;
static bool to_host;
static struct spinlock serial_lock = SPINLOCK_INIT; /* keeps lines of several CPUs apart */

void console_show(const char *text, size_t len)
{
    if (!image_settings.release) {
        platform()->console_write(text, len);
    }
}

static void show_locked(const char *text, size_t len)
{
    irqflags_t flags = spin_lock_irqsave(&serial_lock);

    console_show(text, len);
    spin_unlock_irqrestore(&serial_lock, flags);
}

/// Hands what the ring holds to `show`, in parts.
static void replay(void (*show)(const char *text, size_t len))
{
    static char lines[1024];
    uint64_t from = 0;
    size_t len;

    while ((len = log_ring_read(&from, lines, sizeof(lines))) > 0) {
        show(lines, len);
        from += len;
    }
}

void log_route(void)
{
    to_serial = boot_options.log_serial && !image_settings.release;
    to_host = boot_options.log_host && !image_settings.release;
    if (to_serial) {
        replay(show_locked);
    }
}

void log_replay(void)
{
    if (to_host) {
        replay(hostlink_log);
    }
}

void log_sink(const struct log_entry *entry)
{
    if ((entry->priority & LOG_SEVERITY_MASK) > image_settings.threshold) {
        return;
    }
    log_ring_append(entry);
    log_readers_wake();
    if (to_serial) {
        show_locked(entry->text, entry->len);
    }
    if (to_host) {
        hostlink_log(entry->text, entry->len);
    }
}
