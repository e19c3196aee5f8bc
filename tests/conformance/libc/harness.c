// SPDX-License-Identifier: MIT
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_FILE "/tmp/libc-tests-child.txt"

const char *test_program;

static int passed_count;
static int failed_count;

bool test_report(bool passed, const char *name, const char *why, int line)
{
    flockfile(stdout); // keeps counts and lines of several threads apart
    if (passed) {
        passed_count++;
        printf("ok - %s\n", name);
    } else {
        failed_count++;
        printf("not ok - %s: %s (line %d, errno %d)\n", name, why, line, errno);
    }
    fflush(stdout); // so that a crash later does not take this line along
    funlockfile(stdout);
    return passed;
}

void rest(long ns)
{
    struct timespec time = {0, ns};
    nanosleep(&time, NULL);
}

bool interrupt_thread(pthread_t thread, int signal, void **result)
{
    int error = EBUSY;
    for (int i = 0; i < 6000 && error == EBUSY; i++) {
        rest(10000000);
        error = pthread_tryjoin_np(thread, result);
        if (error == EBUSY) {
            pthread_kill(thread, signal);
        }
    }
    return error == 0;
}

struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += ms * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

// Read a file into a buffer as a string.
static void slurp(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY);
    ssize_t len = fd < 0 ? 0 : read(fd, out, size - 1);
    out[len > 0 ? len : 0] = '\0';
    if (fd >= 0) {
        close(fd);
    }
}

int test_child(const char *mode, char *output, size_t size)
{
    char *argv[] = {(char *)test_program, "--child", (char *)mode, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    errno = posix_spawn_file_actions_init(&actions);
    if (errno == 0 && output) {
        errno = posix_spawn_file_actions_addopen(&actions, 1, OUTPUT_FILE,
                                                 O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
        errno = errno ? errno : posix_spawn_file_actions_adddup2(&actions, 1, 2);
    }
    if (errno == 0) {
        errno = posix_spawn(&pid, test_program, &actions, NULL, argv, environ);
    }
    if (errno == 0 && waitpid(pid, &status, 0) != pid) {
        status = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    if (output) {
        slurp(OUTPUT_FILE, output, size);
        unlink(OUTPUT_FILE);
    }
    return status;
}

static const struct area {
    const char *name;
    void (*run)(void);
    bool alone; // only when it is asked for: it takes the machine's memory away from what comes
                // behind
} areas[] = {
    // clang-format off: a line each
    {"printf", area_printf, false},
    {"scanf", area_scanf, false},
    {"stdio", area_stdio, false},
    {"stdlib", area_stdlib, false},
    {"environment", area_environment, false},
    {"patterns", area_patterns, false},
    {"malloc", area_malloc, false},
    {"string", area_string, false},
    {"math", area_math, false},
    {"floats", area_floats, false},
    {"complexl", area_complexl, false},
    {"locale", area_locale, false},
    {"locales", area_locales, false},
    {"text", area_text, false},
    {"characters", area_characters, false},
    {"time", area_time, false},
    {"files", area_files, false},
    {"dirs", area_dirs, false},
    {"fds", area_fds, false},
    {"mapped", area_mapped, false},
    {"memory", area_memory, false},
    {"start", area_start, false},
    {"exit", area_exit, false},
    {"signals", area_signals, false},
    {"interrupted", area_interrupted, false},
    {"left", area_left, false},
    {"spawn", area_spawn, false},
    {"threads", area_threads, false},
    {"thread-ids", area_thread_ids, false},
    {"sync", area_sync, false},
    {"robust", area_robust, false},
    {"rwlocks", area_rwlocks, false},
    {"no-calls", area_no_calls, false},
    {"thread-safety", area_thread_safety, false},
    {"thread-fork", area_thread_fork, false},
    {"stress", area_stress, false},
    {"misc", area_misc, false},
    {"system", area_system, false},
    {"fork", area_fork, false},
    {"exec", area_exec, false},
    {"shared", area_shared, false},
    {"limits", area_limits, true},
    {"pipes", area_pipes, false},
    {"sockets", area_sockets, false},
    {"socket-names", area_socket_names, false},
    {"mqueues", area_mqueues, false},
    {"inet", area_inet, false},
    {"netdb", area_netdb, false},
    {"aio", area_aio, false},
    {"sysv", area_sysv, false},
    {"devices", area_devices, false},
    {"terminals", area_terminals, false},
    {"terminals-jobs", area_terminals_jobs, false},
    {"attributes", area_attributes, false},
    {"fifos", area_fifos, false},
    {"links", area_links, false},
    {"locks", area_locks, false},
    {"space", area_space, false},
    {"filesystem", area_filesystem, false},
    {"cancel", area_cancel, false},
    {"cancel-points", area_cancel_points, false},
    {"c11", area_c11, false},
    {"timers", area_timers, false},
    {"clocks", area_clocks, false},
    {"dates", area_dates, false},
    {"schedule", area_schedule, false},
    {"affinity", area_affinity, false},
    {"wide", area_wide, false},
    {"wide-streams", area_wide_streams, false},
    {"streams", area_streams, false},
    {"memory-streams", area_memory_streams, false},
    {"numbers", area_numbers, false},
    {"accounts", area_accounts, false},
    {"database", area_database, false},
    {"names", area_names, false},
    {"math-table", area_math_table, false},
    {"formats", area_formats, false},
    {"classes", area_classes, false},
    {"others", area_others, false},
    {"corners", area_corners, false},
    // clang-format on
};

#define AREA_COUNT (sizeof(areas) / sizeof(areas[0]))

static bool wanted(const struct area *area, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], area->name) == 0) {
            return true;
        }
    }
    return argc < 2 && !area->alone;
}

static bool known(const char *name)
{
    for (size_t i = 0; i < AREA_COUNT; i++) {
        if (strcmp(areas[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    test_program = argv[0];
    if (argc > 1 && (strcmp(argv[0], "sh") == 0 || strcmp(argv[0], "tool") == 0)) {
        return shell_child(argc, argv);
    }
    if (argc == 3 && strcmp(argv[1], "--child") == 0) {
        return child_run(argv[2]);
    }
    for (int i = 1; i < argc; i++) {
        if (!known(argv[i])) {
            fprintf(stderr, "libc-tests: no area '%s'; see tests/conformance/libc/harness.h\n",
                    argv[i]);
            return 2;
        }
    }
    for (size_t i = 0; i < AREA_COUNT; i++) {
        if (wanted(&areas[i], argc, argv)) {
            areas[i].run();
        }
    }
    printf("%d passed, %d failed\n", passed_count, failed_count);
    return failed_count == 0 && passed_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
