// SPDX-License-Identifier: MIT
#include "machine.h"
#include "unit.h"
#include <arch_impl/host.h>
#include <mm/backing.h>
#include <mm/boot.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/quota.h>
#include <mm/vmap.h>
#include <pthread.h>

void machine_start(void)
{
    static bool started;
    static const struct boot_memory memory = {
        .usable = {{0, 0x9fc00},
                   {0x100000, (32ull << 20) - 0x100000 - 0x123},
                   {40ull << 20, 24ull << 20}},
        .usable_count = 3,
        .reserved = {{0x200000, 0x54321}, {0x240000, 0x20000}, {50ull << 20, 1}},
        .reserved_count = 3,
    };

    if (started) {
        return;
    }
    started = true;
    host_memory_start(MACHINE_RAM);
    mm_boot_begin(&memory);
    mm_init();
}

struct machine_usage machine_usage(void)
{
    struct machine_usage usage;

    kstack_trim();
    heap_trim();
    page_cache_drain();
    usage.free_pages = page_free_count() + heap_record_pages();
    usage.heap_bytes = heap_used();
    return usage;
}

void machine_check_usage(struct machine_usage before)
{
    struct machine_usage now = machine_usage();

    if (now.heap_bytes != before.heap_bytes) {
        unit_fail(__FILE_NAME__, __LINE__, "heap leak: %lld bytes",
                  (long long)(now.heap_bytes - before.heap_bytes));
    }
    if (now.free_pages != before.free_pages) {
        unit_fail(__FILE_NAME__, __LINE__, "page leak: %lld pages",
                  (long long)(before.free_pages - now.free_pages));
    }
}

/* For programs with fs and without processes: nobody has a view of the file tree. */
struct fs_view;
struct fs_view *view_current(void);
void view_note_refusal(const char *path, bool hidden);

__attribute__((weak)) struct fs_view *view_current(void)
{
    return NULL;
}

__attribute__((weak)) void view_note_refusal(const char *path, bool hidden)
{
    unit_fail(__FILE_NAME__, __LINE__, "a view that nobody has refuses %s %d", path, hidden);
}

/* For programs without threads: nobody waits for memory to get short. */
__attribute__((weak)) void quota_level_rose(void)
{
}

/* For programs without fs, which defines the whole table. */
__attribute__((weak)) const struct backing_ops *const backing_ops[BACKING_TYPE_COUNT] = {
    [BACKING_SHARED_MEMORY] = &shared_memory_ops,
};

void machine_stress(void *(*function)(void *number))
{
    struct machine_usage before;
    pthread_t threads[4];
    void *complaint;

    machine_start();
    before = machine_usage();
    for (unsigned i = 0; i < 4; i++) {
        UNIT_EQUAL(pthread_create(&threads[i], NULL, function, (void *)(uintptr_t)(i + 1)), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(threads[i], &complaint);
        UNIT_CHECK(complaint == NULL);
    }
    machine_check_usage(before);
}
