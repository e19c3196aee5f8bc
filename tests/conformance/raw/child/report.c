// SPDX-License-Identifier: MIT
// Behaviours that tell the parent what the process was given at its start.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/string.h>

#include "report.h"

BEHAVIOUR(report_entry)
{
    return answer(&entry_state, sizeof(entry_state));
}

static int check_strings(uint64_t list, const char *const *expected)
{
    const char *const *strings = (const char *const *)list;
    for (size_t i = 0; expected[i] != NULL; i++) {
        if (strings[i] == NULL || strcmp(strings[i], expected[i]) != 0) {
            return 1;
        }
        if (expected[i + 1] == NULL && strings[i + 1] != NULL) {
            return 1;
        }
    }
    return 0;
}

/* Expects the arguments and environment that the test gives. */
BEHAVIOUR(check_arguments)
{
    static const char *const arguments[] = {"program", "check_arguments", "", "two words", NULL};
    static const char *const environment[] = {"A=1", "EMPTY=", "B=b=c", NULL};
    const struct coco_start_block *block = entry_block();
    if (block->argument_count != 4) {
        return 2;
    }
    if (check_strings(block->arguments, arguments) != 0) {
        return 3;
    }
    if (check_strings(block->environment, environment) != 0) {
        return 4;
    }
    return strcmp((const char *)block->directory, "/some/where") == 0 ? 0 : 5;
}

/* Expects no environment and the directory "/". */
BEHAVIOUR(check_defaults)
{
    const struct coco_start_block *block = entry_block();
    if (*(const char *const *)block->environment != NULL) {
        return 2;
    }
    return strcmp((const char *)block->directory, "/") == 0 ? 0 : 3;
}

/* Handles 0.. as the process found them: type and rights, and the role of each. */
BEHAVIOUR(report_handles)
{
    static struct report_handles report;
    const struct coco_start_block *block = entry_block();
    const struct coco_start_handle *handles = (const struct coco_start_handle *)block->handles;
    report.count = block->handle_count;
    for (uint32_t i = 0; i < REPORT_HANDLES; i++) {
        report.info[i] = coco_handle_info(i);
        report.role[i] = COCO_ROLE_NONE;
    }
    for (uint32_t i = 0; i < block->handle_count; i++) {
        if (handles[i].handle < REPORT_HANDLES) {
            report.role[handles[i].handle] = handles[i].role;
        }
    }
    return answer(&report, sizeof(report));
}

BEHAVIOUR(report_block)
{
    static struct report_block report;
    report.block = *entry_block();
    report.block_address = (uintptr_t)entry_block();
    report.start_address = (uintptr_t)behave_report_block;
    report.data_address = (uintptr_t)&report;
    report.stack_address = entry_state.rsp;
    return answer(&report, sizeof(report));
}

/* Every page the process owns besides its image must be free of other people's data: here, the main
   stack below what is in use, all of it that can be touched cheaply. */
BEHAVIOUR(check_fresh_stack)
{
    const struct coco_start_block *block = entry_block();
    uint64_t top = (uint64_t)__builtin_frame_address(0) - 4096;
    uint64_t low = top - 256 * 1024;
    if (low < block->stack_low) {
        return 2;
    }
    for (uint64_t at = low & ~7ull; at < top; at += 8) {
        if (*(volatile uint64_t *)at != 0) {
            return 3;
        }
    }
    return 0;
}

/* Initialised data, zeroed data and a table of addresses (relocations, in the PIE build). */
static uint64_t initialised[3] = {0x0123456789abcdef, 2, 3};
static uint64_t zeroed[3000];

BEHAVIOUR(check_sections)
{
    if (initialised[0] != 0x0123456789abcdef || initialised[2] != 3) {
        return 2;
    }
    if (!bytes_are(zeroed, 0, sizeof(zeroed))) {
        return 3;
    }
    initialised[1] = 7;
    zeroed[2999] = 7;
    return 0;
}

BEHAVIOUR(fill_shared_address)
{
    int64_t page = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, SHARED_ADDRESS, 0, COCO_PAGE_SIZE,
                       COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS | COCO_MMAP_FIXED);
    if (page != SHARED_ADDRESS) {
        return 2;
    }
    if (!bytes_are((const void *)page, 0, COCO_PAGE_SIZE)) {
        return 3;
    }
    memset((void *)page, 0xee, COCO_PAGE_SIZE);
    return 0;
}

BEHAVIOUR(report_id)
{
    uint64_t id = (uint64_t)coco_process_id();
    return answer(&id, sizeof(id));
}

BEHAVIOUR(write_stdout_role)
{
    return coco_write(entry_handle(COCO_ROLE_STDOUT), "hello", 5) == 5 ? 0 : 1;
}

#define STORE_HIGH(n) "vextractf128 $1, %%ymm" #n ", 16*" #n "(%0)\n"

/* The upper halves of the vector registers, which nothing in this program uses: all must be zero.
 */
BEHAVIOUR(check_vectors)
{
    static uint8_t high[16 * 16];
    if ((entry_block()->features & COCO_FEATURE_AVX) == 0) {
        return 2;
    }
    __asm__ volatile(STORE_HIGH(0) STORE_HIGH(1) STORE_HIGH(2) STORE_HIGH(3) STORE_HIGH(4)
                         STORE_HIGH(5) STORE_HIGH(6) STORE_HIGH(7) STORE_HIGH(8) STORE_HIGH(9)
                             STORE_HIGH(10) STORE_HIGH(11) STORE_HIGH(12) STORE_HIGH(13)
                                 STORE_HIGH(14) STORE_HIGH(15)
                     :
                     : "r"(high)
                     : "memory");
    return bytes_are(high, 0, sizeof(high)) ? 0 : 3;
}
