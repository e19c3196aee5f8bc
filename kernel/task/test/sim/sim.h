// SPDX-License-Identifier: MIT
// A simulated machine for the unit tests of task: CPUs are OS threads, kernel threads are fibers
// that move between them, user mode is C code that polls for interrupts, address spaces are lists
// of ranges.
//
// A test is a function that runs as the first kernel thread. Each test gets a machine, and a host
// process, of its own.
#pragma once

#include <arch/thread.h>
#include <base/compiler.h>
#include <base/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <task/process.h>

/// Always on, unlike assert().
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: EXPECT(%s)\n", __FILE_NAME__, __LINE__, #condition);           \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/// Runs `test` on a machine with `cpus` CPUs in a process of its own. True if it returned.
bool sim_run(unsigned cpus, void (*test)(void));

/// Entry address of user function `index` (see sim_user_functions), for images and arch_user_entry.
#define SIM_USER_ENTRY 0x401000ull
#define sim_user_address(index) (SIM_USER_ENTRY + 16ull * (index))

/// Where position-independent programs are loaded; their entry is the same as that of others.
#define SIM_PIE_BASE 0x200000000000ull

/// User code, by index; RDI is the argument. Must end by a call that does not return.
extern void (*const sim_user_functions[])(uint64_t rdi);
extern const unsigned sim_user_function_count;

/// What user code does between instructions: interrupts are served, and the way back to user mode
/// is taken. Every loop of user code has to call it.
void sim_user_poll(void);

/// A system call from user code: evaluates the expression in the kernel, then returns to user mode.
#define SYSCALL(expression)                                                                        \
    do {                                                                                           \
        expression;                                                                                \
        sim_user_poll();                                                                           \
    } while (0)

/// Allocations that the model of mm has given out and not got back: heap blocks, stacks, address
/// spaces.
int64_t sim_allocations(void);

/// Makes the next `count`th allocation fail (0 = the next one); negative for none.
void sim_fail_allocation(int64_t count);
bool sim_failure_delivered(void);

/// Bytes of the current address space's model. False if part is not mapped.
bool sim_aspace_read(struct aspace *aspace, uint64_t address, void *to, size_t len);

/// Mapping that holds `address`: start, length, protection. False if there is none.
bool sim_aspace_find(struct aspace *aspace, uint64_t address, uint64_t *start, uint64_t *len,
                     unsigned *prot);

/// Sleeps in the kernel for some simulated (and real) time.
void sim_sleep_ms(unsigned ms);

/// The kernel's log so far.
const char *sim_log(void);
