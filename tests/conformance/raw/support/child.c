// SPDX-License-Identifier: MIT
// Starting children and hearing from them.
#include "child.h"

#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "scratch.h"

#define CHILD_DEADLINE (250 * SECONDS) /* for hangs only */
#define STORAGE_SIZE 4096

const struct program_image *program_image(const char *path)
{
    for (size_t i = 0; i < program_image_count; i++) {
        if (strcmp(program_images[i].path, path) == 0) {
            return &program_images[i];
        }
    }
    __builtin_trap();
}

bool programs_install(void)
{
    int64_t result = coco_mkdir(SCRATCH);
    if (result != 0) {
        print("not ok - setup.folder: mkdir(" SCRATCH "): expected 0, got %ld\n", result);
        return false;
    }
    for (size_t i = 0; i < program_image_count; i++) {
        const struct program_image *image = &program_images[i];
        int64_t handle = coco_open(image->path, COCO_OPEN_WRITE, COCO_OPEN_CREATE);
        if (handle >= 0) {
            result = coco_write((coco_handle_t)handle, image->data, image->len);
            (void)coco_close((coco_handle_t)handle);
        }
        if (handle < 0 || result != (int64_t)image->len) {
            print("not ok - setup.program: %s: open gave %ld, write %ld\n", image->path, handle,
                  result);
            return false;
        }
    }
    return true;
}

void programs_remove(void)
{
    for (size_t i = 0; i < program_image_count; i++) {
        (void)coco_unlink(program_images[i].path);
    }
    (void)coco_rmdir(SCRATCH);
}

void child_prepare(const struct child *child, struct coco_spawn *spawn, char *storage)
{
    const char *program = child->program != NULL ? child->program : CHILD_PROGRAM;
    size_t used = strlen(program) + 1;
    memcpy(storage, program, used);
    uint32_t count = 1;
    for (size_t i = 0; i < CHILD_ARGUMENTS_MAX && child->arguments[i] != NULL; i++) {
        size_t len = strlen(child->arguments[i]) + 1;
        if (used + len > STORAGE_SIZE) {
            __builtin_trap();
        }
        memcpy(storage + used, child->arguments[i], len);
        used += len;
        count++;
    }
    *spawn = (struct coco_spawn){
        .size = sizeof(*spawn),
        .path = (uintptr_t)program,
        .arguments = (uintptr_t)storage,
        .arguments_len = used,
        .argument_count = count,
        .handles = (uintptr_t)child->handles,
        .handle_count = child->handle_count,
    };
}

int64_t child_spawn(const struct child *child)
{
    char storage[STORAGE_SIZE];
    struct coco_spawn spawn;
    child_prepare(child, &spawn, storage);
    return coco_process_spawn(&spawn);
}

int64_t child_spawn_confined(const struct child *child, const struct coco_policy *policy)
{
    char storage[STORAGE_SIZE];
    struct coco_spawn spawn;
    child_prepare(child, &spawn, storage);
    return coco_process_spawn_confined(&spawn, policy);
}

struct coco_policy child_policy(const struct coco_call_set *calls, uint32_t count)
{
    return (struct coco_policy){
        .size = sizeof(struct coco_policy),
        .call_count = count,
        .calls = (uintptr_t)calls,
        .memory = COCO_LIMIT_NONE,
        .tasks = COCO_LIMIT_NONE,
        .handles = COCO_HANDLE_MAX,
    };
}

bool child_wait(int64_t process, struct coco_exit_status *status)
{
    coco_handle_t handle = (coco_handle_t)process;
    int64_t result = coco_process_wait(handle, deadline_after(CHILD_DEADLINE), status);
    if (result == COCO_ETIMEDOUT) {
        (void)coco_process_kill(handle, 9);
        (void)coco_process_wait(handle, deadline_after(CHILD_DEADLINE), status);
    }
    bool closed = EXPECT_OK(coco_close(handle));
    return EXPECT_OK(result) && closed;
}

bool child_run(const struct child *child, struct coco_exit_status *status)
{
    int64_t process = child_spawn(child);
    if (EXPECT_TRUE(process >= 0) && child_wait(process, status)) {
        return true;
    }
    if (child->arguments[0] != NULL) {
        print("# child %s did not run to its end\n", child->arguments[0]);
    }
    return false;
}

int64_t child_expect_well(int64_t process)
{
    struct coco_exit_status status = {0};
    if (process < 0) {
        EXPECT_OK(process);
        return 0;
    }
    int64_t id = coco_process_handle_id((coco_handle_t)process);
    if (child_wait(process, &status)) {
        EXPECT_EQ(status.reason, COCO_EXIT_CODE);
        EXPECT_EQ(status.code, 0);
    }
    return id;
}

void child_expect_code(const char *name, const char *argument, uint32_t code)
{
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {name, argument}}, &status));
    if (!EXPECT_EQ(status.reason, COCO_EXIT_CODE) || !EXPECT_EQ(status.code, code)) {
        test_fail(__FILE_NAME__, __LINE__, "child %s", name);
    }
}

void child_expect_exception(const char *name, uint32_t vector)
{
    struct coco_exit_status status;
    REQUIRE(child_run(&(struct child){.arguments = {name}}, &status));
    if (status.reason != COCO_EXIT_EXCEPTION || status.code != vector) {
        test_fail(__FILE_NAME__, __LINE__,
                  "child %s: expected exception %u, got reason %u with code %u", name, vector,
                  status.reason, status.code);
    }
}

bool child_answer(const struct child *child, void *answer, size_t len)
{
    int64_t file = scratch_create(SCRATCH "/answer", NULL, 0);
    if (file < 0) {
        return false;
    }
    struct coco_spawn_handle handles[2] = {
        {.handle = (coco_handle_t)file, .rights = COCO_RIGHTS_SAME, .role = COCO_ROLE_FD + 9}};
    struct child with_file = *child;
    with_file.handles = handles;
    with_file.handle_count = 1;
    if (child->handle_count == 1) {
        handles[1] = child->handles[0];
        with_file.handle_count = 2;
    }
    struct coco_exit_status status;
    bool good = child_run(&with_file, &status) && EXPECT_EQ(status.reason, COCO_EXIT_CODE) &&
                EXPECT_EQ(status.code, 0) &&
                EXPECT_EQ(scratch_size((coco_handle_t)file), (int64_t)len) &&
                EXPECT_EQ(coco_seek((coco_handle_t)file, 0, COCO_FS_SEEK_ABSOLUTE), 0) &&
                EXPECT_EQ(coco_read((coco_handle_t)file, answer, len), (int64_t)len);
    EXPECT_OK(coco_close((coco_handle_t)file));
    EXPECT_OK(coco_unlink(SCRATCH "/answer"));
    return good;
}

uint64_t child_start_waiting(uint32_t flags, uint64_t group)
{
    static const char words[] = "program\0wait";
    const struct coco_spawn spawn = {
        .size = sizeof(spawn),
        .flags = COCO_SPAWN_CHILD | flags,
        .path = (uintptr_t)CHILD_PROGRAM,
        .arguments = (uintptr_t)words,
        .arguments_len = sizeof(words),
        .argument_count = 2,
        .group = group,
    };
    int64_t process = coco_process_spawn(&spawn);
    if (!EXPECT_TRUE(process >= 0)) {
        return 0;
    }
    int64_t id = coco_process_handle_id((coco_handle_t)process);
    EXPECT_OK(coco_close((coco_handle_t)process));
    return (uint64_t)id;
}
