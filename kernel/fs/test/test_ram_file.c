// SPDX-License-Identifier: MIT
// Content of files: compared with a plain array, with faults and shortage on the way.
#include "support.h"

#include <arch/paging.h>
#include <mm/fault_inject.h>
#include <mm/page.h>
#include <string.h>

#include "../ram.h"

#define MODEL_MAX (40u * 1024)

struct model {
    uint8_t bytes[MODEL_MAX];
    size_t size;
};

static struct model model;
static uint8_t scratch[MODEL_MAX];

/// A file without a name whose first bytes are borrowed.
static struct vfs_node *borrowed_file(size_t len)
{
    static uint8_t source[3 * PAGE_SIZE + 100];
    struct ram_file *file;

    for (size_t i = 0; i < sizeof(source); i++) {
        source[i] = (uint8_t)(i * 7 + i / 251 + 1);
    }
    UNIT_OK(ram_file_create(0644, &file));
    file->borrowed = source;
    file->borrowed_len = len;
    file->size = len;
    memset(&model, 0, sizeof(model));
    memcpy(model.bytes, source, len);
    model.size = len;
    return &file->node;
}

static void compare(struct vfs_node *node)
{
    size_t done;

    UNIT_EQUAL(vfs_size(node), model.size);
    UNIT_OK(vfs_read(node, support_out(MODEL_MAX), 0, &done));
    UNIT_EQUAL(done, model.size);
    support_get(scratch, done);
    UNIT_CHECK(memcmp(scratch, model.bytes, done) == 0);
    memset(scratch, 0xee, sizeof(scratch));
    UNIT_OK(vfs_read_kernel(node, scratch, sizeof(scratch), 0, &done));
    UNIT_EQUAL(done, model.size);
    UNIT_CHECK(memcmp(scratch, model.bytes, done) == 0);
}

static void random_write(struct vfs_node *node)
{
    size_t offset = (size_t)unit_random_below(MODEL_MAX);
    size_t len = (size_t)unit_random_below(MIN(MODEL_MAX - offset, 3 * PAGE_SIZE) + 1);
    uint64_t end;

    for (size_t i = 0; i < len; i++) {
        scratch[i] = (uint8_t)unit_random();
    }
    if (unit_random_below(4) == 0 && model.size + len <= MODEL_MAX) {
        UNIT_OK(vfs_write(node, support_in(scratch, len), VFS_OFFSET_END, &end));
        offset = model.size;
    } else {
        UNIT_OK(vfs_write(node, support_in(scratch, len), offset, &end));
    }
    if (len > 0) {
        memcpy(model.bytes + offset, scratch, len);
        model.size = MAX(model.size, offset + len);
    }
    UNIT_EQUAL(end, offset + len);
}

static void random_resize(struct vfs_node *node)
{
    size_t size = (size_t)unit_random_below(MODEL_MAX);

    if (unit_random_below(2) == 0) {
        UNIT_EQUAL(vfs_cut(node, size), size <= model.size ? OK : ERR_INVAL);
        if (size > model.size) {
            return;
        }
    } else {
        UNIT_OK(vfs_resize(node, size));
    }
    if (size < model.size) {
        memset(model.bytes + size, 0, model.size - size);
    }
    model.size = size;
}

UNIT_TEST(file_agrees_with_an_array)
{
    support_start();
    struct machine_usage before = machine_usage();
    for (unsigned file = 0; file < 8; file++) {
        struct vfs_node *node =
            borrowed_file(file % 2 == 0 ? 0 : (size_t)unit_random_below(3 * PAGE_SIZE));
        for (unsigned round = 0; round < 120; round++) {
            if (unit_random_below(3) == 0) {
                random_resize(node);
            } else {
                random_write(node);
            }
            compare(node);
        }
        vfs_node_put(node);
    }
    machine_check_usage(before);
}

UNIT_TEST(read_looks_at_the_buffer_only_for_bytes)
{
    size_t done = 1;

    support_start();
    struct vfs_node *node = borrowed_file(10);
    UNIT_OK(vfs_read(node, support_out_at(UINT64_MAX, 0), 0, &done));
    UNIT_EQUAL(done, 0);
    UNIT_OK(vfs_read(node, support_out_at(UINT64_MAX, 100), 10, &done));
    UNIT_EQUAL(done, 0);
    UNIT_OK(vfs_read(node, support_out_at(UINT64_MAX, 100), UINT64_MAX, &done));
    UNIT_EQUAL(done, 0);
    UNIT_EQUAL(vfs_read(node, support_out_at(UINT64_MAX, 100), 9, &done), ERR_INVAL);
    UNIT_EQUAL(vfs_read(node, support_out_at(USER_UNMAPPED, 100), 9, &done), ERR_FAULT);
    // Ten bytes fit in front of the end of user space, whatever the length says.
    UNIT_EQUAL(vfs_read(node, support_out_at(COCO_USER_END - 10, 100), 0, &done), ERR_FAULT);
    vfs_node_put(node);
}

UNIT_TEST(long_operations_look_at_the_scheduler)
{
    uint8_t bytes[2] = {1, 1};
    uint64_t end;
    size_t done;

    support_start();
    struct vfs_node *node = borrowed_file(100);
    UNIT_OK(vfs_resize(node, USER_LEN)); /* no page is there: a hole */
    unsigned before = support_sched_checks();
    UNIT_OK(vfs_read(node, support_out(USER_LEN), 0, &done));
    UNIT_EQUAL(done, USER_LEN);
    UNIT_CHECK(support_sched_checks() - before >= USER_LEN / 65536 - 1);
    UNIT_OK(user_copy_in(bytes, user_memory(USER_LEN - 2), 2));
    UNIT_CHECK(bytes[0] == 0 && bytes[1] == 0);
    for (uint64_t at = 0; at < 1000; at++) {
        UNIT_OK(vfs_write(node, support_in("x", 1), at * PAGE_SIZE, &end));
    }
    before = support_sched_checks();
    UNIT_OK(vfs_resize(node, 0));
    UNIT_CHECK(support_sched_checks() - before >= 2);
    for (uint64_t at = 0; at < 1000; at++) {
        UNIT_OK(vfs_write(node, support_in("x", 1), at * PAGE_SIZE, &end));
    }
    before = support_sched_checks();
    vfs_node_put(node);
    UNIT_CHECK(support_sched_checks() - before >= 3);
}

UNIT_TEST(failed_write_keeps_size_and_adds_nothing)
{
    uint64_t end;

    support_start();
    struct vfs_node *node = borrowed_file(5000);
    struct machine_usage before = machine_usage();
    uint64_t edge = user_memory(USER_LEN - 6000).v; // runs off the mapping after 6000 bytes
    UNIT_EQUAL(vfs_write(node, support_in_at(edge, 20000), 4500, &end), ERR_FAULT);
    UNIT_EQUAL(vfs_size(node), 5000);
    model.size = 4500; // bytes inside the size may have been overwritten
    size_t done;
    UNIT_OK(vfs_read_kernel(node, scratch, 5000, 0, &done));
    UNIT_CHECK(memcmp(scratch, model.bytes, 4500) == 0);
    UNIT_OK(vfs_resize(node, 30000)); // what was behind the size reads as zero
    UNIT_OK(vfs_read_kernel(node, scratch, 30000, 0, &done));
    for (size_t i = 5000; i < 30000; i++) {
        UNIT_EQUAL(scratch[i], 0);
    }
    UNIT_OK(vfs_cut(node, 0));
    machine_check_usage(before);
    UNIT_EQUAL(vfs_write(node, support_in_at(UINT64_MAX - 5, 5), 0, &end), ERR_INVAL);
    UNIT_EQUAL(vfs_size(node), 0);
    vfs_node_put(node);
}

UNIT_TEST(write_of_a_huge_length_uses_no_memory)
{
    uint64_t end;

    support_start();
    struct vfs_node *node = borrowed_file(0);
    uint64_t free_pages = page_free_count();
    UNIT_EQUAL(vfs_write(node, support_in_at(USER_UNMAPPED, 1ull << 35), 0, &end), ERR_FAULT);
    UNIT_CHECK(page_free_count() + 2 >= free_pages);
    UNIT_EQUAL(vfs_write(node, support_in_at(USER_UNMAPPED, VFS_FILE_SIZE_MAX + 1), 0, &end),
               ERR_FBIG);
    UNIT_EQUAL(vfs_write(node, support_in_at(USER_UNMAPPED, 2), VFS_FILE_SIZE_MAX - 1, &end),
               ERR_FBIG);
    UNIT_EQUAL(vfs_write(node, support_in_at(USER_UNMAPPED, 2), UINT64_MAX - 1, &end), ERR_FBIG);
    UNIT_EQUAL(vfs_resize(node, VFS_FILE_SIZE_MAX + 1), ERR_FBIG);
    UNIT_OK(vfs_resize(node, VFS_FILE_SIZE_MAX)); // sparse: costs nothing
    UNIT_CHECK(page_free_count() + 2 >= free_pages);
    vfs_node_put(node);
}

UNIT_TEST(file_stops_at_the_budget)
{
    uint64_t end = 0;
    enum status status = OK;

    support_start();
    struct machine_usage before = machine_usage();
    struct vfs_node *node = borrowed_file(0);
    struct user_in whole = {user_memory(0), USER_LEN};
    while (status == OK) {
        uint64_t size = vfs_size(node);
        status = vfs_write(node, whole, VFS_OFFSET_END, &end);
        UNIT_EQUAL(vfs_size(node), status == OK ? size + USER_LEN : size);
        UNIT_CHECK(size <= MACHINE_RAM);
    }
    UNIT_EQUAL(status, ERR_NOSPC);
    UNIT_CHECK(vfs_size(node) > MACHINE_RAM / 4);
    UNIT_OK(vfs_cut(node, 0));
    UNIT_OK(vfs_write(node, whole, 0, &end)); // the space is free again
    vfs_node_put(node);
    machine_check_usage(before);
}

UNIT_TEST(write_survives_lack_of_memory)
{
    uint64_t end;
    bool failed = true;

    support_start();
    memset(scratch, 0x5a, sizeof(scratch));
    struct user_in buffer = support_in(scratch, 3 * PAGE_SIZE + 5);
    struct machine_usage before = machine_usage();
    for (uint64_t n = 0; failed; n++) {
        struct vfs_node *node = borrowed_file(PAGE_SIZE + 10);
        fault_inject_arm(n);
        enum status status = vfs_write(node, buffer, 100, &end);
        failed = fault_inject_disarm();
        UNIT_EQUAL(status, failed ? ERR_NOMEM : OK);
        UNIT_EQUAL(vfs_size(node), failed ? PAGE_SIZE + 10 : 100 + 3 * PAGE_SIZE + 5);
        vfs_node_put(node);
        machine_check_usage(before);
        UNIT_CHECK(n < 50);
    }
}

UNIT_TEST(views_and_directories_refuse_content_calls)
{
    struct vfs_node *node;
    uint64_t end;
    size_t done;

    support_start();
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "Log/logfile", VFS_UPSTREAM, &node));
    UNIT_CHECK(!vfs_is_writable(node));
    UNIT_EQUAL(vfs_write(node, support_in("x", 1), 0, &end), ERR_RDONLY);
    UNIT_EQUAL(vfs_cut(node, 0), ERR_RDONLY);
    vfs_node_put(node);
    UNIT_EQUAL(vfs_read(fs_root(), support_out(1), 0, &done), ERR_NOTSUPP);
    UNIT_EQUAL(vfs_write(fs_root(), support_in("x", 1), 0, &end), ERR_NOTSUPP);
    UNIT_EQUAL(vfs_resize(fs_root(), 0), ERR_NOTSUPP);
    UNIT_EQUAL(vfs_size(fs_root()), 0);
}

/* A page that was shown to be read, and is stored to later. */
UNIT_TEST(mapped_pages_become_writable)
{
    support_start();
    struct vfs_node *node = borrowed_file(100);
    struct backing *backing = vfs_backing(node);
    const struct backing_ops *ops = backing_ops[backing->type];
    struct coco_stat stat;
    paddr_t page;

    UNIT_OK(ops->page(backing, 0, false, &page));
    node->modified = 0;
    ops->note_stores(backing);
    vfs_stat(node, &stat);
    UNIT_CHECK(stat.modified != 0 && stat.changed == stat.modified);
    uint8_t *bytes = arch_window_map(2, page);
    bytes[200] = 201;
    arch_window_unmap(2);
    page_unref(page);
    UNIT_OK(vfs_resize(node, 300));
    memset(model.bytes + 100, 0, 200);
    model.size = 300;
    compare(node);
    vfs_node_put(node);
}

/* What a mapping shows, and what it leaves behind when the file is cut and grows again. */
UNIT_TEST(mapped_pages_follow_the_file)
{
    support_start();
    struct vfs_node *node = borrowed_file(PAGE_SIZE + 100);
    struct backing *backing = vfs_backing(node);
    const struct backing_ops *ops = backing_ops[backing->type];
    paddr_t page;
    paddr_t again;
    uint64_t end;
    unsigned cuts = support_mapping_cuts();

    UNIT_EQUAL(ops->page(backing, 2, false, &page), ERR_IO);
    UNIT_CHECK(ops->is_beyond(backing, 2) && !ops->is_beyond(backing, 1));
    UNIT_OK(ops->page(backing, 1, true, &page));
    uint8_t *bytes = arch_window_map(2, page);
    UNIT_CHECK(memcmp(bytes, model.bytes + PAGE_SIZE, 100) == 0);
    UNIT_EQUAL(bytes[100], 0);
    bytes[50] = 200;
    bytes[100] = 201; /* behind the end: lost when the file grows */
    arch_window_unmap(2);
    model.bytes[PAGE_SIZE + 50] = 200;
    compare(node);
    UNIT_OK(vfs_write(node, support_in("z", 1), PAGE_SIZE + 110, &end));
    model.bytes[PAGE_SIZE + 110] = 'z';
    model.size = PAGE_SIZE + 111;
    compare(node);
    UNIT_OK(vfs_resize(node, PAGE_SIZE));
    model.size = PAGE_SIZE;
    UNIT_EQUAL(page_ref_count(page), 1);      /* only the test's */
    UNIT_EQUAL(support_mapping_cuts(), cuts); /* nobody maps it */
    ops->get(backing);
    UNIT_OK(vfs_resize(node, PAGE_SIZE - 1));
    UNIT_OK(vfs_resize(node, PAGE_SIZE));
    model.bytes[PAGE_SIZE - 1] = 0;
    UNIT_EQUAL(support_mapping_cuts(), cuts + 1);
    ops->put(backing);
    UNIT_OK(vfs_resize(node, PAGE_SIZE + 200));
    memset(model.bytes + PAGE_SIZE, 0, 200);
    model.size = PAGE_SIZE + 200;
    compare(node);
    UNIT_OK(ops->page(backing, 1, false, &again));
    UNIT_CHECK(again.v != page.v);
    page_unref(page);
    page_unref(again);
    vfs_node_put(node);
}
