// SPDX-License-Identifier: MIT
// Threads as contexts of the host's C library that run on the kernel stacks they are given. There
// is no user mode: a test sets host_user_entry to see a thread arrive there.
#include <arch/thread.h>
#include <arch/user_state.h>
#include <arch_impl/host.h>
#include <base/check.h>
#include <sanitizer/common_interface_defs.h>
#include <string.h>
#include <ucontext.h>

void (*host_user_entry)(uint64_t rip, uint64_t rsp, uint64_t rdi);

/// Lies at the lowest address of the thread's kernel stack; the boot thread's is static.
struct host_context {
    ucontext_t context;
    void (*entry)(void *argument);
    void *argument;
    const void *stack_low;
    size_t stack_size;
    void *fake_stack; /* of the address sanitizer */
};

static _Thread_local struct host_context boot_context;
static _Thread_local struct host_context *switched_from;

_Static_assert(sizeof(struct host_context) <= 2048, "the context must leave room for the stack");

static struct host_context *context_of(const struct arch_thread *thread)
{
    return (struct host_context *)(uintptr_t)thread->kernel_rsp;
}

/// Tell the sanitizer that the switch is done, and learn where the other context's stack lies.
static void finish_switch(void *fake_stack)
{
    __sanitizer_finish_switch_fiber(fake_stack, &switched_from->stack_low,
                                    &switched_from->stack_size);
}

static void begin(void)
{
    struct host_context *self = context_of(host_cpu.thread);

    finish_switch(NULL);
    thread_switch_finish();
    arch_irq_enable();
    self->entry(self->argument);
    panic("a kernel thread returned");
}

void arch_thread_init_kernel(struct arch_thread *thread, void *stack_top,
                             void (*entry)(void *argument), void *argument)
{
    uint8_t *bottom = (uint8_t *)stack_top - ARCH_STACK_SIZE;
    struct host_context *self = (struct host_context *)(void *)bottom;

    memset(self, 0, sizeof(*self));
    thread->kernel_rsp = (uint64_t)(uintptr_t)self;
    thread->stack_top = (uint64_t)(uintptr_t)stack_top;
    self->entry = entry;
    self->argument = argument;
    self->stack_low = bottom + sizeof(*self);
    self->stack_size = ARCH_STACK_SIZE - sizeof(*self);
    CHECK(getcontext(&self->context) == 0, "getcontext");
    self->context.uc_stack.ss_sp = bottom + sizeof(*self);
    self->context.uc_stack.ss_size = self->stack_size;
    makecontext(&self->context, begin, 0);
}

/// The user entry of a thread, kept at the top of its stack until it first runs.
static void enter_user(void *argument)
{
    arch_thread_enter_user(argument);
}

void arch_thread_init_user(struct arch_thread *thread, void *stack_top,
                           const struct arch_user_entry *entry)
{
    struct arch_user_entry *copy = (struct arch_user_entry *)stack_top - 1;

    *copy = *entry;
    arch_thread_init_kernel(thread, stack_top, enter_user, copy);
    context_of(thread)->context.uc_stack.ss_size -= (sizeof(*copy) + 63) & ~(size_t)63;
    makecontext(&context_of(thread)->context, begin, 0);
}

void arch_thread_adopt(struct arch_thread *thread)
{
    thread->kernel_rsp = (uint64_t)(uintptr_t)&boot_context;
    host_cpu.thread = thread;
}

void arch_thread_enter_user(const struct arch_user_entry *entry)
{
    CHECK(host_user_entry != NULL, "there is no user mode on the host");
    host_user_entry(entry->rip, entry->rsp, entry->rdi);
    panic("the test came back from user mode");
}

void arch_thread_switch(struct arch_thread *from, struct arch_thread *to)
{
    struct host_context *old = context_of(from);
    struct host_context *new = context_of(to);

    host_cpu.thread = to;
    switched_from = old;
    __sanitizer_start_switch_fiber(&old->fake_stack, new->stack_low, new->stack_size);
    CHECK(swapcontext(&old->context, &new->context) == 0, "swapcontext");
    finish_switch(old->fake_stack);
}

void arch_thread_set_tls(uint64_t base)
{
    host_cpu.thread->fs_base = base;
}

uint64_t arch_thread_get_tls(void)
{
    return host_cpu.thread->fs_base;
}

void arch_thread_request_work(struct arch_thread *thread)
{
    (void)thread; /* threads never return to user mode here */
}

size_t arch_fpu_size(void)
{
    return 64;
}

void arch_fpu_init(void *area)
{
    memset(area, 0, arch_fpu_size());
}

const void *arch_fpu_capture(void)
{
    return host_cpu.thread->fpu;
}

void arch_fpu_load(void *area)
{
    memcpy(host_cpu.thread->fpu, area, arch_fpu_size());
}

void arch_fpu_reset(void)
{
    arch_fpu_init(host_cpu.thread->fpu);
}
