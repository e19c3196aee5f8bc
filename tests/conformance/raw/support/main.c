// SPDX-License-Identifier: MIT
// Main function of every program of raw tests.
#include <harness/entry.h>
#include <harness/test.h>

#include "child.h"

int program_main(void)
{
    if (!programs_install()) {
        return 1;
    }
    int code = test_main();
    programs_remove();
    return code;
}
