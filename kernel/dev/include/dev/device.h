// SPDX-License-Identifier: MIT
// Finding the machine's devices.
#pragma once

#include <plat/boot.h>
#include <plat/options.h>

/// Looks at each of `devices` (from the command line: hostile) and starts the drivers that fit:
/// today the host link and host ports, both virtio consoles. A device that cannot be used is named
/// in the log and left alone. Called once, from a thread, before anything uses dev.
void device_init(const struct boot_memory *memory, const struct boot_device *devices,
                 unsigned device_count);
