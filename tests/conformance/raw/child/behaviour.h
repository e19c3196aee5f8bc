// SPDX-License-Identifier: MIT
// A behaviour of the child program: what it does when its first argument is the name.
#pragma once

#include <coconut/types.h>

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

/// Writes an answer to the file the parent gave (role COCO_ROLE_FD + 9). 0, or 1 if that failed.
int answer(const void *data, size_t len);

/// Argument `index` behind the behaviour's name as a number; 0 if there is none.
uint64_t argument_number(size_t index);
