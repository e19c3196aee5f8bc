// SPDX-License-Identifier: MIT
// The line protocol for programs with a C library, in C and C++.
#pragma once

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

extern unsigned checks_passed; /* defined in round_trip_server.c */
extern unsigned checks_failed;
extern unsigned check_faults; /* in the test that is under way */

#ifdef __cplusplus
}
#endif

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            check_faults++;                                                                        \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                               \
        }                                                                                          \
    } while (0)

/// Runs a test and prints its line.
static inline void check_run(const char *name, void (*test)(void))
{
    check_faults = 0;
    test();
    checks_passed += check_faults == 0;
    checks_failed += check_faults != 0;
    if (check_faults == 0) {
        printf("ok - %s\n", name);
    } else {
        printf("not ok - %s: %u checks failed\n", name, check_faults);
    }
    (void)fflush(stdout);
}

/// Prints the closing line; the exit status of main().
static inline int check_end(void)
{
    printf("%u passed, %u failed\n", checks_passed, checks_failed);
    return checks_failed != 0 || checks_passed == 0;
}
