// SPDX-License-Identifier: MIT
// A million random system calls, in threads of children that are started again and again. The
// kernel must not panic, and afterwards all its counters and its free memory must be what they
// were.
//
//   random-calls [CALLS [SEED [THREADS]]]    default: 1000000 calls, a random seed, 3 threads
//
// The children do the calls (child/storm.c). A run is repeated with the seed it printed.
#include <coconut/coconut.h>
#include <harness/counters.h>
#include <harness/entry.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "scratch.h"

#define CALLS_DEFAULT 1000000u
#define CALLS_OF_A_CHILD 20000u
#define CHILD_SECONDS 120u
#define THREADS_DEFAULT 3u
#define OLD_PATHS_MAX 64u
#define DEPTH_MAX 32u
/* The kernel's caches are given back before the count. What stays are slabs with something old in
   them, and tables of the kernel's own addresses: a few pages. */
#define MEMORY_SLACK (64 * 1024)

static struct coco_dirent entry;
static char old_paths[OLD_PATHS_MAX][COCO_PATH_MAX];
static size_t old_path_count;
static uint64_t ends[4]; /* by enum coco_exit_reason */
static unsigned children;
static char stuck[128]; /* what could not be removed last, and why */

static uint64_t argument(size_t index, uint64_t otherwise)
{
    const char *text = entry_argument(index);
    uint64_t value;
    return text != NULL && string_to_u64(text, &value) && value != 0 ? value : otherwise;
}

static void remember(const char *path, int64_t result)
{
    if (result != 0) {
        print_to(stuck, sizeof(stuck), "%s: %ld", path, result);
    }
}

static void remove_below(char *path, size_t depth);

/* Removes a file, or a folder with all that is in it. */
static void remove_one(char *path, size_t depth)
{
    int64_t result = coco_unlink(path);
    if (result == COCO_EUNKNOWN) {
        remove_below(path, depth);
        result = coco_rmdir(path);
    }
    remember(path, result);
}

/* Removes what is below the folder `path`, whose text is extended on the way. With upstream's
   calls, to which names such as ".." are names like others. */
static void remove_below(char *path, size_t depth)
{
    size_t len = strlen(path);
    int64_t dir = coco_opendir(path);
    while (dir >= 0 && depth < DEPTH_MAX && coco_readdir((coco_handle_t)dir, &entry, 1) == 1) {
        if (len + strlen(entry.name) + 2 > COCO_PATH_MAX) {
            continue;
        }
        path[len] = '/';
        memcpy(path + len + 1, entry.name, strlen(entry.name) + 1);
        remove_one(path, depth + 1);
        path[len] = '\0';
    }
    (void)coco_close((coco_handle_t)dir);
}

/* The folders that are there before the children: what is new in them goes. */
static const char *const folders[] = {"/", "/Log"};

/* The next name in a folder as a path; false at its end. */
static bool next_path(coco_handle_t dir, const char *folder, char *path)
{
    struct coco_dirent name;
    if (coco_readdir(dir, &name, 1) != 1) {
        return false;
    }
    print_to(path, COCO_PATH_MAX, "%s%s%s", folder, folder[1] == '\0' ? "" : "/", name.name);
    return true;
}

static bool is_old_path(const char *path)
{
    for (size_t i = 0; i < old_path_count; i++) {
        if (strcmp(old_paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static void remember_folders(void)
{
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        int64_t dir = coco_opendir(folders[i]);
        while (old_path_count < OLD_PATHS_MAX &&
               next_path((coco_handle_t)dir, folders[i], old_paths[old_path_count])) {
            old_path_count++;
        }
        (void)coco_close((coco_handle_t)dir);
    }
}

/* Removes what was not there before; true if nothing was. */
static bool remove_new_names(void)
{
    bool clean = true;
    static char path[COCO_PATH_MAX];
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        int64_t dir = coco_opendir(folders[i]);
        while (next_path((coco_handle_t)dir, folders[i], path)) {
            if (!is_old_path(path)) {
                clean = false;
                remove_one(path, 0);
            }
        }
        (void)coco_close((coco_handle_t)dir);
    }
    return clean;
}

/* The file system as it was before. Programs that the child started may still be making files. */
static bool clean_up(void)
{
    uint64_t deadline = deadline_after(CHILD_SECONDS * SECONDS);
    while (!remove_new_names()) {
        if (deadline_after(0) > deadline) {
            print("not ok - random_calls.files: cannot be removed: %s\n", stuck);
            return false;
        }
        (void)coco_sleep_until(deadline_after(MILLISECONDS));
    }
    return true;
}

static bool run_child(uint64_t seed, uint64_t calls, uint64_t threads)
{
    char texts[3][24];
    struct coco_exit_status status;
    if (!clean_up() || !programs_install()) {
        return false;
    }
    print_to(texts[0], sizeof(texts[0]), "%lu", seed);
    print_to(texts[1], sizeof(texts[1]), "%lu", calls);
    print_to(texts[2], sizeof(texts[2]), "%lu", threads);
    int64_t process =
        child_spawn(&(struct child){.arguments = {"storm", texts[0], texts[1], texts[2]}});
    if (process < 0) {
        print("not ok - random_calls.spawn: expected a handle, got %ld\n", process);
        return false;
    }
    int64_t result =
        coco_process_wait((coco_handle_t)process, deadline_after(CHILD_SECONDS * SECONDS), &status);
    if (result != 0) {
        print("not ok - random_calls.end: seed %lu: the child does not end: %ld\n", seed, result);
        return false;
    }
    (void)coco_close((coco_handle_t)process);
    children++;
    ends[status.reason % 4]++;
    return clean_up();
}

/* Children until `calls` have been made; a child that dies early leaves the rest to the next. */
static bool run_children(uint64_t calls, uint64_t *state, uint64_t threads)
{
    int64_t start = counter(COCO_COUNTER_SYSCALLS);
    uint64_t done = 0;
    uint64_t shown = 0;
    while (done < calls) {
        uint64_t part = calls - done < CALLS_OF_A_CHILD ? calls - done : CALLS_OF_A_CHILD;
        if (!run_child(random_next(state) >> 1 | 1, part, threads)) {
            return false;
        }
        /* Without the counter a child counts for what it was to do. */
        done = start >= 0 ? (uint64_t)(counter(COCO_COUNTER_SYSCALLS) - start) : done + part;
        if (done / (calls / 10 + 1) != shown) {
            shown = done / (calls / 10 + 1);
            print("# %lu calls in %u children\n", done, children);
        }
    }
    return true;
}

static unsigned compare(const struct counters *before, int64_t memory)
{
    char difference[80];
    unsigned failed = 0;
    if (counters_settle(before, difference, sizeof(difference))) {
        print("ok - random_calls.counters\n");
    } else {
        print("not ok - random_calls.counters: %s\n", difference);
        failed++;
    }
    int64_t lost = memory - counters_free_memory();
    print("# %ld bytes less are free\n", lost);
    if (lost <= MEMORY_SLACK) {
        print("ok - random_calls.memory\n");
    } else {
        print("not ok - random_calls.memory: %ld bytes are gone\n", lost);
        failed++;
    }
    return failed;
}

int program_main(void)
{
    uint64_t calls = argument(1, CALLS_DEFAULT);
    uint64_t seed = 0;
    (void)coco_random(&seed, sizeof(seed));
    seed = argument(2, seed >> 1 | 1);
    uint64_t threads = argument(3, THREADS_DEFAULT);
    uint64_t state = seed;
    struct counters before;
    print("# random-calls %lu %lu %lu\n", calls, seed, threads);
    remember_folders();
    /* The first children fill the kernel's caches. */
    if (!run_children(calls / 20 + 1, &state, threads)) {
        return 1;
    }
    bool counting = counters_read_still(&before);
    int64_t memory = counting ? counters_free_memory() : 0;
    if (!run_children(calls, &state, threads)) {
        print("0 passed, 1 failed\n");
        return 1;
    }
    print(
        "# children: %lu ended by themselves, %lu by exceptions, %lu killed, %lu without memory\n",
        ends[COCO_EXIT_CODE], ends[COCO_EXIT_EXCEPTION], ends[COCO_EXIT_KILLED],
        ends[COCO_EXIT_NO_MEMORY]);
    print("ok - random_calls.survived\n");
    unsigned failed = counting ? compare(&before, memory) : 0;
    if (!counting) {
        print("skip - random_calls.counters # no SYSTEM handle to read them with\n");
    }
    print("%u passed, %u failed\n", counting ? 3 - failed : 1, failed);
    return failed == 0 ? 0 : 1;
}
