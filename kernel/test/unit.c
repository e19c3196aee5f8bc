// SPDX-License-Identifier: MIT
#include "unit.h"
#include <arch_impl/host.h>
#include <base/log.h>
#include <base/panic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PANIC_EXIT 77

static struct unit_test *tests;
static struct unit_test **tests_end = &tests;
static const struct unit_test *running;
static jmp_buf end_of_test;
static int panic_pipe = -1; /* in the child of unit_panics() */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

void unit_register(struct unit_test *test)
{
    *tests_end = test;
    tests_end = &test->next;
}

static void report_failure(const char *file, int line, const char *format, va_list args)
{
    printf("not ok - %s: ", running != NULL ? running->name : "(no test)");
    if (file != NULL) {
        printf("%s:%d: ", file, line);
    }
    vprintf(format, args);
    printf("\n");
    fflush(stdout);
}

void unit_fail(const char *file, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report_failure(file, line, format, args);
    va_end(args);
    if (running == NULL || panic_pipe >= 0) {
        _exit(EXIT_FAILURE);
    }
    longjmp(end_of_test, 1);
}

/// The kernel's panic: what unit_panics() waits for, otherwise the end of the whole program.
void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (panic_pipe >= 0) {
        vdprintf(panic_pipe, format, args);
        _exit(PANIC_EXIT);
    }
    report_failure(NULL, 0, format, args);
    va_end(args);
    abort(); /* the kernel's state is lost: no further test would mean anything */
}

void log_sink(const struct log_entry *entry)
{
    if (getenv("UNIT_LOG") != NULL) {
        fwrite(entry->text, 1, entry->len, stderr);
    }
}

/// Upcall of the logs for programs without processes.
__attribute__((weak)) uint64_t log_writer(void);
__attribute__((weak)) uint64_t log_writer(void)
{
    return 0;
}

bool unit_panics(void (*function)(void *argument), void *argument, const char *text)
{
    char seen[256];
    size_t len = 0;
    int pipe_ends[2];
    ssize_t part;
    int status = 0;
    pid_t child;
    void *ram = host_memory_save();

    fflush(stdout);
    if (pipe(pipe_ends) != 0 || (child = fork()) < 0) {
        unit_fail(__FILE_NAME__, __LINE__, "cannot start a child process");
    }
    if (child == 0) {
        close(pipe_ends[0]);
        panic_pipe = pipe_ends[1];
        function(argument);
        _exit(EXIT_SUCCESS);
    }
    close(pipe_ends[1]);
    while (len < sizeof(seen) - 1 &&
           (part = read(pipe_ends[0], seen + len, sizeof(seen) - 1 - len)) > 0) {
        len += (size_t)part;
    }
    seen[len] = '\0';
    close(pipe_ends[0]);
    waitpid(child, &status, 0);
    host_memory_restore(ram);
    return WIFEXITED(status) && WEXITSTATUS(status) == PANIC_EXIT && strstr(seen, text) != NULL;
}

uint64_t unit_random(void)
{
    random_state ^= random_state << 13; /* xorshift */
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

uint64_t unit_random_below(uint64_t bound)
{
    return unit_random() % bound;
}

#ifndef UNIT_FUZZ

static bool run_one(const struct unit_test *test)
{
    bool passed = false;

    running = test;
    if (setjmp(end_of_test) == 0) {
        test->run();
        printf("ok - %s\n", test->name);
        passed = true;
    }
    fflush(stdout);
    running = NULL;
    return passed;
}

__attribute__((weak)) int main(int argc, char **argv)
{
    const char *filter = argc > 1 ? argv[1] : "";
    unsigned passed = 0;
    unsigned failed = 0;

    if (getenv("UNIT_SEED") != NULL) {
        random_state ^= strtoull(getenv("UNIT_SEED"), NULL, 0) * 0xbf58476d1ce4e5b9u;
    }
    for (const struct unit_test *test = tests; test != NULL; test = test->next) {
        if (strcmp(filter, "--list") == 0) {
            printf("%s\n", test->name);
        } else if (strstr(test->name, filter) != NULL) {
            *(run_one(test) ? &passed : &failed) += 1;
        }
    }
    if (strcmp(filter, "--list") == 0) {
        return EXIT_SUCCESS;
    }
    if (passed + failed == 0) {
        fprintf(stderr, "no test matches \"%s\": run with --list to see all\n", filter);
        return EXIT_FAILURE;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
