// SPDX-License-Identifier: MIT
// Tests of `process_exit`.
#include <coconut/coconut.h>
#include <harness/test.h>

#include "child.h"

TEST(process_exit, code_has_16_bits, RULE("process_exit.1"))
{
    child_expect_code("process_exit", "0", 0);
    child_expect_code("process_exit", "65535", 65535);
    child_expect_code("process_exit", "65537", 1);
    child_expect_code("process_exit", "4294967295", 65535);
}

/* Threads that compute and threads that sleep in the kernel go with it. */
TEST(process_exit, ends_all_threads, RULE("process_exit.1"))
{
    for (int i = 0; i < 5; i++) {
        child_expect_code("process_exit_threads", "12", 12);
    }
}
