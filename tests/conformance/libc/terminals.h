// SPDX-License-Identifier: MIT
// Pseudo terminals for the tests of terminals.
#pragma once

#include <stdbool.h>

struct terminals_pair {
    int master;
    int terminal;
    char path[32];
};

/// Open both ends, without taking the terminal for the session.
bool terminals_open(struct terminals_pair *pair);
void terminals_close(struct terminals_pair *pair);

/// Type a text at the terminal. @return whether all of it was taken
bool terminals_type(const struct terminals_pair *pair, const char *text);

/// Whether one read gives exactly this text.
bool terminals_gives(int fd, const char *text);
