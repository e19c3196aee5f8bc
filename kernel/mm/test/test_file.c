// SPDX-License-Identifier: MIT
#include "mm_test.h"
#include "unit.h"
#include <base/string.h>
#include <mm/page.h>
#include <mm/sized_memory.h>

static struct test_file *file_of(struct backing *backing)
{
    return container_of(backing, struct test_file, backing);
}

void test_file_create(struct test_file *file, uint64_t page_count)
{
    *file = (struct test_file){.backing.type = BACKING_FILE, .page_count = page_count};
    for (uint64_t i = 0; i < page_count; i++) {
        paddr_t page;

        UNIT_OK(page_alloc(0, &page));
        memset(arch_window_map(PAGE_WINDOW, page), (int)(i + 1), PAGE_SIZE);
        arch_window_unmap(PAGE_WINDOW);
        UNIT_OK(page_map_insert(&file->pages, i, page));
    }
}

void test_file_destroy(struct test_file *file)
{
    UNIT_EQUAL(file->refs, 0);
    (void)page_map_cut(&file->pages, 0);
}

static void file_get(struct backing *backing)
{
    file_of(backing)->refs++;
}

static void file_put(struct backing *backing)
{
    UNIT_CHECK(--file_of(backing)->refs >= 0);
}

static bool file_is_beyond(struct backing *backing, uint64_t index)
{
    return index >= file_of(backing)->page_count;
}

static enum status file_page(struct backing *backing, uint64_t index, bool write, paddr_t *out)
{
    (void)write;
    if (file_is_beyond(backing, index)) {
        return ERR_IO;
    }
    *out = page_map_find(&file_of(backing)->pages, index);
    page_ref(*out);
    return OK;
}

static void file_note_stores(struct backing *backing)
{
    file_of(backing)->stores_noted++;
}

static const struct backing_ops file_ops = {
    .get = file_get,
    .put = file_put,
    .page = file_page,
    .is_beyond = file_is_beyond,
    .note_stores = file_note_stores,
};

const struct backing_ops *const backing_ops[BACKING_TYPE_COUNT] = {
    [BACKING_SHARED_MEMORY] = &shared_memory_ops,
    [BACKING_SIZED] = &sized_memory_ops,
    [BACKING_SIZED_WRITER] = &sized_memory_writer_ops,
    [BACKING_FILE] = &file_ops,
};
