// SPDX-License-Identifier: MIT
// From the machine's memory map to a running page allocator. mm_boot_begin() computes the free page
// ranges; mm_boot_page() cuts pages off the front of the first one; mm_init() builds the page array
// with such pages and hands over what is left.
#include "heap_slab.h"
#include "page_array.h"
#include "vmap_region.h"
#include <base/string.h>
#include <mm/boot.h>
#include <mm/random.h>

#define LOW_MEMORY_END 0x100000u
#define BLOCK_PAGES (1u << PAGE_ORDER_MAX)
#define FREE_RANGES_MAX (2 * BOOT_MEMORY_RANGES_MAX + 1)

/// Page numbers [first, end).
struct page_range {
    uint32_t first;
    uint32_t end;
};

static struct {
    struct page_range ranges[FREE_RANGES_MAX]; /* free RAM in ascending order */
    unsigned count;
    unsigned current;    /* the range that boot pages come from */
    uint64_t pages_used; /* boot pages handed out */
    bool active;
} boot;

/// Page number of an address, clamped to what the page array can describe.
static uint32_t clamp_number(uint64_t address, bool round_up)
{
    uint64_t number = address >> PAGE_SHIFT;

    if (round_up && (address & PAGE_MASK) != 0) {
        number++;
    }
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX - 1;
}

static uint64_t range_end(const struct boot_range *range)
{
    uint64_t end;

    return __builtin_add_overflow(range->base, range->len, &end) ? UINT64_MAX : end;
}

static void add_range(uint32_t first, uint32_t end)
{
    unsigned at = boot.count;

    if (first >= end) {
        return;
    }
    CHECK(boot.count < FREE_RANGES_MAX, "too many memory ranges");
    for (; at > 0 && boot.ranges[at - 1].first > first; at--) {
        boot.ranges[at] = boot.ranges[at - 1];
    }
    boot.ranges[at] = (struct page_range){first, end};
    boot.count++;
}

/// Cut [first, end) out of all free ranges.
static void remove_range(uint32_t first, uint32_t end)
{
    unsigned i = 0;

    while (i < boot.count) {
        struct page_range range = boot.ranges[i];

        if (range.end <= first || range.first >= end) {
            i++;
            continue;
        }
        boot.count--;
        memmove(&boot.ranges[i], &boot.ranges[i + 1], (boot.count - i) * sizeof(boot.ranges[0]));
        add_range(range.first, MIN(range.end, first));
        add_range(MAX(range.first, end), range.end);
    }
}

void mm_boot_begin(const struct boot_memory *memory)
{
    CHECK(memory->usable_count <= BOOT_MEMORY_RANGES_MAX &&
              memory->reserved_count <= BOOT_MEMORY_RANGES_MAX,
          "memory map has too many entries");
    memset(&boot, 0, sizeof(boot));
    for (unsigned i = 0; i < memory->usable_count; i++) {
        const struct boot_range *range = &memory->usable[i];

        add_range(clamp_number(range->base, true), clamp_number(range_end(range), false));
    }
    remove_range(0, LOW_MEMORY_END >> PAGE_SHIFT);
    for (unsigned i = 0; i < memory->reserved_count; i++) {
        const struct boot_range *range = &memory->reserved[i];

        if (range->len > 0) {
            remove_range(clamp_number(range->base, false), clamp_number(range_end(range), true));
        }
    }
    boot.active = true;
}

bool mm_is_booting(void)
{
    return boot.active;
}

paddr_t mm_boot_page(void)
{
    CHECK(boot.active, "boot page wanted after boot");
    while (boot.current < boot.count) {
        struct page_range *range = &boot.ranges[boot.current];

        if (range->first < range->end) {
            boot.pages_used++;
            return page_address(range->first++);
        }
        boot.current++;
    }
    panic("not enough memory to boot");
}

enum status mm_table_page_alloc(paddr_t *out)
{
    if (boot.active) {
        *out = mm_boot_page();
        page_zero(*out);
        return OK;
    }
    return page_alloc_zeroed(out);
}

void mm_table_page_free(paddr_t page)
{
    page_free(page, 0);
}

/// Map the entries of one 2 MiB block of RAM, all zero: PAGE_RESERVED.
static void map_array_block(uint32_t block)
{
    uint64_t address = PAGE_ARRAY_BASE + (uint64_t)block * BLOCK_PAGES * sizeof(struct page);
    uint64_t end = address + BLOCK_PAGES * sizeof(struct page);

    for (; address < end; address += PAGE_SIZE) {
        enum status status = arch_kernel_map(vaddr(address), mm_boot_page(),
                                             ARCH_PROT_READ | ARCH_PROT_WRITE | ARCH_PROT_GLOBAL);

        CHECK(status == OK, "cannot map the page array");
        memset(vaddr_ptr(vaddr(address)), 0, PAGE_SIZE);
    }
}

/// Map the page array for all free RAM; returns one behind the largest page number it describes.
static uint32_t map_page_array(void)
{
    static struct page_range ranges[FREE_RANGES_MAX];
    unsigned count = boot.count;
    uint32_t next_block = 0;

    memcpy(ranges, boot.ranges, sizeof(ranges)); /* boot pages shrink the original */
    for (unsigned i = 0; i < count; i++) {
        uint32_t block = MAX(ranges[i].first / BLOCK_PAGES, next_block);

        if (ranges[i].first >= ranges[i].end) {
            continue;
        }
        next_block = (ranges[i].end - 1) / BLOCK_PAGES + 1;
        for (; block < next_block; block++) {
            map_array_block(block);
        }
    }
    CHECK(next_block != 0, "the machine has no usable memory");
    return next_block * BLOCK_PAGES;
}

void mm_init(void)
{
    uint32_t limit = map_page_array();

    boot.active = false;
    page_start(limit, boot.pages_used);
    page_cache_start();
    for (unsigned i = 0; i < boot.count; i++) {
        page_add_range(boot.ranges[i].first, boot.ranges[i].end);
    }
    random_init();
    slab_start();
    vmap_start();
}
