// SPDX-License-Identifier: MIT
// The list of unit tests of task. One line per test and CPU count: `ok - NAME` or `not ok - NAME`.
#pragma once

#include "elf_verify.h"

#define CPUS_1 0x01u
#define CPUS_2 0x02u
#define CPUS_4 0x08u
#define CPUS_ALL (CPUS_1 | CPUS_2 | CPUS_4)

struct test {
    const char *name;
    void (*function)(void); /* runs as the first kernel thread of a fresh machine */
    unsigned cpus;          /* CPUS_*: machines it runs on */
};

/* Each ends with a row without a name. */
extern const struct test elf_tests[];
extern const struct test sched_tests[];
extern const struct test real_time_tests[];
extern const struct test affinity_tests[];
extern const struct test budget_tests[];
extern const struct test futex_tests[];
extern const struct test process_tests[];
extern const struct test signal_tests[];
extern const struct test family_tests[];
extern const struct test timer_tests[];
