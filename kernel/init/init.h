// SPDX-License-Identifier: MIT
// Shared between the files of kernel/init only.
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <plat/boot.h>
#include <plat/options.h>

/// What the boot collected; written before the first thread runs, constant afterwards.
extern struct boot_info boot_info;
extern struct boot_options boot_options;

/// Where log lines go besides the ring: log.c. Lines logged before are not repeated.
void log_route(const struct boot_options *options);

/// Sends what the ring holds to the host link, if lines go there: those from before the link was
/// up.
void log_replay(void);

/// Body of the first kernel thread: devices, then the first process; ends the machine with it.
__noreturn void launch_thread(void *unused);

/// Waits until the host has taken what streams hold, then ends the machine.
__noreturn void machine_end(bool ok);
