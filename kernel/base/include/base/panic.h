// SPDX-License-Identifier: MIT
// The end of the kernel: only for conditions in which memory safety or isolation is already lost.
#pragma once

#include <base/compiler.h>

/// Upcall, defined by kernel/init (and by the unit test harness on the host).
/// Stop all CPUs, print the text with a dump, end the machine. Context: any, locks held or not.
__noreturn void panic(const char *format, ...) __printf(1, 2);
