// SPDX-License-Identifier: MIT
// What basic operations of the kernel cost, without libc in between. Under instruction counting a
// tick of the time-stamp counter is an instruction. linux.c measures the same operations of Linux.
// Prints the lines of rawmeasure.h, and
//   M <mark> <value>                                       a single figure
//
// Started with this folder as the current directory, in which `minimal` is the program to spawn.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/raw.h>
#include <harness/string.h>
#include <harness/thread.h>

#include "rawmeasure.h"

#define PAGE 4096ull
#define FILE_PATH "/bench-file"
#define PATH_MAX_LEN 512

static char program_path[PATH_MAX_LEN];
static uint8_t file_content[PAGE];
static coco_handle_t file;
static uint8_t *pages;
static struct thread peer;
static uint32_t turn; /* 0 ours, 1 the peer's, 2 it shall end */

static int64_t null_call(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        (void)coco_thread_id();
    }
    return 0;
}

static int64_t spawn_wait(uint64_t count)
{
    struct coco_spawn spawn = {.size = sizeof(spawn), .path = (uintptr_t)program_path};
    struct coco_exit_status status;
    for (uint64_t i = 0; i < count; i++) {
        int64_t process = coco_process_spawn(&spawn);
        if (process < 0) {
            return process;
        }
        int64_t result = coco_process_wait((coco_handle_t)process, COCO_FOREVER, &status);
        (void)coco_close((coco_handle_t)process);
        if (result != 0) {
            return result;
        }
        if (status.reason != COCO_EXIT_CODE || status.code != 0) {
            return COCO_EINVAL;
        }
    }
    return 0;
}

static void nothing(void *unused)
{
    (void)unused;
}

/* With a fresh stack each time, as a thread library would make one. */
static int64_t thread_create_join(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct thread thread;
        int64_t result = thread_start(&thread, nothing, NULL);
        if (result == 0) {
            result = thread_join(&thread);
        }
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

static void yield_until_told(void *unused)
{
    (void)unused;
    while (__atomic_load_n(&turn, __ATOMIC_RELAXED) != 2) {
        (void)coco_thread_yield();
    }
}

static int64_t yield_set_up(uint64_t count)
{
    (void)count;
    turn = 0;
    return thread_start(&peer, yield_until_told, NULL);
}

static int64_t yield(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        (void)coco_thread_yield();
    }
    return 0;
}

static int64_t peer_end(uint64_t count)
{
    (void)count;
    __atomic_store_n(&turn, 2, __ATOMIC_RELEASE);
    (void)coco_futex_wake(&turn, 1);
    return thread_join(&peer);
}

/* Gives the turn back each time it gets it. */
static void futex_answer(void *unused)
{
    (void)unused;
    for (;;) {
        uint32_t now;
        while ((now = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) == 0) {
            (void)coco_futex_wait(&turn, 0, COCO_FOREVER);
        }
        if (now == 2) {
            return;
        }
        __atomic_store_n(&turn, 0, __ATOMIC_RELEASE);
        (void)coco_futex_wake(&turn, 1);
    }
}

static int64_t futex_set_up(uint64_t count)
{
    (void)count;
    turn = 0;
    return thread_start(&peer, futex_answer, NULL);
}

static int64_t futex_round_trip(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        __atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
        (void)coco_futex_wake(&turn, 1);
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) == 1) {
            (void)coco_futex_wait(&turn, 1, COCO_FOREVER);
        }
    }
    return 0;
}

static int64_t map(uint64_t length)
{
    return RAW(COCO_SYS_MMAP, COCO_HANDLE_NONE, 0, 0, length,
               COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_ANONYMOUS | COCO_MMAP_PRIVATE);
}

static int64_t pages_map(uint64_t count)
{
    int64_t address = map(count * PAGE);
    pages = (uint8_t *)address;
    return address < 0 ? address : 0;
}

static int64_t page_fault(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        *(volatile uint8_t *)(pages + i * PAGE) = 1;
    }
    return 0;
}

static int64_t pages_unmap(uint64_t count)
{
    return RAW(COCO_SYS_MUNMAP, (uintptr_t)pages, count * PAGE);
}

static int64_t mmap_munmap(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        int64_t address = map(PAGE);
        if (address < 0 || RAW(COCO_SYS_MUNMAP, address, PAGE) != 0) {
            return COCO_ENOMEM;
        }
    }
    return 0;
}

static int64_t open_read_close(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        int64_t handle = coco_file_open(FILE_PATH, COCO_FILE_READ, 0);
        if (handle < 0 || coco_read((coco_handle_t)handle, file_content, PAGE) != (int64_t)PAGE) {
            return COCO_EIO;
        }
        (void)coco_close((coco_handle_t)handle);
    }
    return 0;
}

static int64_t pread_4k(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (coco_file_pread(file, file_content, PAGE, 0) != (int64_t)PAGE) {
            return COCO_EIO;
        }
    }
    return 0;
}

static int64_t stat_path(uint64_t count)
{
    struct coco_stat stat;
    for (uint64_t i = 0; i < count; i++) {
        if (coco_file_stat_path(FILE_PATH, &stat) != 0) {
            return COCO_EIO;
        }
    }
    return 0;
}

static const struct operation operations[] = {
    {"null_call", 4000, NULL, null_call, NULL},
    {"yield", 1000, yield_set_up, yield, peer_end},
    {"futex_round_trip", 500, futex_set_up, futex_round_trip, peer_end},
    {"page_fault", 1000, pages_map, page_fault, pages_unmap},
    {"mmap_munmap", 500, NULL, mmap_munmap, NULL},
    {"open_read_close", 500, NULL, open_read_close, NULL},
    {"pread", 500, NULL, pread_4k, NULL},
    {"stat", 500, NULL, stat_path, NULL},
    {"thread_create_join", 100, NULL, thread_create_join, NULL},
    {"spawn_wait", 50, NULL, spawn_wait, NULL},
};

static bool prepare(void)
{
    const struct coco_start_block *block = entry_block();
    const char *directory = (const char *)block->directory;
    print_to(program_path, sizeof(program_path), "%s/minimal",
             strcmp(directory, "/") == 0 ? "" : directory);
    int64_t handle =
        coco_file_open(FILE_PATH, COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_CREATE, 0600);
    if (handle < 0) {
        print("E cannot create " FILE_PATH ": %ld\n", handle);
        return false;
    }
    file = (coco_handle_t)handle;
    return coco_write(file, file_content, PAGE) == (int64_t)PAGE;
}

/* From the kernel's first instruction to here, and the memory that was in use then. */
static void print_marks(uint64_t now)
{
    if (!counters_available()) {
        print("E no SYSTEM handle to read counters with\n");
        return;
    }
    uint64_t boot = now - (uint64_t)counter(COCO_COUNTER_BOOT_TSC);
    int64_t used = counter(COCO_COUNTER_MEM_TOTAL) - counter(COCO_COUNTER_MEM_FREE) +
                   counter(COCO_COUNTER_KERNEL_IMAGE);
    print("M boot_to_main %lu\n", boot);
    print("M boot_to_main_ns %lu\n",
          boot / 1000 * 1000000000 / ((uint64_t)coco_query(COCO_QUERY_TSC_HZ) / 1000));
    print("M memory_used %ld\n", used);
}

int program_main(void)
{
    uint64_t now = measure_ticks();
    print_marks(now);
    if (!prepare()) {
        return 1;
    }
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (!measure_operation(&operations[i])) {
            return 1;
        }
    }
    (void)coco_close(file);
    (void)coco_file_unlink(FILE_PATH, 0);
    return 0;
}
