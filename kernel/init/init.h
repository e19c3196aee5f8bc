// SPDX-License-Identifier: MIT
// Shared between the files of kernel/init only.
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <plat/boot.h>
#include <plat/options.h>

#include "settings.h"

/// What the boot collected; written before the first thread runs, constant afterwards.
extern struct boot_info boot_info;
extern struct boot_options boot_options;
extern struct image_settings image_settings;
extern void *boot_archive; /* boot_info.archive, mapped; NULL: there is none */

/// Where log lines go besides the ring, and which are kept: log.c. Until then they go to the ring
/// alone. Shows on the serial line, if lines go there, what the ring holds.
void log_route(void);

/// Sends what the ring holds to the host link, if lines go there: those from before the link was
/// up.
void log_replay(void);

/// Text for the serial line, if the image lets the host see any. No lock: for panics and for what
/// ends the machine.
void console_show(const char *text, size_t len);

/// Body of the first kernel thread: devices, then the first process; ends the machine with it.
__noreturn void launch_thread(void *unused);

/// Waits until the host has taken what streams hold, then ends the machine.
__noreturn void machine_end(bool ok);
