// SPDX-License-Identifier: MIT
// Ways to more memory than a budget has, for children with a budget of 8 MiB. The exit code is the
// number of the check that failed, 0 if the budget holds.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/raw.h>

#define PAGE ((uint64_t)COCO_PAGE_SIZE)
#define PART (4ull << 20)
#define ROUNDS 100u
#define PARTS_MAX 2u /* that there is room for */
#define SHARED (COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS)

/* Shared memory with all its pages; an error. */
static int64_t shared_part(void)
{
    int64_t address = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, PART, SHARED);
    for (uint64_t at = 0; address > 0 && at < PART; at += PAGE) {
        *(volatile uint8_t *)(address + (int64_t)at) = 1;
    }
    return address;
}

/* Takes the part at `address` away but for its first page. */
static int64_t leave_a_page(int64_t address, bool by_mapping)
{
    uint64_t start = (uint64_t)address + PAGE;
    if (by_mapping) {
        const uint64_t flags =
            COCO_MMAP_READ | COCO_MMAP_ANONYMOUS | COCO_MMAP_FIXED | COCO_MMAP_PRIVATE;
        int64_t result = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, start, 0, PAGE, flags);
        if (result < 0) {
            return result;
        }
    }
    return RAW(COCO_SYS_MUNMAP, start, PART - PAGE);
}

/* The pages of what was cut off stay, so they have to go on to count. */
static int fill_with_parts(bool by_mapping)
{
    int64_t parts[PARTS_MAX];
    uint32_t count = 0;
    int64_t address = 0;
    for (uint32_t round = 0; round < ROUNDS && (address = shared_part()) > 0; round++) {
        NEED(1, count < PARTS_MAX);
        parts[count++] = address;
        NEED(2, leave_a_page(address, by_mapping) == 0);
    }
    NEED(3, address == COCO_ENOMEM && count > 0);
    while (count > 0) {
        NEED(4, RAW(COCO_SYS_MUNMAP, parts[--count], PAGE) == 0);
    }
    return 0;
}

/* Nobody else has it, so a cut ends the promise. */
static int cut_and_grow(void)
{
    int64_t address = shared_part();
    NEED(10, address > 0);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        NEED(11, RAW(COCO_SYS_MRESIZE, address, PAGE) == 0);
        NEED(12, *(volatile uint8_t *)address == 1);
        NEED(13, RAW(COCO_SYS_MRESIZE, address, PART) == 0);
        NEED(14, *(volatile uint8_t *)(address + (int64_t)(PART - PAGE)) == 0);
        *(volatile uint8_t *)(address + (int64_t)(PART - PAGE)) = 1;
    }
    NEED(15, RAW(COCO_SYS_MRESIZE, address, 4 * PART) == COCO_ENOMEM);
    NEED(16, RAW(COCO_SYS_MUNMAP, address, PART) == 0);
    return 0;
}

/* There is no room for both what is replaced and what replaces it. */
static int replace(void)
{
    const uint64_t most = PART + (1 << 20);
    int64_t address = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, most, SHARED);
    NEED(40, address > 0);
    NEED(41, RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, most, SHARED) == COCO_ENOMEM);
    volatile uint8_t *byte = (volatile uint8_t *)(address + (int64_t)PART);
    *byte = 1;
    /* What is wrong with a call is told, and nothing is replaced. */
    NEED(42, RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, address + 1, 0, most, SHARED | COCO_MMAP_FIXED) ==
                 COCO_EINVAL);
    NEED(43, *byte == 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        NEED(44, RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, address, 0, most, SHARED | COCO_MMAP_FIXED) ==
                     address);
        NEED(45, *byte == 0);
        *byte = 1;
    }
    NEED(46, RAW(COCO_SYS_MUNMAP, address, most) == 0);
    return 0;
}

BEHAVIOUR(budget_of_shared_memory)
{
    int failed = fill_with_parts(false);
    NEED(failed, failed == 0);
    failed = fill_with_parts(true);
    NEED(20 + failed, failed == 0);
    failed = cut_and_grow();
    NEED(failed, failed == 0);
    failed = replace();
    NEED(failed, failed == 0);
    /* Without access, too. */
    NEED(30,
         RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, 3 * PART, COCO_MMAP_ANONYMOUS) == COCO_ENOMEM);
    NEED(31, shared_part() > 0);
    return 0;
}

#define OPEN_ROUNDS 20u

/* The directory that the parent made has a mebibyte of names. */
BEHAVIOUR(budget_of_names)
{
    static struct coco_dirent entry;
    coco_handle_t dirs[OPEN_ROUNDS];
    uint32_t count = 0;
    int64_t dir = 0;
    int64_t got = 0;
    while (count < OPEN_ROUNDS && (dir = coco_file_open("/raw/names", COCO_FILE_READ, 0)) >= 0) {
        dirs[count++] = (coco_handle_t)dir;
        got = coco_readdir((coco_handle_t)dir, &entry, 1);
        if (got != 1) {
            break;
        }
    }
    NEED(1, got == COCO_ENOMEM && count > 2 && count <= 8);
    NEED(2, coco_opendir("/raw/names") == COCO_ENOMEM);
    NEED(3, coco_file_dir_seek(dirs[0], 0) == 0); /* forgets them */
    NEED(4, coco_readdir(dirs[count - 1], &entry, 1) == 1);
    NEED(5, coco_readdir(dirs[0], &entry, 1) == COCO_ENOMEM);
    NEED(6, coco_close(dirs[1]) == 0);
    NEED(7, coco_readdir(dirs[0], &entry, 1) == 1);
    return 0;
}

#define SPREAD_BASE 0x10000000000ull
#define STRIDE (1ull << 30)
#define SPREAD_MAX 1100u /* of two tables each: more than 8 MiB */

/* A page of a file costs nothing, but the tables that show it do, of which each place needs two. */
static uint32_t spread(coco_handle_t file)
{
    int64_t result = 0;
    uint32_t count = 0;
    while (count < SPREAD_MAX && result == 0) {
        uint64_t at = SPREAD_BASE + count * STRIDE;
        result = RAW(COCO_SYS_MMAP, file, at, 0, PAGE, COCO_MMAP_READ | COCO_MMAP_FIXED);
        if (result == (int64_t)at) {
            result = coco_mem_advise((void *)at, PAGE, COCO_ADVICE_POPULATE);
            count++;
        }
    }
    return result == COCO_ENOMEM ? count : 0;
}

BEHAVIOUR(budget_of_page_tables)
{
    int64_t file = coco_file_open("/raw/child", COCO_FILE_READ, 0);
    NEED(1, file >= 0);
    uint32_t first = spread((coco_handle_t)file);
    NEED(2, first > 100);
    NEED(3, coco_munmap((void *)SPREAD_BASE, first * STRIDE) == 0);
    uint32_t second = spread((coco_handle_t)file);
    NEED(4, second + 2 >= first && second <= first + 2);
    return 0;
}
