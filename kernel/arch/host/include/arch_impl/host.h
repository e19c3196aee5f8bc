// SPDX-License-Identifier: MIT
// What only the host's arch has: its machine is set up and looked into by unit tests.
#pragma once

#include <base/types.h>

/// Where the kernel's virtual memory lies in the test process.
#define HOST_PAGE_ARRAY_BASE 0x200000000000ull
#define HOST_PAGE_ARRAY_SIZE (64ull << 20)
#define HOST_KERNEL_HEAP_BASE 0x210000000000ull
#define HOST_KERNEL_HEAP_SIZE (64ull << 30)

struct arch_as;

/// Provide `bytes` of RAM at physical address 0. Called once, before any memory is used. Ends the
/// process with a message if the system does not allow it.
void host_memory_start(uint64_t bytes);

/// Pointer to the RAM at `address`.
void *host_memory(paddr_t address);

/// A copy of all RAM (NULL if there is none yet), and back from it: a child process shares RAM with
/// its parent, so a test that lets a child damage it saves it before. Restoring frees the copy.
void *host_memory_save(void);
void host_memory_restore(void *copy);

/// Act as CPU `id` (below ARCH_CPU_MAX) in the calling host thread; the main thread is CPU 0. A CPU
/// is one host thread at a time.
void host_cpu_set(unsigned id);

/// Number of CPUs that arch_cpu_count() tells; 1 at start.
void host_cpu_count_set(unsigned count);

/// Access user memory at `address` as a program would, in the active address space: false if it
/// raises a page fault. On success `*memory` is the byte's place. `access`: ARCH_ACCESS_READ, WRITE
/// or EXEC.
bool host_user_access(uint64_t address, unsigned access, uint8_t **memory);

/// What arch_thread_enter_user() calls: there is no user mode. Panics if NULL (at start).
extern void (*host_user_entry)(uint64_t rip, uint64_t rsp, uint64_t rdi);
