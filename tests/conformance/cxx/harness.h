// SPDX-License-Identifier: MIT
// Harness of the C++ tests. One program holds all areas; it prints one line for each case and a
// closing line with the counts. What has to end a process runs in a child: the same program,
// started with the name of a mode.
#pragma once

#include <string>

/// Report a case. Thread-safe. Returns whether it passed.
/// @param name  the case, without "cxx."
/// @param why   what should have held, for the line of a failed case
bool test_report(bool passed, const char *name, const char *why, int line);

/// One case: its name and what must hold. An exception that gets out of the condition fails it.
#define CHECK(name, ...)                                                                           \
    do {                                                                                           \
        bool check_passed = false;                                                                 \
        try {                                                                                      \
            check_passed = static_cast<bool>(__VA_ARGS__);                                         \
        } catch (...) {                                                                            \
        }                                                                                          \
        test_report(check_passed, name, #__VA_ARGS__, __LINE__);                                   \
    } while (false)

/// How a child ended, and what it wrote to standard output and standard error.
struct Ending {
    int status; // of waitpid(); -1 if it could not be started
    std::string output;

    bool aborted() const; // by SIGABRT, as std::terminate() does it
    bool trapped() const; // by an illegal instruction, as library hardening does it
    bool exited(int code) const;
    bool says(const char *text) const;
};

/// Run this program as a child in a mode, and wait for it.
Ending run_child(const char *mode);

/// An area registers itself and its children's modes by a static object of these types.
struct Area {
    Area(const char *name, void (*run)());
    const char *name;
    void (*run)();
    Area *next;
};

struct Mode {
    Mode(const char *name, int (*run)());
    const char *name;
    int (*run)(); // result: exit status
    Mode *next;
};
