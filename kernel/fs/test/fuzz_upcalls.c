// SPDX-License-Identifier: MIT
// Upcalls that fuzz_archive links but never makes: the reader calls nothing.
#include <base/check.h>
#include <mm/aspace.h>
#include <object/object.h>
#include <object/wait.h>

const struct object_ops *const object_ops[COCO_OBJECT_COUNT];

struct aspace *aspace_current(void)
{
    panic("unexpected upcall");
}

void backing_cut_mappings(struct backing *backing, uint64_t first)
{
    (void)backing;
    (void)first;
    panic("unexpected upcall");
}

void sched_check(void)
{
    panic("unexpected upcall");
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
