// SPDX-License-Identifier: MIT
// Private: the report on a process that ends badly, as lines of the log. They are records about the
// process with COCO_LOG_CRASH, which only the kernel can make: who reads the log finds the reports
// by them, in order, by the id of the process.
#pragma once

#include <arch/trap.h>
#include <base/compiler.h>
#include <base/types.h>

/// An exception ends the current process.
void crash_report_exception(const struct arch_exception *exception, uint64_t error_code);

/// Whether a signal tells of a fault of the program, as that of abort() does.
bool crash_is_signal(uint32_t signal);

/// The default action of a signal ends it. Reported if crash_is_signal().
void crash_report_signal(const struct arch_registers *registers, uint32_t signal);
