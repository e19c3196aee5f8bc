// SPDX-License-Identifier: MIT
// Where log lines go: always to the ring, and to the serial port or the host link if the command
// line says so.
#include "init.h"
#include <arch/spinlock.h>
#include <base/log.h>
#include <dev/hostlink.h>
#include <fs/log.h>
#include <plat/platform.h>

static bool to_serial;
static bool to_host;
static struct spinlock serial_lock = SPINLOCK_INIT; /* keeps lines of several CPUs apart */

void log_route(const struct boot_options *options)
{
    to_serial = options->log_serial;
    to_host = options->log_host;
}

void log_replay(void)
{
    static char lines[1024];
    uint64_t from = 0;
    size_t len;
    while (to_host && (len = log_ring_read(&from, lines, sizeof(lines))) > 0) {
        hostlink_log(lines, len);
        from += len;
    }
}

void log_sink(const struct log_entry *entry)
{
    const char *text = entry->text;
    size_t len = entry->len;

    log_ring_append(entry);
    log_readers_wake();
    if (to_serial) {
        irqflags_t flags = spin_lock_irqsave(&serial_lock);
        platform()->console_write(text, len);
        spin_unlock_irqrestore(&serial_lock, flags);
    }
    if (to_host) {
        hostlink_log(text, len);
    }
}
