// SPDX-License-Identifier: MIT
#include <mm/fault_inject.h>

#ifdef COCONUT_DEBUG

static bool armed;
static bool delivered;
static uint64_t successes_left;

void fault_inject_arm(uint64_t successes)
{
    successes_left = successes;
    delivered = false;
    armed = true;
}

bool fault_inject_disarm(void)
{
    armed = false;
    return delivered;
}

bool fault_inject_should_fail(void)
{
    if (!armed || delivered) {
        return false;
    }
    if (successes_left > 0) {
        successes_left--;
        return false;
    }
    delivered = true;
    return true;
}

#else

// A translation unit must hold a declaration.
extern const int fault_inject_is_compiled_out;

#endif
