// SPDX-License-Identifier: MIT
// System calls. The entry itself, syscall_entry(), is declared in <arch/trap.h>.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

/// Write each call with its name, arguments and result to the kernel log. For development: it shows
/// addresses and values of all processes.
void syscall_trace_enable(void);

/// Let `mem_shortage` make allocations fail. At boot, for tests.
void syscall_shortage_enable(void);

/// Look at policies from now on; before the first process under one runs.
void syscall_policy_enable(void);

/// Calls served since boot, over all CPUs, the current one included.
uint64_t syscall_count(void);

/// Make the page that user mode reads the clocks from. At boot, before the first process.
/// ERR_NOMEM.
enum status clock_page_init(void) __must_check;
