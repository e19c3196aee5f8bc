// SPDX-License-Identifier: MIT
// Child processes of the raw tests. The programs are part of the test binary and are written into
// the scratch folder before the first test.
#pragma once

#include <coconut/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHILD_PROGRAM "/raw/child"       /* fixed address, ABI note: see child/child.c */
#define CHILD_PIE_PROGRAM "/raw/pie"     /* the same as static PIE */
#define UPSTREAM_PROGRAM "/raw/upstream" /* built as upstream's are: see upstream/tester.c */
#define MINIMAL_PROGRAM "/raw/minimal"   /* exits with 0, nothing else */
#define MANY_PROGRAM "/raw/many"         /* see child/many.c */

/// Most arguments that a child gets behind its name.
#define CHILD_ARGUMENTS_MAX 8

struct child {
    const char *program;                        /* NULL: CHILD_PROGRAM */
    const char *arguments[CHILD_ARGUMENTS_MAX]; /* up to the first NULL; [0] names the behaviour */
    const struct coco_spawn_handle *handles;
    uint32_t handle_count;
};

/// A program image that is part of the test binary.
struct program_image {
    const char *path;
    const uint8_t *data;
    size_t len;
};

extern const struct program_image program_images[];
extern const size_t program_image_count;

/// The image with that path; never NULL.
const struct program_image *program_image(const char *path);

/// Makes the scratch folder and writes the programs. False (with a line of output) if that fails.
bool programs_install(void);

/// Removes them again.
void programs_remove(void);

/// Fills `spawn` for the child; `storage` (4096 bytes) holds its strings.
void child_prepare(const struct child *child, struct coco_spawn *spawn, char *storage);

/// Starts it: a process handle, or an error that is not recorded.
int64_t child_spawn(const struct child *child);

/// The same under a policy.
int64_t child_spawn_confined(const struct child *child, const struct coco_policy *policy);

/// A policy that allows the calls of `count` sets and limits nothing else. `calls` has to
/// stay.
struct coco_policy child_policy(const struct coco_call_set *calls, uint32_t count);

/// Waits for the end, for hangs some minutes at most, and closes the handle; false after recording
/// a failure.
bool child_wait(int64_t process, struct coco_exit_status *status);

/// Both, for a child that is expected to start.
bool child_run(const struct child *child, struct coco_exit_status *status);

/// Waits for the end of a child, which has to have started and to exit with 0. Returns its task id;
/// 0 after recording that there is no process.
int64_t child_expect_well(int64_t process);

/// Runs behaviour `name` and expects that the process ends by itself with `code`.
void child_expect_code(const char *name, const char *argument, uint32_t code);

/// Runs behaviour `name` and expects death by exception `vector`.
void child_expect_exception(const char *name, uint32_t vector);

/// Runs a child that gets a file as handle 1 and writes into it: exactly `len` bytes are read back.
/// False after recording a failure.
bool child_answer(const struct child *child, void *answer, size_t len);

/// Starts a child of the calling process that waits until it is killed, with `flags` (COCO_SPAWN_*)
/// and `group` of its coco_spawn; returns its id, 0 after recording a failure.
uint64_t child_start_waiting(uint32_t flags, uint64_t group);
