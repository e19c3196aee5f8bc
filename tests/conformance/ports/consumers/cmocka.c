// SPDX-License-Identifier: MIT
// find_package: cmocka CONFIG -> ${CMOCKA_LIBRARIES}
// include: ${CMOCKA_INCLUDE_DIR}
// pkg-config: cmocka
// output: done
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void adds(void **state)
{
    (void)state;
    assert_int_equal(6 * 7, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adds)};

    if (cmocka_run_group_tests(tests, NULL, NULL) != 0) {
        return 1;
    }
    puts("done");
    return 0;
}
