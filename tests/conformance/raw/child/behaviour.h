// SPDX-License-Identifier: MIT
// A behaviour of the child program: what it does when its first argument is the name.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stddef.h>

struct behaviour {
    const char *name;
    int (*run)(void); /* result: exit code */
};

#define BEHAVIOUR(identifier)                                                                      \
    static int behave_##identifier(void);                                                          \
    static const struct behaviour behaviour_##identifier = {#identifier, behave_##identifier};     \
    __attribute__((used, retain, section("coco_behaviours"))) static const struct behaviour        \
        *const behaviour_pointer_##identifier = &behaviour_##identifier;                           \
    static int behave_##identifier(void)

/// Ends the function that it stands in with `number`, an exit code, unless the condition holds.
#define NEED(number, condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return (number);                                                                       \
        }                                                                                          \
    } while (false)

/// What starts this program again, as an initialiser. `words`: an array of its name and a
/// behaviour's.
#define AGAIN(words)                                                                               \
    {.size = sizeof(struct coco_spawn),                                                            \
     .path = (uintptr_t)"/raw/child",                                                              \
     .arguments = (uintptr_t)(words),                                                              \
     .arguments_len = sizeof(words),                                                               \
     .argument_count = 2}

/// Writes an answer to the file the parent gave (role COCO_ROLE_FD + 9). 0, or 1 if that failed.
int answer(const void *data, size_t len);

/// Argument `index` behind the behaviour's name as a number; 0 if there is none.
uint64_t argument_number(size_t index);
