// SPDX-License-Identifier: MIT
// Calls with their first, second, third ... allocation failing, until none fails.
#pragma once

#include <harness/test.h>

#include <stdbool.h>
#include <stdint.h>

struct shortage {
    const char *call;             /* its name */
    void (*before)(void);         /* before each try, with memory; or NULL */
    int64_t (*run)(void);         /* the call, which lacks memory */
    void (*undo)(int64_t result); /* what a call that succeeded has made; or NULL */
    void (*after)(void);          /* after each try; or NULL */
    int64_t error;                /* of a call that lacks memory; 0: NOMEM */
    int64_t otherwise;            /* result of a call that had memory, if it is an error */
    bool everybody;               /* the allocations of other threads count, too */
    bool may_succeed;             /* the call may do with less */
    const char *rule;             /* that is proved nowhere else, or NULL */
    bool in_copy;                 /* in a copy of the process, which has it all to itself */
};

/// Proves that a call that lacks memory says so and leaves nothing behind, and that it succeeds
/// when it has memory. Members of struct shortage follow the function that makes the call.
#define SHORTAGE(name, function, ...)                                                              \
    static const struct shortage shortage_##name = {.call = #name, .run = function, __VA_ARGS__};  \
    __attribute__((                                                                                \
        used, retain,                                                                              \
        section("coco_shortage"))) static const struct shortage *const shortage_pointer_##name =   \
        &shortage_##name;                                                                          \
    TEST(shortage, name)                                                                           \
    {                                                                                              \
        shortage_prove(&shortage_##name);                                                          \
    }

void shortage_prove(const struct shortage *shortage);

/// `mem_shortage` with the SYSTEM handle of the run.
int64_t shortage_set(uint32_t after, uint32_t flags);

/// Closes a handle that a call has given.
void shortage_close(int64_t handle);

/// Closes both handles that a call has given.
void shortage_close_two(int64_t handles);
