// SPDX-License-Identifier: MIT
// From the kernel's entry to the C library, in this order:
//   relocation   nothing before it may use an address that the linker could not know
//   FPU          upstream's kernel starts programs with all SSE exceptions unmasked
//   TLS          errno is a TLS variable, so before any library call
//   canary       in __stack_chk_guard and at %fs:0x28; functions here have no stack protector
//   RELRO        what only start-up writes becomes read-only
// No CPUID: a confidential VM's monitor may end a program that executes it.
#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include <coconut/errors.h>
#include <coconut/syscalls.h>
#include <coconut/types.h>

#include "../libc-port/private/start.h"
#include "../libc-port/private/thread.h"
#include "relocate.h"

#define NO_PROTECTOR __attribute__((no_stack_protector))
#define MXCSR_DEFAULT 0x1f80u /* all exceptions masked, round to nearest */
#define MAIN_TLS_LEN 8192     /* fits the library's own TLS and a few KiB of the program's */
#define START_FAILED 127      /* exit code, as a shell's for a program that cannot be started */

_Noreturn void __coco_start(const struct coco_start_block *block);

static _Alignas(64) char main_tls[MAIN_TLS_LEN];

NO_PROTECTOR static _Noreturn void fail(const char *text, size_t len)
{
    (void)coco_write(COCO_HANDLE_LOG, text, len); // nowhere else to say it
    (void)coco_syscall1(COCO_SYS_PROCESS_EXIT, START_FAILED);
    coco_exit(START_FAILED); // upstream's kernel has only this one
}
#define FAIL(text) fail(text "\n", sizeof(text "\n") - 1)

NO_PROTECTOR static const Elf64_Phdr *find_header(Elf64_Word type)
{
    const Elf64_Phdr *header =
        (const Elf64_Phdr *)((uintptr_t)&__ehdr_start + __ehdr_start.e_phoff);
    for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
        if (header[i].p_type == type) {
            return &header[i];
        }
    }
    return NULL;
}

// The first PT_LOAD maps the ELF header, so the distance of the two is the load base.
NO_PROTECTOR static uintptr_t load_base(void)
{
    const Elf64_Phdr *first = find_header(PT_LOAD);
    return first ? (uintptr_t)&__ehdr_start - (first->p_vaddr - first->p_offset) : 0;
}

NO_PROTECTOR static uint64_t time_stamp(void)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

// The first call of a program that has no start block. Linux, where somebody forgot `coconut run`,
// takes its number for exit(), and finds the status in RBX: a test that was never run must not
// pass.
NO_PROTECTOR static int64_t ask_for_random(uint64_t *value)
{
    int64_t result = (int64_t)COCO_SYS_RANDOM;

    __asm__ volatile("int $0x80"
                     : "+a"(result)
                     : "D"(value), "S"(sizeof(*value)), "b"((uint64_t)START_FAILED)
                     : "rcx", "r11", "memory");
    return result;
}

// Random if the kernel offers randomness. Upstream's does not, and whether RDRAND exists cannot be
// asked without CPUID: there the time of start has to do.
NO_PROTECTOR static uintptr_t make_canary(const struct coco_start_block *block)
{
    uint64_t value = 0;
    if (block) {
        for (unsigned i = 0; i < sizeof(value); i++) {
            value |= (uint64_t)block->random[i] << 8 * i;
        }
    } else if (coco_is_error(ask_for_random(&value))) {
        value = time_stamp() * 0x9e3779b97f4a7c15ull;
        value ^= value >> 29;
    }
    return value & ~0xffull; // a zero byte first stops string functions from reading or forging it
}

NO_PROTECTOR static void start_fpu(void)
{
    uint32_t mxcsr = MXCSR_DEFAULT;
    __asm__ volatile("fninit\n\tldmxcsr %0" : : "m"(mxcsr));
}

NO_PROTECTOR static void start_tls(void)
{
    char *memory = main_tls;
    size_t len = __coco_tls_span();
    if (len > MAIN_TLS_LEN) {
        int64_t mapped =
            coco_mmap(COCO_HANDLE_NONE, NULL, 0, len,
                      COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
        if (coco_is_error(mapped)) {
            FAIL("start: no memory for thread-local variables");
        }
        memory = (char *)(uintptr_t)mapped;
    } else {
        len = MAIN_TLS_LEN;
    }
    struct __pthread *self = __coco_tls_place(memory + len);
    if (coco_is_error(coco_thread_set_tls(self))) {
        FAIL("start: this kernel does not offer thread-local storage (FS base)");
    }
}

NO_PROTECTOR static void protect_relro(const struct coco_start_block *block)
{
    const Elf64_Phdr *relro = find_header(PT_GNU_RELRO);
    if (!relro) {
        return;
    }
    uintptr_t page_mask = COCO_PAGE_SIZE - 1;
    uintptr_t start = (__coco_load_base + relro->p_vaddr) & ~page_mask;
    uintptr_t end = (__coco_load_base + relro->p_vaddr + relro->p_memsz) & ~page_mask;
    int64_t result = end > start ? coco_mem_protect((void *)start, end - start, COCO_MMAP_READ) : 0;
    if (coco_is_error(result) && block) {
        FAIL("start: cannot make relocated data read-only");
    }
}

NO_PROTECTOR _Noreturn void __coco_start(const struct coco_start_block *block)
{
    uintptr_t base = load_base();
    const Elf64_Phdr *dynamic = find_header(PT_DYNAMIC);
    if (dynamic && !__coco_relocate((const Elf64_Dyn *)(base + dynamic->p_vaddr), base)) {
        FAIL("start: the program has relocations that need a dynamic linker");
    }
    __coco_load_base = base;
    start_fpu();
    uintptr_t canary = make_canary(block);
    __stack_chk_guard = canary;
    start_tls();
    __coco_self()->canary = canary;
    protect_relro(block);
    __coco_libc_start(block);
}
