// SPDX-License-Identifier: MIT
// Reports on processes that end badly. What lies in user memory (frames, the program's headers) is
// read as far as it can be; each loop has a bound, and nothing that is found there is believed
// beyond being printed.
#include "crash.h"

#include <abi/types.h>
#include <base/format.h>
#include <base/log.h>
#include <mm/user_copy.h>
#include <task/process.h>
#include <task/signal.h>

#include "elf_format.h"
#include "process_internal.h"

#define SIGNAL_ABORT 6u /* of abort(); the kernel sends none */
#define RETURNS_MAX 16u
#define HEADERS_MAX 32u
#define NOTES_MAX 8u
#define BUILD_ID_MAX 32u
#define NOTE_BUILD_ID 3u
#define NEAR 0x10000u /* bytes: what is this close to an address counts as meant by it */

static bool with_registers = true;

void crash_hide_registers(void)
{
    with_registers = false;
}

static const char *const exception_names[] = {
    [0] = "divide error",         [1] = "debug exception",
    [3] = "breakpoint",           [4] = "overflow",
    [5] = "bound range exceeded", [6] = "invalid opcode",
    [7] = "device not available", [11] = "segment not present",
    [12] = "stack fault",         [13] = "general protection",
    [14] = "page fault",          [16] = "x87 floating-point error",
    [17] = "alignment check",     [19] = "SIMD floating-point error",
    [21] = "control protection",
};

static const char *exception_name(uint64_t vector)
{
    if (vector >= ARRAY_SIZE(exception_names) || exception_names[vector] == NULL) {
        return "exception";
    }
    return exception_names[vector];
}

/* Bits of a page fault's error code, as the processor defines them. */
#define PAGE_FAULT_PRESENT 0x01u
#define PAGE_FAULT_WRITE 0x02u
#define PAGE_FAULT_FETCH 0x10u

static const char *page_fault_kind(uint64_t error_code)
{
    bool present = (error_code & PAGE_FAULT_PRESENT) != 0;

    if ((error_code & COCO_FAULT_BEYOND_FILE) != 0) {
        return "behind the end of the mapped file";
    }
    if ((error_code & PAGE_FAULT_FETCH) != 0) {
        return present ? "execution not allowed" : "execution of an unmapped page";
    }
    if ((error_code & PAGE_FAULT_WRITE) != 0) {
        return present ? "write not allowed" : "write to an unmapped page";
    }
    return present ? "read not allowed" : "read of an unmapped page";
}

/// What an address is likely to have been meant for.
static const char *place_of(uint64_t address, uint64_t stack)
{
    if (address < NEAR) {
        return ", near zero";
    }
    return address + NEAR >= stack && address <= stack + NEAR ? ", near the stack's end" : "";
}

static void report_registers(const struct log_subject *subject, const struct arch_registers *regs)
{
    const uint32_t severity = LOG_SEVERITY_CRITICAL;

    klog_about(subject, severity, "  rax %016lx rbx %016lx rcx %016lx rdx %016lx", regs->rax,
               regs->rbx, regs->rcx, regs->rdx);
    klog_about(subject, severity, "  rsi %016lx rdi %016lx rbp %016lx rsp %016lx", regs->rsi,
               regs->rdi, regs->rbp, regs->rsp);
    klog_about(subject, severity, "  r8  %016lx r9  %016lx r10 %016lx r11 %016lx", regs->r8,
               regs->r9, regs->r10, regs->r11);
    klog_about(subject, severity, "  r12 %016lx r13 %016lx r14 %016lx r15 %016lx", regs->r12,
               regs->r13, regs->r14, regs->r15);
    klog_about(subject, severity, "  rip %016lx rflags %08lx error %lx", regs->rip, regs->rflags,
               regs->error_code);
}

/// Return addresses, relative to the program, along the chain of frame pointers.
static void report_returns(const struct log_subject *subject, uint64_t frame, uint64_t base)
{
    char line[LOG_LINE_MAX];
    size_t len = ksnprintf(line, sizeof(line), "  returns to program +");
    unsigned count = 0;

    while (count < RETURNS_MAX && len + 20 < sizeof(line)) {
        uint64_t words[2]; /* the caller's frame, the return address */

        if (frame % sizeof(uint64_t) != 0 ||
            user_copy_in(words, uaddr(frame), sizeof(words)) != OK || words[1] == 0) {
            break;
        }
        len += ksnprintf(line + len, sizeof(line) - len, " %lx", words[1] - base);
        count++;
        if (words[0] <= frame) {
            break; /* the chain leads upwards, or nowhere */
        }
        frame = words[0];
    }
    if (count > 0) {
        klog_about(subject, LOG_SEVERITY_CRITICAL, "%s", line);
    }
}

/// Note header, as in elf.c.
struct note {
    uint32_t name_len;
    uint32_t content_len;
    uint32_t type;
};

/// Looks for the build id among the notes at `at`; bytes of it that were copied to `id`.
static size_t build_id_in(uint64_t at, uint64_t len, uint8_t *id)
{
    uint64_t end = at + len;

    for (unsigned i = 0; i < NOTES_MAX && at + sizeof(struct note) <= end; i++) {
        struct note note;

        if (user_copy_in(&note, uaddr(at), sizeof(note)) != OK) {
            break;
        }
        at += sizeof(note) + (((uint64_t)note.name_len + 3) & ~3ull);
        if (note.type == NOTE_BUILD_ID && note.name_len == sizeof("GNU") &&
            note.content_len <= BUILD_ID_MAX) {
            return user_copy_in(id, uaddr(at), note.content_len) == OK ? note.content_len : 0;
        }
        at += ((uint64_t)note.content_len + 3) & ~3ull;
    }
    return 0;
}

static size_t find_build_id(uint64_t base, uint8_t *id)
{
    struct elf_header header;
    size_t found = 0;

    if (user_copy_in(&header, uaddr(base), sizeof(header)) != OK || header.magic != ELF_MAGIC ||
        header.phentsize != sizeof(struct elf_program_header)) {
        return 0; /* the headers are not in memory, or not where they are looked for */
    }
    for (unsigned i = 0; found == 0 && i < header.phnum && i < HEADERS_MAX; i++) {
        struct elf_program_header program;
        uint64_t at = base + header.phoff + i * sizeof(program);

        if (user_copy_in(&program, uaddr(at), sizeof(program)) != OK) {
            return 0;
        }
        if (program.type == ELF_PT_NOTE && program.memsz < NEAR) {
            found = build_id_in(base + program.vaddr, program.memsz, id);
        }
    }
    return found;
}

static void report_build_id(const struct log_subject *subject, uint64_t base)
{
    uint8_t id[BUILD_ID_MAX];
    char text[2 * BUILD_ID_MAX + 1];
    size_t len = find_build_id(base, id);

    for (size_t i = 0; i < len; i++) {
        (void)ksnprintf(text + 2 * i, 3, "%02x", id[i]); // always fits
    }
    if (len > 0) {
        klog_about(subject, LOG_SEVERITY_CRITICAL, "  build id %s", text);
    }
}

/// What follows the lines that say what happened.
static void report_rest(const struct log_subject *subject, const struct arch_registers *registers)
{
    uint64_t base = process_current()->load_base;

    if (with_registers) {
        report_registers(subject, registers);
    }
    report_returns(subject, registers->rbp, base);
    report_build_id(subject, base);
}

static struct log_subject subject_of(const struct process *process)
{
    return (struct log_subject){process->id, process_label(process),
                                COCO_LOG_KERNEL | COCO_LOG_CRASH};
}

void crash_report_exception(const struct arch_exception *exception, uint64_t error_code)
{
    const struct process *process = process_current();
    const struct log_subject subject = subject_of(process);

    klog_about(&subject, LOG_SEVERITY_CRITICAL,
               "[%s] process %lu thread %lu: %s at rip %lx (program + %lx)", subject.label,
               process->id, thread_current()->id, exception_name(exception->vector), exception->rip,
               exception->rip - process->load_base);
    if (exception->vector == ARCH_VECTOR_PAGE_FAULT) {
        klog_about(&subject, LOG_SEVERITY_CRITICAL, "  address %lx: %s%s", exception->address,
                   page_fault_kind(error_code), place_of(exception->address, exception->rsp));
    }
    report_rest(&subject, exception->registers);
}

bool crash_is_signal(uint32_t signal)
{
    const uint64_t faults = signal_bit(SIGNAL_ABORT) | signal_bit(COCO_SIGNAL_SEGMENT) |
                            signal_bit(COCO_SIGNAL_BUS) | signal_bit(COCO_SIGNAL_ILLEGAL) |
                            signal_bit(COCO_SIGNAL_ARITHMETIC) | signal_bit(COCO_SIGNAL_TRAP);

    return (faults & signal_bit(signal)) != 0;
}

void crash_report_signal(const struct arch_registers *registers, uint32_t signal)
{
    const struct process *process = process_current();
    const struct log_subject subject = subject_of(process);

    if (!crash_is_signal(signal)) {
        return;
    }
    klog_about(&subject, LOG_SEVERITY_CRITICAL,
               "[%s] process %lu thread %lu: signal %u at rip %lx (program + %lx)", subject.label,
               process->id, thread_current()->id, signal, registers->rip,
               registers->rip - process->load_base);
    report_rest(&subject, registers);
}
