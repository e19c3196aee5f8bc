// SPDX-License-Identifier: MIT
// What this program does as a child: end in a given way, or tell about itself.
#undef NDEBUG // assert() is under test
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness.h"

static int handler_count;
static bool announce_destructor;

static void first(void)
{
    puts("first");
}

static void second(void)
{
    puts("second");
}

static void inner(void)
{
    puts("inner");
}

static void outer(void)
{
    puts("outer");
    atexit(inner);
}

static void quick(void)
{
    fputs("quick\n", stdout);
    fflush(stdout);
}

static void print_count(void)
{
    printf("%d\n", handler_count);
}

static void count(void)
{
    handler_count++;
}

static void say_handler(void)
{
    puts("handler");
}

__attribute__((destructor)) static void destructor(void)
{
    if (announce_destructor) {
        puts("destructor");
    }
}

static int run_atexit(void)
{
    announce_destructor = true;
    atexit(first);
    atexit(second);
    puts("main");
    exit(3);
}

static int run_return(void)
{
    puts("main");
    return 7;
}

static int run_return_0(void)
{
    return 0;
}

static int run_nested(void)
{
    atexit(outer);
    return 0;
}

static int run_exit_now(void)
{
    atexit(first);
    fputs("not flushed", stdout);
    _exit(9);
}

static int run_quick(void)
{
    at_quick_exit(quick);
    atexit(first);
    quick_exit(4);
}

static int run_exit_257(void)
{
    exit(257);
}

static int run_many(void)
{
    atexit(print_count);
    for (int i = 0; i < 100; i++) {
        if (atexit(count) != 0) {
            return 1;
        }
    }
    return 0;
}

static void *exit_thread(void *unused)
{
    (void)unused;
    exit(5);
}

static int run_exit_thread(void)
{
    pthread_t thread;
    atexit(say_handler);
    pthread_create(&thread, NULL, exit_thread, NULL);
    pthread_join(thread, NULL);
    return 1;
}

static int run_abort(void)
{
    abort();
}

static void returning_handler(int signal)
{
    (void)signal;
}

static int run_abort_handler(void)
{
    signal(SIGABRT, returning_handler);
    abort();
}

static int run_raise_term(void)
{
    raise(SIGTERM);
    return 0;
}

static int run_null(void)
{
    *(volatile int *)(uintptr_t)8 = 1;
    return 0;
}

static int run_beyond_file(void)
{
    int fd = open("/tmp/libc-beyond", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char *view = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
    unlink("/tmp/libc-beyond");
    return write(fd, "x", 1) == 1 && view[0] == 'x' ? ((volatile char *)view)[4096] : 1;
}

static int run_divide(void)
{
    __asm__ volatile("xorl %%ecx, %%ecx\n\tdivl %%ecx" : : "a"(1), "d"(0) : "rcx");
    return 0;
}

static int run_ud2(void)
{
    __asm__ volatile("ud2");
    return 0;
}

static int run_syscall(void)
{
    __asm__ volatile("syscall" : : : "rcx", "r11", "memory");
    return 0;
}

static int run_int3(void)
{
    __asm__ volatile("int3");
    return 0;
}

static int run_assert(void)
{
    assert(1 + 1 == 3);
    return 0;
}

static int run_write_read_only(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    return 0;
}

static int run_read_unmapped(void)
{
    volatile char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap((void *)page, 4096);
    return page[0];
}

static int run_execute_data(void)
{
    static unsigned char code[] = {0xc3}; // ret
    ((void (*)(void))(uintptr_t)code)();
    return 0;
}

static int overflow(volatile int depth)
{
    volatile char frame[8192];
    frame[0] = (char)depth;
    return overflow(depth + 1) + frame[0]; // not the last thing done, so it stays a call
}

static int run_overflow(void)
{
    return overflow(0);
}

extern uintptr_t __stack_chk_guard;
extern void *const volatile start_relro;

static int run_canary(void)
{
    printf("%016lx\n", (unsigned long)__stack_chk_guard);
    return 0;
}

__attribute__((noinline)) static void smash(volatile char *start)
{
    for (int i = 0; i < 64; i++) {
        start[i] = 'A';
    }
}

__attribute__((noinline)) static int victim(void)
{
    char buffer[16];
    smash(buffer);
    return buffer[3];
}

static int run_smash(void)
{
    return victim();
}

static int run_write_relro(void)
{
    *(void *volatile *)(uintptr_t)&start_relro = NULL;
    return 0;
}

static int run_write_canary(void)
{
    *(volatile uintptr_t *)&__stack_chk_guard = 1;
    return 0;
}

static int run_arguments(void)
{
    for (char **entry = environ; *entry; entry++) {
        puts(*entry);
    }
    return 0;
}

static int run_cwd(void)
{
    char path[4096];
    return getcwd(path, sizeof(path)) && puts(path) >= 0 ? 0 : 1;
}

static int run_fds(void)
{
    const char *separator = "";
    for (int fd = 0; fd < 100; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            printf("%s%d", separator, fd);
            separator = " ";
        }
    }
    puts("");
    return write(20, "0123456789", 10) == 10 ? 0 : 1;
}

static int run_sleep(void)
{
    usleep(50000);
    return 0;
}

static int run_sleep_forever(void)
{
    for (;;) {
        sleep(1000);
    }
}

static const struct mode {
    const char *name;
    int (*run)(void);
} modes[] = {
    {"atexit", run_atexit},
    {"return", run_return},
    {"return-0", run_return_0},
    {"atexit-nested", run_nested},
    {"_exit", run_exit_now},
    {"quick_exit", run_quick},
    {"exit-257", run_exit_257},
    {"atexit-many", run_many},
    {"exit-thread", run_exit_thread},
    {"abort", run_abort},
    {"abort-handler", run_abort_handler},
    {"raise-term", run_raise_term},
    {"null", run_null},
    {"beyond-file", run_beyond_file},
    {"divide", run_divide},
    {"ud2", run_ud2},
    {"syscall", run_syscall},
    {"int3", run_int3},
    {"assert", run_assert},
    {"write-read-only", run_write_read_only},
    {"read-unmapped", run_read_unmapped},
    {"execute-data", run_execute_data},
    {"stack-overflow", run_overflow},
    {"canary", run_canary},
    {"smash", run_smash},
    {"write-relro", run_write_relro},
    {"write-canary", run_write_canary},
    {"arguments", run_arguments},
    {"cwd", run_cwd},
    {"fds", run_fds},
    {"sleep-50ms", run_sleep},
    {"sleep-forever", run_sleep_forever},
    {"malloc-twice", run_malloc_twice},
    {"malloc-twice-large", run_malloc_twice_large},
    {"malloc-inside", run_malloc_inside},
    {"atexit-threads", run_atexit_threads},
    {"malloc-after-free", run_malloc_after_free},
    {"malloc-header", run_malloc_header},
    {"fmtmsg", run_fmtmsg},
    {"psignal", run_psignal},
    {"streams-standard", run_streams_standard},
    {"wide-standard", run_wide_standard},
    {"syslog", run_syslog},
};

int child_run(const char *mode)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(modes[i].name, mode) == 0) {
            return modes[i].run();
        }
    }
    int status = exec_child(mode);
    status = status < 0 ? jobs_child(mode) : status;
    status = status < 0 ? exit_child(mode) : status;
    if (status < 0) {
        fprintf(stderr, "libc-tests: no child mode '%s'\n", mode);
        status = 2;
    }
    return status;
}
