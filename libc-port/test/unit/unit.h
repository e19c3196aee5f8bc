// SPDX-License-Identifier: MIT
// Harness of the host tests: one line for each case, a closing line with the counts.
#pragma once

#include <stdbool.h>
#include <stdio.h>

static int unit_passed;
static int unit_failed;

/// Report a case. @return whether it passed
static inline bool unit_report(bool passed, const char *name, const char *why, int line)
{
    if (passed) {
        unit_passed++;
        printf("ok - %s\n", name);
    } else {
        unit_failed++;
        printf("not ok - %s: %s (line %d)\n", name, why, line);
    }
    return passed;
}

/// One case: a name "<area>.<case>" and what must hold.
#define CHECK(name, condition) unit_report((condition), (name), #condition, __LINE__)

/// Close the report. @return the exit status for main
static inline int unit_finish(void)
{
    printf("%d passed, %d failed\n", unit_passed, unit_failed);
    return unit_failed == 0 && unit_passed > 0 ? 0 : 1;
}
