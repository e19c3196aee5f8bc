// SPDX-License-Identifier: MIT
// The file /coconut/run: what the host asks init to start. Written by `coconut run`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_PATH "/coconut/run"
#define RUN_VERSION 2u

/// Start of the file. Behind it: program, working directory, arguments, environment, directories to
/// create (parents first), directories to send back in the end, each a string with its NUL;
/// together body_len bytes.
struct run_header {
    char magic[4]; /* "CRUN" */
    uint32_t version;
    uint32_t argument_count;
    uint32_t environment_count;
    uint32_t directory_count;
    uint32_t returned_count;
    uint32_t body_len;
};

/// `count` strings, one behind the other, `len` bytes with their NULs.
struct run_strings {
    const char *text;
    size_t len;
    uint32_t count;
};

/// The parsed file; all pointers lead into it.
struct run_description {
    struct run_strings program;           /* one string */
    struct run_strings working_directory; /* one string */
    struct run_strings arguments;
    struct run_strings environment;
    struct run_strings directories;
    struct run_strings returned; /* directories whose files are sent back */
};

/// Parse the `len` bytes at `data`. Returns false, with *out undefined, if they are not exactly one
/// description.
bool run_description_parse(const char *data, size_t len, struct run_description *out);

/// Take the first string off `strings`, which must not be empty.
const char *run_strings_next(struct run_strings *strings);
