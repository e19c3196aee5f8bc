// SPDX-License-Identifier: MIT
// Calls on memory that lack memory.
#include "memory.h"

#include <coconut/coconut.h>

#include "shortage.h"

#define PAGES 200u
#define LEN (PAGES * PAGE)

static uint8_t *pages;

static void make(void)
{
    pages = memory_pages(PAGES);
}

static void clear(void)
{
    EXPECT_OK(memory_unmap(pages, LEN));
}

static int64_t map_pages(void)
{
    return memory_map(COCO_HANDLE_NONE, 0, 0, LEN, READ_WRITE | COCO_MMAP_ANONYMOUS);
}

static void unmap_pages(int64_t address)
{
    EXPECT_OK(memory_unmap((const void *)address, LEN));
}
SHORTAGE(mmap, map_pages, .undo = unmap_pages)

static int64_t map_clock_page(void)
{
    return coco_clock_page();
}

static void unmap_clock_page(int64_t address)
{
    EXPECT_OK(memory_unmap((const void *)address, PAGE));
}
SHORTAGE(clock_page, map_clock_page, .undo = unmap_clock_page)

static int64_t unmap_middle(void)
{
    return memory_unmap(pages + 4 * PAGE, 4 * PAGE);
}
SHORTAGE(munmap, unmap_middle, .before = make, .after = clear)

static int64_t shrink(void)
{
    return coco_mresize(pages, PAGE);
}
SHORTAGE(mresize, shrink, .before = make, .after = clear)

static int64_t protect_middle(void)
{
    return memory_protect(pages + 4 * PAGE, 4 * PAGE, COCO_MMAP_READ);
}
SHORTAGE(mem_protect, protect_middle, .before = make, .after = clear)

static int64_t populate(void)
{
    return coco_mem_advise(pages, 3 * PAGE, COCO_ADVICE_POPULATE);
}
SHORTAGE(mem_advise, populate, .before = make, .after = clear)

#define COPIES 70 /* enough for a new part of the table */

static int64_t duplicate(void)
{
    int64_t result = 0;
    for (int i = 0; i < COPIES && result >= 0; i++) {
        result = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
    }
    return result;
}
SHORTAGE(handle_duplicate, duplicate, .in_copy = true)

static int64_t make_object(void)
{
    return coco_memory_create(PAGE);
}
SHORTAGE(memory_create, make_object, .undo = shortage_close)

static int64_t make_event(void)
{
    return coco_event_create(0);
}
SHORTAGE(event_create, make_event, .undo = shortage_close)

static int64_t make_bound_event(void)
{
    return coco_event_create_bound(0, 0);
}
SHORTAGE(event_create_bound, make_bound_event, .undo = shortage_close)

static int64_t open_pressure(void)
{
    return coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_SOME);
}
SHORTAGE(pressure_open, open_pressure, .undo = shortage_close)
