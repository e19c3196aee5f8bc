// SPDX-License-Identifier: MIT
// Harness of the POSIX-behaviour tests. One program holds all areas; it prints one line for each
// case and a closing line with the counts. Cases that need a process of their own run the same
// program as a child with a mode instead of areas.
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/// Report a case. Thread-safe. @return whether it passed
/// @param name  "<area>.<case>"
/// @param why   what should have held, for the line of a failed case
bool test_report(bool passed, const char *name, const char *why, int line);

/// One case: a name "<area>.<case>" and what must hold.
#define CHECK(name, condition) test_report((condition), (name), #condition, __LINE__)

/// Run this program as a child in a mode and wait for it.
/// @param mode      one of the modes in children.c
/// @param output    the child's standard output and error, NUL-terminated, at most size - 1 bytes;
/// may be
///                  NULL: not captured
/// @return the status of waitpid(), or -1 with errno
int test_child(const char *mode, char *output, size_t size);

/// Let `ns` nanoseconds, fewer than a second, pass.
void rest(long ns);

/// Send `thread` a signal, which it catches, until it has ended, a minute at most, and join it: the
/// first may come before it waits. @return whether it ended
bool interrupt_thread(pthread_t thread, int signal, void **result);

/// The time of a clock in `ms` milliseconds. Thread-safe.
struct timespec in_ms(clockid_t clock, long ms);

/// Path of this program, for children.
extern const char *test_program;

/// Run the mode of a child. @return the exit status
int child_run(const char *mode);

/// The modes of exec.c. @return the exit status, or -1 for another mode
int exec_child(const char *mode);

/* Modes of a child in files of their own. */
int run_fmtmsg(void);
int run_psignal(void);
int run_streams_standard(void);
int run_wide_standard(void);
int run_syslog(void);
int run_malloc_twice(void);
int run_malloc_twice_large(void);
int run_malloc_inside(void);
int run_atexit_threads(void);
int run_malloc_after_free(void);
int run_malloc_header(void);
/// The same of exit.c and jobs.c; and this program as the shell that system() runs.
int exit_child(const char *mode);
int jobs_child(const char *mode);
int shell_child(int argc, char **argv);

/* One function for each area, in files of the same names. */
void area_printf(void);
void area_scanf(void);
void area_stdio(void);
void area_stdlib(void);
void area_environment(void);
void area_patterns(void);
void area_malloc(void);
void area_string(void);
void area_math(void);
void area_floats(void);
void area_complexl(void);
void area_locale(void);
void area_locales(void);
void area_text(void);
void area_characters(void);
void area_time(void);
void area_files(void);
void area_dirs(void);
void area_fds(void);
void area_memory(void);
void area_mapped(void);
void area_fork(void);
void area_shared(void);
void area_limits(void);
void area_start(void);
void area_exec(void);
void area_jobs(void);      /* part of exec */
void jobs_cancelled(void); /* part of jobs: the shell is there */
void area_exit(void);
void area_signals(void);
void area_interrupted(void);
void area_left(void);
void area_spawn(void);
void area_threads(void);
void area_thread_ids(void);
void area_sync(void);
void area_robust(void);
void area_rwlocks(void);
void area_no_calls(void);
void area_thread_safety(void);
void area_thread_fork(void);
void area_stress(void);
void area_misc(void);
void area_system(void);
void area_pipes(void);
void area_sockets(void);
void area_socket_names(void);
void area_mqueues(void);
void area_inet(void);
void area_netdb(void);
void area_aio(void);
void area_sysv(void);
void area_devices(void);
void area_terminals(void);
void area_terminals_jobs(void);
void area_attributes(void);
void area_fifos(void);
void area_links(void);
void area_locks(void);
void area_space(void);
void area_filesystem(void);
void area_cancel(void);
void area_cancel_points(void);
void area_c11(void);
void area_timers(void);
void area_clocks(void);
void area_dates(void);
void area_schedule(void);
void area_affinity(void);
void area_wide(void);
void area_wide_streams(void);
void area_streams(void);
void area_memory_streams(void);
void area_numbers(void);
void area_accounts(void);
void area_database(void);
void area_names(void);
void area_math_table(void);
void area_formats(void);
void area_classes(void);
void area_others(void);
void area_corners(void);
