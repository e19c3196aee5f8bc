// SPDX-License-Identifier: MIT
// Simulated CPUs, interrupts and thread switches. Interrupts are served where they are turned on,
// in the idle loop, and where user code polls.
#include <arch/paging.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <arch/trap.h>
#include <arch/user_state.h>
#include <base/check.h>
#include <base/log.h>
#include <base/string.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <stdarg.h>
#include <task/sched.h>

#include "../../../arch/x86_64/user_state.h"
#include "sim.h"
#include "sim_host.h"

#define TEST_SECONDS 300u
#define LOG_SIZE 65536u

/* At the bottom of each stack. */
struct fiber {
    struct sim_head head;
    uint64_t rsp; /* while not running */
    struct arch_user_entry user;
    struct arch_registers registers; /* of user mode; only what signals do with them matters */
    void (*entry)(void *argument);   /* NULL: starts in user mode */
    void *argument;
};

static struct sim_cpu cpus[ARCH_CPU_MAX];
static unsigned cpu_total;
static void (*test_function)(void);
static char log_text[LOG_SIZE];
static size_t log_len; /* atomic */

/* Saves the registers that a function keeps, and the stack pointer to *save; continues at `load`.
 * The C library's swapcontext() would do, but the address sanitizer changes it in a way that does
 * not allow a fiber to move between OS threads. */
void sim_switch(uint64_t *save, uint64_t load);
__asm__(".text\n"
        ".globl sim_switch\n"
        ".type sim_switch, @function\n"
        "sim_switch:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size sim_switch, . - sim_switch\n");

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    /* Locals have to be on the stacks that the simulation switches. */
    return "detect_stack_use_after_return=0:detect_leaks=0";
}

__noreturn void panic(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "panic: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

void log_sink(const struct log_entry *entry)
{
    size_t len = entry->len;
    size_t at = __atomic_fetch_add(&log_len, len, __ATOMIC_RELAXED);

    if (at + len < LOG_SIZE) {
        memcpy(log_text + at, entry->text, len);
    }
}

const char *sim_log(void)
{
    return log_text;
}

uint64_t arch_time_ns(void)
{
    return host_time_ns();
}

static int64_t wall_base = 1600000000ll * 1000000000;

int64_t arch_wall_base_ns(void)
{
    return __atomic_load_n(&wall_base, __ATOMIC_RELAXED);
}

void arch_wall_base_set(int64_t base)
{
    __atomic_store_n(&wall_base, base, __ATOMIC_RELAXED);
}

void arch_timer_arm(uint64_t deadline_ns)
{
    sim_head()->cpu->armed = deadline_ns;
}

unsigned arch_cpu_count(void)
{
    return cpu_total;
}

uint64_t arch_features(void)
{
    return COCO_FEATURE_FSGSBASE;
}

void arch_send_reschedule(unsigned cpu)
{
    __atomic_store_n(&cpus[cpu].reschedule, 1, __ATOMIC_SEQ_CST);
}

void arch_spin_wait(void)
{
    host_pause();
}

void arch_spin_doze(void)
{
    host_pause();
}

void sim_jitter(struct sim_cpu *cpu)
{
    cpu->jitter = cpu->jitter * 1664525u + 1013904223u + cpu->id;
    if (cpu->jitter >> 26 == 0) {
        host_doze();
    }
}

static bool interrupt_is_due(const struct sim_cpu *cpu)
{
    return __atomic_load_n(&cpu->reschedule, __ATOMIC_SEQ_CST) != 0 || cpu->armed <= arch_time_ns();
}

void sim_interrupts_serve(void)
{
    struct sim_cpu *cpu = sim_head()->cpu;

    CHECK(!cpu->irq_on, "simulation: interrupts served while on");
    if (__atomic_exchange_n(&cpu->reschedule, 0, __ATOMIC_SEQ_CST) != 0) {
        reschedule_interrupt();
    }
    if (cpu->armed <= arch_time_ns()) {
        cpu->armed = ARCH_TIMER_NEVER;
        timer_interrupt(true);
    }
}

void sim_idle(void)
{
    struct sim_cpu *cpu = sim_head()->cpu;

    CHECK(!cpu->irq_on, "simulation: idle with interrupts on");
    while (!interrupt_is_due(cpu)) {
        host_pause();
    }
    arch_irq_enable();
}

/* As entry_return_user of the real machine. Code that the kernel made the registers point to is
 * called: it comes back by a system call that sets them again. */
static void return_to_user(void)
{
    struct arch_registers *registers = &((struct fiber *)sim_head())->registers;
    uint64_t interrupted = registers->rip;

    for (;;) {
        arch_irq_disable();
        if (__atomic_exchange_n(&sim_head()->return_work, 0, __ATOMIC_SEQ_CST) == 0) {
            break;
        }
        user_return_check(registers);
    }
    arch_irq_enable();
    while (registers->rip != 0 && registers->rip != interrupted) {
        ((void (*)(uint64_t))registers->rip)(registers->rdi);
    }
}

void sim_user_poll(void)
{
    arch_irq_disable();
    sim_interrupts_serve();
    return_to_user();
}

void sim_sleep_ms(unsigned ms)
{
    EXPECT(sched_sleep_until(arch_time_ns() + ms * 1000000ull) == OK);
}

static struct fiber *fiber_of(const struct arch_thread *thread)
{
    return (struct fiber *)(uintptr_t)(thread->stack_top - SIM_STACK_SIZE);
}

static void user_main(const struct arch_user_entry *entry)
{
    uint64_t base = entry->rip >= SIM_PIE_BASE ? SIM_PIE_BASE + 0x1000 : SIM_USER_ENTRY;
    uint64_t index = (entry->rip - base) / 16;

    CHECK(index < sim_user_function_count, "simulation: jump to an address without code");
    return_to_user();
    sim_user_functions[index](entry->rdi);
    panic("simulation: user code returned");
}

static void fiber_main(void)
{
    struct fiber *fiber = (struct fiber *)sim_head();

    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
    thread_switch_finish();
    if (fiber->entry == NULL) {
        user_main(&fiber->user);
    }
    arch_irq_enable();
    fiber->entry(fiber->argument);
    panic("simulation: kernel thread returned");
}

/* Makes the first switch to the fiber call `function`. */
static void fiber_set_start(struct fiber *fiber, void (*function)(void))
{
    uint64_t *stack = (uint64_t *)((uint8_t *)fiber + SIM_STACK_SIZE);

    *--stack = 0; /* return address of `function`; keeps the alignment of a called function */
    *--stack = (uint64_t)(uintptr_t)function;
    stack -= 6;
    memset(stack, 0, 6 * sizeof(*stack));
    fiber->rsp = (uint64_t)(uintptr_t)stack;
}

static struct fiber *fiber_prepare(struct arch_thread *thread, void *stack_top)
{
    struct fiber *fiber = (struct fiber *)((uint8_t *)stack_top - SIM_STACK_SIZE);

    __asan_unpoison_memory_region(fiber, SIM_STACK_SIZE);
    memset(fiber, 0, sizeof(*fiber));
    fiber->head.thread = thread;
    thread->stack_top = (uint64_t)(uintptr_t)stack_top;
    fiber_set_start(fiber, fiber_main);
    return fiber;
}

void arch_thread_init_kernel(struct arch_thread *thread, void *stack_top,
                             void (*entry)(void *argument), void *argument)
{
    struct fiber *fiber = fiber_prepare(thread, stack_top);

    fiber->entry = entry;
    fiber->argument = argument;
}

void arch_thread_init_user(struct arch_thread *thread, void *stack_top,
                           const struct arch_user_entry *entry)
{
    fiber_prepare(thread, stack_top)->user = *entry;
}

void arch_thread_adopt(struct arch_thread *thread)
{
    sim_head()->thread = thread;
    thread->stack_top = (uint64_t)(uintptr_t)sim_head() + SIM_STACK_SIZE;
}

void arch_thread_switch(struct arch_thread *from, struct arch_thread *to)
{
    struct fiber *old = fiber_of(from);
    struct fiber *fresh = fiber_of(to);
    void *fake_stack = NULL;

    CHECK(!arch_irq_enabled(), "simulation: switch with interrupts on");
    CHECK(from != to, "simulation: switch from a thread to itself");
    fresh->head.cpu = old->head.cpu;
    __sanitizer_start_switch_fiber(&fake_stack, (uint8_t *)fresh + sizeof(*fresh),
                                   SIM_STACK_SIZE - sizeof(*fresh));
    sim_switch(&old->rsp, fresh->rsp);
    __sanitizer_finish_switch_fiber(fake_stack, NULL, NULL);
}

void arch_thread_request_work(struct arch_thread *thread)
{
    __atomic_store_n(&fiber_of(thread)->head.return_work, 1, __ATOMIC_SEQ_CST);
}

void arch_thread_set_tls(uint64_t base)
{
    arch_thread_current()->fs_base = base;
}

size_t arch_fpu_size(void)
{
    return 832;
}

const void *arch_fpu_capture(void)
{
    return arch_thread_current()->fpu;
}

void arch_fpu_load(void *area)
{
    fpu_sanitize(area, 7, 0xffff);
    memcpy(arch_thread_current()->fpu, area, arch_fpu_size());
}

void arch_fpu_reset(void)
{
    arch_fpu_init(arch_thread_current()->fpu);
}

void arch_fpu_init(void *area)
{
    CHECK((uintptr_t)area % 64 == 0, "register area is not aligned");
    memset(area, 0, arch_fpu_size());
}

static __noreturn void test_thread(void *argument)
{
    (void)argument;
    test_function();
    exit(0);
}

/* The boot context of a CPU; it becomes the idle thread. */
static void boot_main(void)
{
    __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
    if (arch_cpu_id() == 0) {
        EXPECT(thread_start_kernel(test_thread, NULL, THREAD_PRIORITY_KERNEL) == OK);
    }
    sched_cpu_run();
}

static void cpu_start(void *argument)
{
    struct sim_cpu *cpu = argument;
    struct fiber *fiber = host_stack_alloc(SIM_STACK_SIZE);
    uint64_t host_rsp;
    void *fake_stack = NULL;

    fiber->head.cpu = cpu;
    fiber_set_start(fiber, boot_main);
    __sanitizer_start_switch_fiber(&fake_stack, fiber + 1, SIM_STACK_SIZE - sizeof(*fiber));
    sim_switch(&host_rsp, fiber->rsp);
}

static void machine_start(void)
{
    sched_init();
    for (unsigned i = 0; i < cpu_total; i++) {
        cpus[i] = (struct sim_cpu){.id = i, .armed = ARCH_TIMER_NEVER};
    }
    for (unsigned i = 1; i < cpu_total; i++) {
        host_thread_start(cpu_start, &cpus[i]);
    }
    cpu_start(&cpus[0]);
}

bool sim_run(unsigned cpu_count, void (*test)(void))
{
    cpu_total = cpu_count;
    test_function = test;
    return host_child_run(machine_start, TEST_SECONDS);
}
