// SPDX-License-Identifier: MIT
// The first instructions of a test program: save every register the kernel may have set, then call
// C.
#include <harness/entry.h>

#include <coconut/coconut.h>

/* Marks the program as ours: without it the loader gives upstream's environment. */
__attribute__((used, retain, section(".note.coconut"), aligned(4))) static const struct {
    uint32_t name_size, data_size, type;
    char name[8];
    uint32_t abi_level;
} abi_note = {sizeof(COCO_NOTE_NAME), 4, COCO_NOTE_TYPE_ABI, COCO_NOTE_NAME, COCO_ABI_LEVEL};

_Static_assert(sizeof(COCO_NOTE_NAME) == 8, "the note's name fills its field");

struct entry_state entry_state;

static const struct coco_start_block *start_block;

_Static_assert(offsetof(struct entry_state, rflags) == 128, "offsets used by _start");
_Static_assert(offsetof(struct entry_state, stack_word) == 184, "offsets used by _start");
_Static_assert(offsetof(struct entry_state, fxsave) == 192, "offsets used by _start");

void _start(void);

/* The stack is as at the entry of a called function, so a jump to a C function is right. */
__attribute__((naked, noreturn)) void _start(void)
{
    __asm__ volatile("movq %rax, entry_state+0(%rip)\n"
                     "leaq entry_state(%rip), %rax\n"
                     "movq %rbx, 8(%rax)\n movq %rcx, 16(%rax)\n movq %rdx, 24(%rax)\n"
                     "movq %rsi, 32(%rax)\n movq %rdi, 40(%rax)\n movq %rbp, 48(%rax)\n"
                     "movq %rsp, 56(%rax)\n movq %r8, 64(%rax)\n movq %r9, 72(%rax)\n"
                     "movq %r10, 80(%rax)\n movq %r11, 88(%rax)\n movq %r12, 96(%rax)\n"
                     "movq %r13, 104(%rax)\n movq %r14, 112(%rax)\n movq %r15, 120(%rax)\n"
                     "movq (%rsp), %rbx\n movq %rbx, 184(%rax)\n"
                     "pushfq\n popq 128(%rax)\n"
                     "movq %cs, %rbx\n movq %rbx, 136(%rax)\n"
                     "movq %ss, %rbx\n movq %rbx, 144(%rax)\n"
                     "movq %ds, %rbx\n movq %rbx, 152(%rax)\n"
                     "movq %es, %rbx\n movq %rbx, 160(%rax)\n"
                     "movq %fs, %rbx\n movq %rbx, 168(%rax)\n"
                     "movq %gs, %rbx\n movq %rbx, 176(%rax)\n"
                     "fxsave64 192(%rax)\n"
                     "jmp entry_start\n");
}

#ifdef __PIE__
/* The part of the ELF format that a static PIE needs to relocate itself. */
struct dynamic_entry {
    int64_t tag;
    uint64_t value;
};

struct relocation {
    uint64_t offset;
    uint64_t info;
    uint64_t addend;
};

#define DYNAMIC_RELA 7
#define DYNAMIC_RELA_SIZE 8
#define RELOCATION_RELATIVE 8

extern const struct dynamic_entry _DYNAMIC[] __attribute__((visibility("hidden")));

/* Adds the load address to every word that holds an address. Nothing here may need that itself. */
static void relocate(uint64_t base)
{
    uint64_t table = 0;
    uint64_t size = 0;
    for (const struct dynamic_entry *entry = _DYNAMIC; entry->tag != 0; entry++) {
        if (entry->tag == DYNAMIC_RELA) {
            table = base + entry->value;
        } else if (entry->tag == DYNAMIC_RELA_SIZE) {
            size = entry->value;
        }
    }
    for (uint64_t at = table; at < table + size; at += sizeof(struct relocation)) {
        const struct relocation *relocation = (const struct relocation *)at;
        if (relocation->info != RELOCATION_RELATIVE) {
            __builtin_trap();
        }
        *(uint64_t *)(base + relocation->offset) = base + relocation->addend;
    }
}
#else
static void relocate(uint64_t base)
{
    (void)base;
}
#endif

__attribute__((noreturn)) void entry_start(const struct coco_start_block *block);

__attribute__((noreturn, used)) void entry_start(const struct coco_start_block *block)
{
    uint32_t mxcsr = 0x1f80;
    __asm__ volatile("fninit; ldmxcsr %0" : : "m"(mxcsr));
    relocate(block != NULL ? block->load_base : 0);
    start_block = block;
    int code = program_main();
    if (block != NULL) {
        coco_process_exit((uint32_t)code);
    }
    coco_exit((uint32_t)code); /* upstream's kernel has only this one */
    __builtin_trap();
}

const struct coco_start_block *entry_block(void)
{
    return start_block;
}

coco_handle_t entry_handle(uint32_t role)
{
    if (start_block == NULL) {
        return COCO_HANDLE_NONE;
    }
    const struct coco_start_handle *handles =
        (const struct coco_start_handle *)start_block->handles;
    for (uint32_t i = 0; i < start_block->handle_count; i++) {
        if (handles[i].role == role) {
            return handles[i].handle;
        }
    }
    return COCO_HANDLE_NONE;
}

size_t entry_argument_count(void)
{
    return start_block != NULL ? start_block->argument_count : 0;
}

const char *entry_argument(size_t index)
{
    if (index >= entry_argument_count()) {
        return NULL;
    }
    return ((const char *const *)start_block->arguments)[index];
}
