// SPDX-License-Identifier: MIT
// The operations of core.c on Linux, as process 1 of an initramfs in the same emulator. Built
// statically for the host's Linux; with -DTINY -nostdlib it is the program to spawn.
#ifdef TINY

__attribute__((naked, noreturn)) void _start(void)
{
    __asm__ volatile("xorl %edi, %edi\n movl $231, %eax\n syscall\n ud2\n");
}

#else

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_machine.h"
#include "measure.h"

#define PAGE 4096ul
#define FILE_PATH "/tmp/bench-file"
#define FUTEX_WAIT_OPERATION 0
#define FUTEX_WAKE_OPERATION 1

static char content[PAGE];
static int file = -1;
static char *pages;
static pthread_t peer;
static int turn; /* 0 ours, 1 the peer's, 2 it shall end */

static int null_call(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        syscall(SYS_getppid);
    }
    return 0;
}

static int spawn_wait(unsigned count)
{
    char *const arguments[] = {"tiny", NULL};
    char *const environment[] = {NULL};
    for (unsigned i = 0; i < count; i++) {
        pid_t process;
        int status;
        if (posix_spawn(&process, "/tiny", NULL, NULL, arguments, environment) != 0 ||
            waitpid(process, &status, 0) != process || status != 0) {
            return -1;
        }
    }
    return 0;
}

static void *nothing(void *unused)
{
    return unused;
}

static int thread_create_join(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, nothing, NULL) != 0 || pthread_join(thread, NULL) != 0) {
            return -1;
        }
    }
    return 0;
}

static void *yield_until_told(void *unused)
{
    while (__atomic_load_n(&turn, __ATOMIC_RELAXED) != 2) {
        sched_yield();
    }
    return unused;
}

/* Only with a real-time policy does Linux hand over at every yield. */
static int yield_set_up(unsigned count)
{
    struct sched_param parameters = {.sched_priority = 1};
    (void)count;
    turn = 0;
    return sched_setscheduler(0, SCHED_FIFO, &parameters) != 0 ||
                   pthread_create(&peer, NULL, yield_until_told, NULL) != 0
               ? -1
               : 0;
}

static int yield(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        sched_yield();
    }
    return 0;
}

static int yield_clean_up(unsigned count)
{
    struct sched_param parameters = {.sched_priority = 0};
    (void)count;
    __atomic_store_n(&turn, 2, __ATOMIC_RELAXED);
    return pthread_join(peer, NULL) != 0 || sched_setscheduler(0, SCHED_OTHER, &parameters) != 0
               ? -1
               : 0;
}

static void futex_wait(int value)
{
    syscall(SYS_futex, &turn, FUTEX_WAIT_OPERATION, value, NULL, NULL, 0);
}

static void futex_wake(void)
{
    syscall(SYS_futex, &turn, FUTEX_WAKE_OPERATION, 1, NULL, NULL, 0);
}

static void *futex_answer(void *unused)
{
    for (;;) {
        int now;
        while ((now = __atomic_load_n(&turn, __ATOMIC_ACQUIRE)) == 0) {
            futex_wait(0);
        }
        if (now == 2) {
            return unused;
        }
        __atomic_store_n(&turn, 0, __ATOMIC_RELEASE);
        futex_wake();
    }
}

static int futex_set_up(unsigned count)
{
    (void)count;
    turn = 0;
    return pthread_create(&peer, NULL, futex_answer, NULL) != 0 ? -1 : 0;
}

static int futex_round_trip(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        __atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
        futex_wake();
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) == 1) {
            futex_wait(1);
        }
    }
    return 0;
}

static int futex_clean_up(unsigned count)
{
    (void)count;
    __atomic_store_n(&turn, 2, __ATOMIC_RELEASE);
    futex_wake();
    return pthread_join(peer, NULL) != 0 ? -1 : 0;
}

static char *map(size_t length)
{
    return mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Pages of 4 KiB, whatever the kernel's policy for large ones is. */
static int pages_map(unsigned count)
{
    pages = map(count * PAGE);
    return pages == MAP_FAILED || madvise(pages, count * PAGE, MADV_NOHUGEPAGE) != 0 ? -1 : 0;
}

static int page_fault(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        *(volatile char *)(pages + i * PAGE) = 1;
    }
    return 0;
}

static int pages_unmap(unsigned count)
{
    return munmap(pages, count * PAGE);
}

static int mmap_munmap(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char *page = map(PAGE);
        if (page == MAP_FAILED || munmap(page, PAGE) != 0) {
            return -1;
        }
    }
    return 0;
}

static int open_read_close(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int descriptor = open(FILE_PATH, O_RDONLY);
        if (descriptor < 0 || read(descriptor, content, PAGE) != (ssize_t)PAGE ||
            close(descriptor) != 0) {
            return -1;
        }
    }
    return 0;
}

static int pread_4k(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (pread(file, content, PAGE, 0) != (ssize_t)PAGE) {
            return -1;
        }
    }
    return 0;
}

static int stat_path(unsigned count)
{
    struct stat state;
    for (unsigned i = 0; i < count; i++) {
        if (stat(FILE_PATH, &state) != 0) {
            return -1;
        }
    }
    return 0;
}

static const struct operation operations[] = {
    {"null_call", 4000, NULL, null_call, NULL},
    {"yield", 1000, yield_set_up, yield, yield_clean_up},
    {"futex_round_trip", 500, futex_set_up, futex_round_trip, futex_clean_up},
    {"page_fault", 1000, pages_map, page_fault, pages_unmap},
    {"mmap_munmap", 500, NULL, mmap_munmap, NULL},
    {"open_read_close", 500, NULL, open_read_close, NULL},
    {"pread", 500, NULL, pread_4k, NULL},
    {"stat", 500, NULL, stat_path, NULL},
    {"thread_create_join", 100, NULL, thread_create_join, NULL},
    {"spawn_wait", 50, NULL, spawn_wait, NULL},
    {NULL, 0, NULL, NULL, NULL},
};

static bool prepare(void)
{
    if (!machine_start()) {
        return false;
    }
    file = open(FILE_PATH, O_CREAT | O_RDWR, 0600);
    return file >= 0 && write(file, content, PAGE) == (ssize_t)PAGE;
}

int main(void)
{
    uint64_t start = measure_ticks();
    bool good = prepare();
    printf("\nM boot_to_main %llu\n", (unsigned long long)start);
    machine_end(good && measure_all(operations) == 0);
}

#endif
