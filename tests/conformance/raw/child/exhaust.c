// SPDX-License-Identifier: MIT
// What calls answer when there is no memory left: takes all of the machine's, then makes each call
// again and again until it is refused for lack of memory, and tells the parent which calls did so.
//
// Pages are taken with a call that writes to them, which then fails instead of ending the process.
// From then on the process touches no page for the first time.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/raw.h>
#include <harness/string.h>

#include "report.h"

#define PAGE 4096ull
#define ATTEMPTS 6000u
#define AREAS_MAX 64u
#define SPARE_FILES 100u
#define HELPERS 6u

static struct {
    uint64_t address, size;
} areas[AREAS_MAX];
static size_t area_count;

static char path[64];
static uint8_t page_buffer[2 * PAGE];
static uint8_t thread_stack[256];
static struct coco_spawn spawn_arguments;
static uint8_t *grown;
static coco_handle_t file;

static coco_handle_t helpers[HELPERS];

/* Memory that the kernel keeps for itself is reached through what is not promised: stacks of other
 * processes (child/no_memory.c). True once they are full. */
static bool take_the_kernels_share(void)
{
    static const char arguments[] = "child\0fill_stack\0/raw/x/filling";
    const struct coco_spawn spawn = {.size = sizeof(spawn),
                                     .path = (uintptr_t)"/raw/child",
                                     .arguments = (uintptr_t)arguments,
                                     .arguments_len = sizeof(arguments),
                                     .argument_count = 3};
    for (size_t i = 0; i < HELPERS; i++) {
        int64_t marker = coco_open("/raw/x/filling", COCO_OPEN_WRITE, COCO_OPEN_CREATE);
        int64_t helper = coco_process_spawn(&spawn);
        if (marker < 0 || helper < 0 || coco_close((coco_handle_t)marker) != 0) {
            return false;
        }
        helpers[i] = (coco_handle_t)helper;
        while ((marker = coco_open("/raw/x/filling", COCO_OPEN_READ, 0)) >= 0) {
            (void)coco_close((coco_handle_t)marker);
            (void)coco_thread_yield();
        }
    }
    return true;
}

static void end_helpers(void)
{
    for (size_t i = 0; i < HELPERS; i++) {
        (void)coco_process_kill(helpers[i], 9);
    }
}

static uint64_t map_area(uint64_t size)
{
    int64_t result = RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, size,
                         COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS);
    return result > 0 ? (uint64_t)result : 0;
}

/* True while pages are left. */
static bool take_pages(uint64_t address, uint64_t size)
{
    for (uint64_t at = 0; at < size; at += PAGE) {
        if (RAW(COCO_SYS_RANDOM, address + at, 1) != 0) {
            return false;
        }
    }
    return true;
}

static void take_everything(void)
{
    uint64_t size = (uint64_t)coco_query(COCO_QUERY_MEM_LIMIT) / 2 & ~(PAGE - 1);
    while (area_count < AREAS_MAX && size >= PAGE) {
        uint64_t address = map_area(size);
        if (address == 0) {
            size = size / 2 & ~(PAGE - 1);
            continue;
        }
        areas[area_count].address = address;
        areas[area_count++].size = size;
        if (!take_pages(address, size)) {
            return;
        }
    }
}

static void give_back(void)
{
    while (area_count > 0) {
        area_count--;
        (void)RAW(COCO_SYS_MUNMAP, areas[area_count].address, areas[area_count].size);
    }
}

static const char *name(const char *prefix, unsigned number)
{
    print_to(path, sizeof(path), "/raw/x/%s%u", prefix, number);
    return path;
}

static void idle(void *unused)
{
    (void)unused;
    coco_thread_exit(0, NULL);
}

static int64_t try_mmap(unsigned number)
{
    (void)number;
    return RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, PAGE, COCO_MMAP_ANONYMOUS);
}

static int64_t try_open(unsigned number)
{
    return coco_open(name("open", number), COCO_OPEN_WRITE, COCO_OPEN_CREATE);
}

static int64_t try_opendir(unsigned number)
{
    (void)number;
    return coco_opendir("/raw");
}

static int64_t try_mkdir(unsigned number)
{
    return coco_mkdir(name("dir", number));
}

static int64_t try_write(unsigned number)
{
    (void)number;
    return coco_write(file, page_buffer, PAGE);
}

static int64_t try_exec(unsigned number)
{
    (void)number;
    return RAW(COCO_SYS_EXEC, (uintptr_t)"/raw/minimal", (uintptr_t)"/", 0);
}

static int64_t try_duplicate(unsigned number)
{
    (void)number;
    return coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME);
}

static int64_t try_spawn(unsigned number)
{
    (void)number;
    return coco_process_spawn(&spawn_arguments);
}

static int64_t try_process_exec(unsigned number)
{
    (void)number;
    return coco_process_exec(&spawn_arguments);
}

static int64_t try_thread(unsigned number)
{
    (void)number;
    return RAW(COCO_SYS_THREAD_CREATE, (uintptr_t)idle, (uintptr_t)thread_stack + 248, 0, 0);
}

static int64_t try_file_open(unsigned number)
{
    return coco_file_open(name("file", number), COCO_FILE_WRITE | COCO_FILE_CREATE, 0600);
}

static int64_t try_pwrite(unsigned number)
{
    return coco_file_pwrite(file, page_buffer, PAGE, (100 + number) * PAGE);
}

static int64_t try_file_mkdir(unsigned number)
{
    return coco_file_mkdir(name("folder", number), 0700);
}

/* Gives long names to files with short ones: each name needs a larger piece of memory than it gives
 * back. */
static int64_t try_rename(unsigned number)
{
    static char to[COCO_NAME_MAX + 16] = "/raw/x/";
    size_t len = 7 + COCO_NAME_MAX - 8;
    memset(to + 7, 'r', len - 7);
    print_to(to + len, 8, "%u", number);
    return coco_file_rename(name("spare", number), to);
}

static int64_t try_resize(unsigned number)
{
    return coco_file_resize(file, (4000ull + number) * PAGE + number);
}

static int64_t try_mresize(unsigned number)
{
    return RAW(COCO_SYS_MRESIZE, (uintptr_t)grown, (2ull + number) * 65536 * PAGE);
}

static int64_t try_protect(unsigned number)
{
    (void)number;
    return RAW(COCO_SYS_MEM_PROTECT, (uintptr_t)grown, PAGE, COCO_MMAP_READ);
}

static int64_t try_lock(unsigned number)
{
    const struct coco_file_lock lock = {.start = 2ull * number,
                                        .length = 1,
                                        .kind = COCO_LOCK_EXCLUSIVE,
                                        .owner = COCO_LOCK_DESCRIPTION};
    return coco_file_lock(file, &lock, 0);
}

static int64_t try_allocate(unsigned number)
{
    return coco_file_allocate(file, (8000ull + number) * PAGE, PAGE);
}

static int64_t (*const attempts[REPORT_EXHAUSTED])(unsigned number) = {
    [EXHAUSTED_MMAP] = try_mmap,
    [EXHAUSTED_MRESIZE] = try_mresize,
    [EXHAUSTED_PROTECT] = try_protect,
    [EXHAUSTED_EXEC] = try_exec,
    [EXHAUSTED_OPEN] = try_open,
    [EXHAUSTED_WRITE] = try_write,
    [EXHAUSTED_OPENDIR] = try_opendir,
    [EXHAUSTED_MKDIR] = try_mkdir,
    [EXHAUSTED_DUPLICATE] = try_duplicate,
    [EXHAUSTED_SPAWN] = try_spawn,
    [EXHAUSTED_PROCESS_EXEC] = try_process_exec,
    [EXHAUSTED_THREAD] = try_thread,
    [EXHAUSTED_FILE_OPEN] = try_file_open,
    [EXHAUSTED_PWRITE] = try_pwrite,
    [EXHAUSTED_RESIZE] = try_resize,
    [EXHAUSTED_RENAME] = try_rename,
    [EXHAUSTED_FILE_MKDIR] = try_file_mkdir,
    [EXHAUSTED_LOCK] = try_lock,
    [EXHAUSTED_ALLOCATE] = try_allocate,
};

/* Prepared while there is memory: nothing below may need a fresh page of its own. */
static bool prepare(void)
{
    spawn_arguments =
        (struct coco_spawn){.size = sizeof(spawn_arguments), .path = (uintptr_t)"/raw/minimal"};
    memset(page_buffer, 1, sizeof(page_buffer));
    memset(thread_stack, 1, sizeof(thread_stack));
    grown = (uint8_t *)map_area(4 * PAGE);
    for (unsigned i = 0; i < SPARE_FILES; i++) {
        int64_t spare = coco_open(name("spare", i), COCO_OPEN_WRITE, COCO_OPEN_CREATE);
        if (spare < 0 || coco_close((coco_handle_t)spare) != 0) {
            return false;
        }
    }
    int64_t created = coco_open("/raw/x/content", COCO_OPEN_WRITE, COCO_OPEN_CREATE);
    file = (coco_handle_t)created;
    return grown != NULL && created > 0;
}

BEHAVIOUR(exhaust_memory)
{
    static struct report_exhausted report;
    if (!prepare() || !take_the_kernels_share()) {
        return 2;
    }
    take_everything();
    for (size_t i = 0; i < REPORT_EXHAUSTED; i++) {
        for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
            report.last[i] = attempts[i](attempt);
            if (report.last[i] < 0) {
                break;
            }
        }
    }
    end_helpers();
    give_back();
    return answer(&report, sizeof(report));
}
