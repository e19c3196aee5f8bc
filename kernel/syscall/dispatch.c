// SPDX-License-Identifier: MIT
// The entry of all system calls: find the thunk by class and index, run it, check what must hold
// before user mode goes on.
#include <arch/cpu.h>
#include <arch/trap.h>
#include <base/check.h>
#include <syscall/syscall.h>
#include <task/process.h>

#include "confine.h"
#include "dispatch.h"
#include "fast_path.h"
#include "thunks.h"
#include "trace.h"

/// One counter per CPU, each in a cache line of its own; kernel code is not moved while it counts.
struct call_counter {
    uint64_t calls;
} __aligned(64);

static struct call_counter counters[ARCH_CPU_MAX];

/// What keeps calls from the shortest way.
#define WATCH_TRACE 1u  /* each call is logged */
#define WATCH_POLICY 2u /* there are, or were, processes under a policy */
static uint32_t watch;  /* atomic: bits are only added */

void syscall_trace_enable(void)
{
    __atomic_fetch_or(&watch, WATCH_TRACE, __ATOMIC_RELAXED);
}

void syscall_policy_enable(void)
{
    __atomic_fetch_or(&watch, WATCH_POLICY, __ATOMIC_RELEASE);
}

static inline uint32_t watched(void)
{
    return __atomic_load_n(&watch, __ATOMIC_RELAXED);
}

uint64_t syscall_count(void)
{
    uint64_t sum = 0;

    for (unsigned cpu = 0; cpu < ARCH_CPU_MAX; cpu++) {
        sum += __atomic_load_n(&counters[cpu].calls, __ATOMIC_RELAXED);
    }
    return sum;
}

/// `index` if it is below `count`, else 0, without a branch that the CPU could guess.
static inline uint32_t clamp_index(uint32_t index, uint32_t count)
{
    uint64_t below;

    __asm__("" : "+r"(index)); // the compiler must not use what an earlier comparison proved
    below = ((uint64_t)index - count) >> 63;
    return index & (uint32_t)(0 - below);
}

static int64_t unknown_public(const struct syscall_frame *frame)
{
    (void)frame;
    return SYSCALL_PUBLIC_UNKNOWN;
}

static int64_t unknown_private(const struct syscall_frame *frame)
{
    (void)frame;
    return SYSCALL_PRIVATE_UNKNOWN;
}

static inline syscall_thunk find(uint64_t number)
{
    uint32_t class_value = (uint32_t)(number >> 32);
    uint32_t index = (uint32_t)number;
    bool private = (class_value & SYSCALL_PRIVATE_BIT) != 0;
    uint32_t slot = class_value & ~SYSCALL_PRIVATE_BIT;
    uint32_t class_count = private ? SYSCALL_PRIVATE_CLASS_COUNT : SYSCALL_PUBLIC_CLASS_COUNT;
    syscall_thunk unknown = private ? unknown_private : unknown_public;

    if (unlikely(slot >= class_count)) {
        return unknown;
    }
    slot = clamp_index(slot, class_count);
    const struct syscall_class *class =
        private ? &syscall_private_classes[slot] : &syscall_public_classes[slot];
    if (unlikely(index >= class->count)) {
        return unknown;
    }
    const struct syscall_entry *entry = &class->entries[clamp_index(index, class->count)];
    return likely(entry->thunk != NULL) ? entry->thunk : unknown;
}

static inline void count(uint64_t calls)
{
    struct call_counter *counter = &counters[arch_cpu_id()];

    __atomic_store_n(&counter->calls, counter->calls + calls, __ATOMIC_RELAXED);
}

/// Whether the caller's policy lets it make the call; also of numbers that no call has.
static inline bool is_permitted(uint64_t number)
{
    const struct process_policy *policy = process_current()->policy;

    return likely(policy == NULL) || confine_permits(policy, number);
}

/// A call while calls are traced or there are policies.
static __noinline int64_t serve_watched(const struct syscall_frame *frame)
{
    int64_t result = ERR_DENIED;

    if ((watched() & WATCH_TRACE) != 0) {
        trace_call(frame);
    }
    if (is_permitted(frame->number) || !confine_refuse(frame->number)) {
        result = find(frame->number)(frame);
    }
    if ((watched() & WATCH_TRACE) != 0) {
        trace_result(frame, result);
    }
    return result;
}

static __noinline void serve(struct syscall_frame *frame)
{
    count(1);
    arch_irq_enable();
    frame->result =
        (uint64_t)(likely(watched() == 0) ? find(frame->number)(frame) : serve_watched(frame));
    // All spinlocks keep interrupts off while they are held, so this covers both.
    ASSERT(arch_irq_enabled(), "a system call left interrupts off or a spinlock held");
}

syscall_thunk syscall_find(uint64_t number)
{
    return unlikely(watched() != 0) ? serve_watched : find(number);
}

void syscall_count_nested(uint64_t calls)
{
    irqflags_t flags = arch_irq_save();

    count(calls);
    arch_irq_restore(flags);
}

static __noinline void serve_fast(struct syscall_frame *frame)
{
    uint32_t why = watched();
    bool fast = likely(why == 0) || (why == WATCH_POLICY && is_permitted(frame->number));
    int64_t result = fast ? fast_path(frame) : ERR_AGAIN;

    if (unlikely(result == ERR_AGAIN)) {
        serve(frame);
    } else {
        count(1);
        frame->result = (uint64_t)result;
    }
}

void syscall_entry(struct syscall_frame *frame)
{
    if (fast_path_has(frame->number)) {
        serve_fast(frame);
    } else {
        serve(frame);
    }
}
