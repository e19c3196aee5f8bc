// SPDX-License-Identifier: MIT
#include "relocate.h"

#include <stddef.h>

#define RELR_TAG 36
#define RELRSZ_TAG 35
#define RELATIVE 8 /* R_X86_64_RELATIVE */

// DT_RELR: an even entry is the address of a word to relocate; an odd one is a bitmap of the 63
// words behind the last address covered.
__attribute__((no_stack_protector)) static void apply_relr(const uint64_t *entry, size_t count,
                                                           uintptr_t base)
{
    uintptr_t *next = NULL;
    for (; count > 0; entry++, count--) {
        if ((*entry & 1) == 0) {
            next = (uintptr_t *)(base + *entry);
            *next++ += base;
            continue;
        }
        for (unsigned bit = 1; bit < 64; bit++) {
            if (*entry >> bit & 1) {
                next[bit - 1] += base;
            }
        }
        next += 63;
    }
}

__attribute__((no_stack_protector)) bool __coco_relocate(const Elf64_Dyn *dynamic, uintptr_t base)
{
    uintptr_t rela = 0;
    uintptr_t relr = 0;
    size_t rela_len = 0;
    size_t relr_len = 0;
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        switch (dynamic->d_tag) {
        case DT_RELA:
            rela = base + dynamic->d_un.d_ptr;
            break;
        case DT_RELASZ:
            rela_len = dynamic->d_un.d_val;
            break;
        case RELR_TAG:
            relr = base + dynamic->d_un.d_ptr;
            break;
        case RELRSZ_TAG:
            relr_len = dynamic->d_un.d_val;
            break;
        default:
            break;
        }
    }
    const Elf64_Rela *entry = (const Elf64_Rela *)rela;
    for (size_t i = 0; i < rela_len / sizeof(*entry); i++) {
        if (ELF64_R_TYPE(entry[i].r_info) != RELATIVE) {
            return false;
        }
        *(uintptr_t *)(base + entry[i].r_offset) = base + (uintptr_t)entry[i].r_addend;
    }
    apply_relr((const uint64_t *)relr, relr_len / sizeof(uint64_t), base);
    return true;
}
