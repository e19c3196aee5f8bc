// SPDX-License-Identifier: MIT
// The end of the kernel: stop the other CPUs, write a dump to the console unless the image is one
// for release, end the machine.
//
// Uses nothing that could be locked or broken: the console is written directly, the lock of the log
// ring is broken before it is read, and a second panic ends at once. Nothing is written to the
// ring.
#include "init.h"
#include <arch/cpu.h>
#include <arch/debug.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <base/format.h>
#include <base/panic.h>
#include <base/string.h>
#include <fs/log.h>
#include <plat/platform.h>

#define BACKTRACE_MAX 24u
#define LOG_TAIL_LEN 2048u

#define NO_CPU UINT32_MAX

static uint32_t panicking_cpu = NO_CPU;

static void __printf(1, 2) print(const char *format, ...)
{
    char line[160];
    va_list args;
    va_start(args, format);
    size_t len = kvsnprintf(line, sizeof(line), format, args);
    va_end(args);
    console_show(line, len < sizeof(line) ? len : sizeof(line) - 1);
}

/// Makes this CPU the only one that runs. Another CPU that panics at the same time stops here; a
/// panic during the dump ends the machine at once.
static void panic_begin(void)
{
    arch_irq_disable();
    uint32_t first = NO_CPU;
    if (!__atomic_compare_exchange_n(&panicking_cpu, &first, arch_cpu_id(), false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
        if (first != arch_cpu_id()) {
            arch_halt_forever();
        }
        print("\n=== panic during the dump ===\n");
        platform()->exit(false);
    }
    arch_stop_others();
    log_ring_break_lock();
}

static void print_backtrace(uint64_t rip, uint64_t frame_pointer)
{
    uint64_t addresses[BACKTRACE_MAX];
    size_t count = arch_backtrace(frame_pointer, addresses, BACKTRACE_MAX);
    print("backtrace (look up with llvm-symbolizer -e coconut-kernel.debug):\n");
    if (rip != 0) {
        print("  %016lx\n", rip);
    }
    for (size_t i = 0; i < count; i++) {
        print("  %016lx\n", addresses[i]);
    }
}

static void print_registers(const struct arch_registers *r, uint64_t address)
{
    print("vector %lu (%s)  error code 0x%lx  address 0x%016lx\n", r->vector,
          arch_vector_name(r->vector), r->error_code, address);
    print("RIP %016lx  CS %04lx  RFLAGS %08lx  RSP %016lx  SS %04lx\n", r->rip, r->cs, r->rflags,
          r->rsp, r->ss);
    print("RAX %016lx  RBX %016lx  RCX %016lx  RDX %016lx\n", r->rax, r->rbx, r->rcx, r->rdx);
    print("RSI %016lx  RDI %016lx  RBP %016lx  R8  %016lx\n", r->rsi, r->rdi, r->rbp, r->r8);
    print("R9  %016lx  R10 %016lx  R11 %016lx  R12 %016lx\n", r->r9, r->r10, r->r11, r->r12);
    print("R13 %016lx  R14 %016lx  R15 %016lx\n", r->r13, r->r14, r->r15);
}

static void print_log_tail(void)
{
    static char tail[LOG_TAIL_LEN];
    uint64_t start, end;
    log_ring_bounds(&start, &end);
    uint64_t from = end - start > LOG_TAIL_LEN ? end - LOG_TAIL_LEN : start;
    size_t len = log_ring_read(&from, tail, sizeof(tail));
    if (len > 0) {
        print("end of the log:\n");
        console_show(tail, len);
    }
}

static __noreturn void panic_end(void)
{
    print_log_tail();
    print("=== end of panic ===\n");
    platform()->exit(false);
}

__noreturn void panic(const char *format, ...)
{
    panic_begin();
    char text[192];
    va_list args;
    va_start(args, format);
    kvsnprintf(text, sizeof(text), format, args);
    va_end(args);
    print("\n=== kernel panic on CPU %u at %lu us: ", arch_cpu_id(), arch_time_ns() / 1000);
    console_show(text, strlen(text));
    print(" ===\n");
    print_backtrace(0, 0);
    panic_end();
}

__noreturn void panic_exception(const struct arch_registers *registers, uint64_t address,
                                const char *what)
{
    panic_begin();
    print("\n=== kernel panic on CPU %u at %lu us: %s ===\n", arch_cpu_id(), arch_time_ns() / 1000,
          what);
    print_registers(registers, address);
    print_backtrace(registers->rip, registers->rbp);
    panic_end();
}
