// SPDX-License-Identifier: MIT
// Upcalls of the modules under test that these programs never make.
#include <arch/thread.h>
#include <base/check.h>
#include <mm/aspace.h>
#include <object/wait.h>

#include "confine.h"
#include "fast_path.h"

struct aspace *aspace_current(void)
{
    return NULL;
}

int64_t fast_path(const struct syscall_frame *frame)
{
    (void)frame;
    return ERR_AGAIN; /* it is the thunks that are tested */
}

bool confine_refuse(uint64_t number)
{
    (void)number;
    panic("unexpected upcall"); /* no process here is under a policy */
}

void backing_cut_mappings(struct backing *backing, uint64_t first)
{
    (void)backing;
    (void)first;
    panic("unexpected upcall"); /* nothing is mapped from a file here */
}

void sched_check(void)
{
}

struct thread *sched_current(void)
{
    panic("unexpected upcall");
}

enum status sched_block(uint64_t deadline, enum wait_mode mode)
{
    (void)deadline;
    (void)mode;
    panic("unexpected upcall");
}

void sched_wake(struct thread *thread)
{
    (void)thread;
    panic("unexpected upcall");
}

void thread_switch_finish(void)
{
    panic("unexpected upcall");
}
