// SPDX-License-Identifier: MIT
// A service that tries what its manifest forbids, named by its second argument. The exit code is
// the number of the check that failed, 0 if the manifest was kept.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/coconut.h>

#define NEED(number, condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return (number);                                                                       \
        }                                                                                          \
    } while (0)

#define MS 1000000ull

static char **words;

static int64_t opened(const char *path, uint32_t flags)
{
    int64_t handle = coco_file_open(path, flags, 0644);

    if (handle >= 0) {
        coco_close((coco_handle_t)handle);
        return 0;
    }
    return handle;
}

static int try_nothing(void)
{
    return 0;
}

static int try_executable(void)
{
    const struct coco_spawn other = {.size = sizeof(other), .path = (uintptr_t)"/bin/other"};

    NEED(1, coco_process_spawn(&other) == COCO_ENOTFOUND);
    NEED(2, opened("/bin/other", COCO_FILE_READ) == COCO_ENOTFOUND);
    return 0;
}

static int try_arguments(void)
{
    NEED(1, strcmp(words[0], "first") == 0 && strcmp(words[2], "two words") == 0);
    NEED(2, words[3] == NULL);
    return 0;
}

static int try_environment(void)
{
    int count = 0;

    for (char **at = environ; *at != NULL; at++) {
        count += strncmp(*at, "COCONUT_", 8) != 0;
    }
    NEED(1, count == 1 && getenv("A") != NULL && strcmp(getenv("A"), "1") == 0);
    return 0;
}

static int try_memory(void)
{
    struct coco_limit more = {1ull << 30, 1ull << 30};
    void *at = mmap(NULL, 17 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    NEED(1, at == MAP_FAILED && errno == ENOMEM);
    NEED(2, coco_process_limit(COCO_LIMIT_MEMORY, &more, NULL) == COCO_EPERM);
    at = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    NEED(3, at != MAP_FAILED);
    return 0;
}

static void *thread(void *unused)
{
    return unused;
}

static int try_threads(void)
{
    pthread_t id;

    NEED(1, pthread_create(&id, NULL, thread, NULL) == EAGAIN);
    return 0;
}

static int try_handles(void)
{
    int64_t got;

    while ((got = coco_handle_duplicate(COCO_HANDLE_LOG, COCO_RIGHTS_SAME)) >= 0) {
        NEED(1, got < 8);
    }
    NEED(2, got == COCO_EMFILE);
    return 0;
}

/* A fifth of a processor: three tries, as the machine itself may not get its processors. */
static int try_cpu(void)
{
    for (int i = 0; i < 3; i++) {
        uint64_t begin = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
        uint64_t used = (uint64_t)coco_clock_get(COCO_CLOCK_PROCESS);
        uint64_t now = begin;

        while (now - begin < 600 * MS) {
            now = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
        }
        used = (uint64_t)coco_clock_get(COCO_CLOCK_PROCESS) - used;
        if (used * 1000 / (now - begin) < 300) {
            return 0;
        }
    }
    return 1;
}

static int try_classes(void)
{
    NEED(1, coco_socket_create(COCO_SOCKET_STREAM, 0) == COCO_EDENIED);
    NEED(2, coco_channel_create() == COCO_EDENIED);
    NEED(3, coco_thread_id() > 0);
    return 0;
}

static int try_names(void)
{
    NEED(1, coco_clock_get(COCO_CLOCK_MONOTONIC) > 0);
    NEED(2, coco_clock_set(0) == COCO_EDENIED);
    NEED(3, coco_sleep_until(0) == COCO_EDENIED);
    return 0;
}

static int try_except(void)
{
    NEED(1, coco_process_id() > 0);
    NEED(2, coco_process_kill(0, 9) == COCO_EDENIED);
    return 0;
}

static int try_root(void)
{
    NEED(1, opened("/x", COCO_FILE_READ) == 0);
    NEED(2, opened("/x", COCO_FILE_WRITE) == 0);
    NEED(3, opened("/bin/probe", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(4, opened("/../bin/probe", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(5, opened("/dev/null", COCO_FILE_READ) == COCO_ENOTFOUND);
    return 0;
}

static int try_no_files(void)
{
    struct stat status;

    NEED(1, opened("/data/ro/x", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(2, opened("/new", COCO_FILE_WRITE | COCO_FILE_CREATE) == COCO_EROFS);
    NEED(3, opened("/dev/null", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(4, stat("/", &status) == 0);
    return 0;
}

static int try_path(void)
{
    NEED(1, opened("/data/ro/x", COCO_FILE_READ) == 0);
    NEED(2, opened("/data/hidden/x", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(3, opened("/data/ro/../hidden/x", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(4, opened("/bin/other", COCO_FILE_READ) == COCO_ENOTFOUND);
    return 0;
}

static int try_access(void)
{
    NEED(1, opened("/data/ro/x", COCO_FILE_WRITE) == COCO_EROFS);
    NEED(2, coco_file_unlink("/data/ro/x", 0) == COCO_EROFS);
    NEED(3, coco_file_rename("/data/ro/x", "/data/rw/x") == COCO_EROFS);
    NEED(4, opened("/data/rw/new", COCO_FILE_WRITE | COCO_FILE_CREATE) == 0);
    NEED(5, coco_file_unlink("/data/rw/new", 0) == 0);
    return 0;
}

static int try_devices(void)
{
    NEED(1, opened("/dev/zero", COCO_FILE_READ) == 0);
    NEED(2, opened("/dev/null", COCO_FILE_READ) == COCO_ENOTFOUND);
    NEED(3, opened("/dev/console", COCO_FILE_WRITE) == COCO_ENOTFOUND);
    return 0;
}

/* No handle but the log and `count` channels, which begin at 1. */
static int try_other_handles(uint32_t count)
{
    for (uint32_t handle = count + 1; handle < 64; handle++) {
        NEED(10, coco_handle_info(handle) == COCO_ENOTFOUND);
    }
    return 0;
}

/* What it offers it can serve, and neither call nor give others a way to. */
static int try_offers(void)
{
    char byte;

    NEED(1, strcmp(getenv("COCONUT_OFFERS"), "probe:1") == 0);
    NEED(2, coco_channel_connect(1, 7, 0) == COCO_EPERM);
    NEED(3, coco_channel_call(1, &byte, 1, &byte, 1) == COCO_ENOTSUPP);
    NEED(4, coco_handle_duplicate(1, COCO_RIGHTS_SAME) == COCO_EPERM);
    return try_other_handles(1);
}

/* What it uses it can call, and neither serve nor hand on. */
static int try_uses(void)
{
    char byte;

    NEED(1, strcmp(getenv("COCONUT_CHANNELS"), "probe:1") == 0);
    NEED(2, coco_channel_receive(1, &byte, 1, COCO_FOREVER) == COCO_ENOTSUPP);
    NEED(3, coco_channel_connect(1, 7, 0) == COCO_ENOTSUPP);
    NEED(4, coco_handle_duplicate(1, COCO_RIGHTS_SAME) == COCO_EPERM);
    return try_other_handles(1);
}

/* Says when it runs, and fails at once, or after as many ms as its next argument says. */
static int try_failing(void)
{
    char line[64];
    uint64_t now = (uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC);
    int len =
        snprintf(line, sizeof(line), "%s at %llu ms\n", words[0], (unsigned long long)(now / MS));

    (void)coco_write(COCO_HANDLE_LOG, line, (size_t)len);
    if (words[2] != NULL) {
        (void)coco_sleep_until(now + strtoull(words[2], NULL, 10) * MS);
    }
    return 1;
}

static int try_waiting(void)
{
    (void)coco_sleep_until(COCO_FOREVER);
    return 1;
}

static const struct {
    const char *name;
    int (*run)(void);
} tries[] = {
    {"nothing", try_nothing},         {"executable", try_executable},
    {"arguments", try_arguments},     {"memory", try_memory},
    {"environment", try_environment}, {"threads", try_threads},
    {"handles", try_handles},         {"cpu", try_cpu},
    {"classes", try_classes},         {"names", try_names},
    {"except", try_except},           {"root", try_root},
    {"no-files", try_no_files},       {"path", try_path},
    {"access", try_access},           {"devices", try_devices},
    {"offers", try_offers},           {"uses", try_uses},
    {"failing", try_failing},         {"waiting", try_waiting},
};

int main(int argc, char **argv)
{
    words = argv;
    for (size_t i = 0; argc > 1 && i < sizeof(tries) / sizeof(tries[0]); i++) {
        if (strcmp(argv[1], tries[i].name) == 0) {
            return tries[i].run();
        }
    }
    return 99;
}
