// SPDX-License-Identifier: MIT
// What process 1 of a Linux machine that only measures has to do besides.
#pragma once

#include <stdbool.h>

/// Mount /dev and /tmp and take the console for the standard streams. Returns whether all went
/// well.
bool machine_start(void);

/// End the machine: by QEMU's debug port if `good`, otherwise by the power switch.
_Noreturn void machine_end(bool good);
