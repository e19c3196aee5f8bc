// SPDX-License-Identifier: MIT
// Starting processes in the simulation.
#pragma once

#include <task/process.h>

#include "elf_builder.h"
#include "sim/sim.h"
#include "users.h"

/// Names a refusal of the call table that is tested here.
#define RULE(id) ((void)(id))

/// Starts a native process that runs `function`; its RDI is the start block. Fails the test on
/// errors.
struct process *fixture_start(enum user_function function);

/// The same under a policy, of which the process gets a reference; NULL: none.
struct process *fixture_start_under(enum user_function function, struct process_policy *policy);

/// Waits for the end of `process`, at most 200 s, puts the reference and returns the status.
struct coco_exit_status fixture_wait(struct process *process);

/// Waits until a thread, which *thread is or becomes, sleeps in the kernel; it must not end.
void fixture_wait_blocked(struct thread *const *thread);

/// Numbers that must be the same before and after a test.
struct fixture_counts {
    uint64_t objects;
    uint64_t handles;
    uint64_t threads;
    uint64_t processes;
    int64_t allocations;
};

struct fixture_counts fixture_counts(void);

/// Waits, a few seconds at most, until the counts are `before` again: ended threads are freed
/// shortly after they were waited for.
void fixture_expect_counts(struct fixture_counts before);

/// Runs a process of `function`: it exits with 0 and leaves the counts as they were.
void fixture_expect_success(enum user_function function);
