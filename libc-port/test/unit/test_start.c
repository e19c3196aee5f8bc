// SPDX-License-Identifier: MIT
// Self-relocation and TLS layout.
#include <elf.h>
#include <string.h>

#include "../../../crt/relocate.h"
#include "../../private/thread.h"
#include "unit.h"

#define BASE 0x1000000000ull

// An image of 200 words; link-time addresses are offsets into it.
static uint64_t image[200];

static Elf64_Dyn entry(Elf64_Sxword tag, uint64_t value)
{
    return (Elf64_Dyn){.d_tag = tag, .d_un = {.d_val = value}};
}

static void test_rela(void)
{
    Elf64_Rela table[] = {{8, 8 /* R_X86_64_RELATIVE */, 0x40}, {80, 8, -8}};
    uintptr_t base = (uintptr_t)image;
    const Elf64_Dyn dynamic[] = {entry(DT_RELA, (uintptr_t)table - base),
                                 entry(DT_RELASZ, sizeof(table)), entry(DT_NULL, 0)};
    memset(image, 0, sizeof(image));
    CHECK("start.rela", __coco_relocate(dynamic, base) && image[1] == base + 0x40 &&
                            image[10] == base - 8 && image[0] == 0);
    table[1].r_info = 6; // R_X86_64_GLOB_DAT
    CHECK("start.rela-unknown", !__coco_relocate(dynamic, base));
    const Elf64_Dyn empty[] = {entry(DT_NULL, 0)};
    CHECK("start.no-relocations", __coco_relocate(empty, base));
}

static void test_relr(void)
{
    // The word at 16; then bits 0, 2 and 62 of the words behind it; then bit 0 of the next 63.
    const uint64_t table[] = {16, 1 | 1ull << 1 | 1ull << 3 | 1ull << 63, 1 | 1ull << 1};
    uintptr_t base = (uintptr_t)image;
    const Elf64_Dyn dynamic[] = {entry(36 /* DT_RELR */, (uintptr_t)table - base),
                                 entry(35 /* DT_RELRSZ */, sizeof(table)), entry(DT_NULL, 0)};
    memset(image, 0, sizeof(image));
    bool good = __coco_relocate(dynamic, base);
    static const unsigned relocated[] = {2, 3, 5, 65, 66};
    uint64_t expected[200] = {0};
    for (int i = 0; i < 5; i++) {
        expected[relocated[i]] = base;
    }
    CHECK("start.relr", good && memcmp(image, expected, sizeof(image)) == 0);
}

static void test_tls(void)
{
    CHECK("start.tls-aligned", __coco_tls_offset(0x26000, 0x68, 8) == 0x68);
    CHECK("start.tls-rounds-up", __coco_tls_offset(0x26000, 0x61, 32) == 0x80);
    CHECK("start.tls-own-alignment", __coco_tls_offset(0x1008, 0x18, 16) == 0x18);
    bool congruent = true;
    for (uint64_t align = 1; align <= 4096; align *= 2) {
        for (uint64_t vaddr = 0; vaddr < 5000; vaddr += 7) {
            size_t offset = __coco_tls_offset(vaddr, vaddr % 97, align);
            congruent = congruent && offset >= vaddr % 97 && offset < vaddr % 97 + align &&
                        ((BASE - offset) ^ vaddr) % align == 0;
        }
    }
    CHECK("start.tls-block-congruent-to-vaddr", congruent);
}

int main(void)
{
    test_rela();
    test_relr();
    test_tls();
    return unit_finish();
}
