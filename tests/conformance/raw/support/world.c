// SPDX-License-Identifier: MIT
// The objects for tests that go over all calls.
#include "world.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/raw.h>
#include <harness/test.h>
#include <harness/thread.h>

#include "child.h"
#include "logs.h"
#include "memory.h"
#include "pipes.h"
#include "scratch.h"
#include "sockets.h"

#define WORLD_FILE SCRATCH "/world"
#define WORLD_LINK SCRATCH "/world-link"
#define WORLD_QUEUE SCRATCH "/world-queue"
#define WORLD_SOCKET SCRATCH "/world-socket"
#define WORLD_BYTES "0123456789abcdef"
#define WORLD_MISSING SCRATCH "/missing"

static void nothing(void *unused)
{
    (void)unused;
}

static coco_handle_t made(int64_t handle)
{
    return EXPECT_TRUE(handle > 0) ? (coco_handle_t)handle : COCO_HANDLE_NONE;
}

/* A handle that the run gave may be missing; it is copied, so that all in the world can be closed.
 */
static coco_handle_t given(coco_handle_t handle)
{
    if (handle == COCO_HANDLE_NONE) {
        return handle;
    }
    return made(coco_handle_duplicate(handle, COCO_RIGHTS_SAME));
}

static coco_handle_t ended_process(void)
{
    struct coco_exit_status status;
    coco_handle_t process = made(child_spawn(&(struct child){.program = MINIMAL_PROGRAM}));
    EXPECT_OK(coco_process_wait(process, COCO_FOREVER, &status));
    return process;
}

static coco_handle_t ended_thread(void)
{
    struct thread thread;
    if (!EXPECT_OK(thread_start(&thread, nothing, NULL))) {
        return COCO_HANDLE_NONE;
    }
    coco_handle_t copy = made(coco_handle_duplicate(thread.handle, COCO_RIGHTS_SAME));
    EXPECT_OK(thread_join(&thread));
    return copy;
}

/* The end that is read of a pipe that nobody writes: a read gives 0 and does not wait. */
static coco_handle_t ended_pipe(void)
{
    struct pipe_pair pipe;
    if (pipe_make(&pipe, 0)) {
        pipe_close_end(&pipe.writer);
    }
    return pipe.reader;
}

/* A socket whose peer has gone: a receive gives 0 and does not wait. It has a name. */
static coco_handle_t ended_socket(void)
{
    struct socket_ends ends;
    if (sockets_make(&ends, COCO_SOCKET_STREAM, 0)) {
        pipe_close_end(&ends.b);
        EXPECT_OK(coco_socket_bind(ends.a, WORLD_SOCKET, WORLD_BYTES, 16, 0));
        EXPECT_OK(coco_file_unlink(WORLD_SOCKET, 0));
    }
    return ends.a;
}

/* A channel where nothing can arrive, and a connection to another one, which is closed: calls fail
   at once. */
static void make_channels(struct world *world)
{
    int64_t closed = coco_channel_create();

    world->objects[COCO_OBJECT_CHANNEL] = made(coco_channel_create());
    world->objects[COCO_OBJECT_CONNECTION] =
        made(coco_channel_connect((coco_handle_t)closed, 0, 0));
    EXPECT_OK(coco_close((coco_handle_t)closed));
}

/* A queue without a name, which does not wait, with a message. */
static coco_handle_t nameless_queue(void)
{
    const uint32_t flags = COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_WRITE |
                           COCO_MQUEUE_OPEN_CREATE | COCO_MQUEUE_OPEN_NONBLOCK;
    coco_handle_t queue = made(coco_mqueue_open(WORLD_QUEUE, flags, 0, 2, 16));
    EXPECT_OK(coco_file_unlink(WORLD_QUEUE, 0));
    EXPECT_OK(coco_mqueue_send(queue, WORLD_BYTES, 16, 0, 0));
    return queue;
}

/* A master of a pseudo terminal, which does not wait. */
static coco_handle_t master(void)
{
    const uint32_t flags = COCO_FILE_READ | COCO_FILE_WRITE | COCO_FILE_NONBLOCK;

    return made(coco_file_open_at(COCO_HANDLE_NONE, "/dev/ptmx", flags, 0));
}

bool world_make(struct world *world)
{
    bool complete = true;
    memset(world, 0xff, sizeof(*world));
    world->buffer = memory_pages(1);
    EXPECT_EQ(coco_write(COCO_HANDLE_LOG, "so that there is a log\n", 23), 23);
    world->objects[COCO_OBJECT_LOG] = given(COCO_HANDLE_LOG);
    world->objects[COCO_OBJECT_FILE] =
        made(scratch_create(WORLD_FILE, "0123456789abcdef0123456789abcdef", 32));
    EXPECT_OK(coco_file_symlink_at("nowhere", COCO_HANDLE_NONE, WORLD_LINK));
    world->objects[COCO_OBJECT_DIR] = made(coco_opendir("/"));
    world->objects[COCO_OBJECT_STREAM] = given(entry_handle(COCO_ROLE_STDOUT));
    world->objects[COCO_OBJECT_PROCESS] = ended_process();
    world->objects[COCO_OBJECT_THREAD] = ended_thread();
    world->objects[COCO_OBJECT_SYSTEM] = given(entry_handle(COCO_ROLE_SYSTEM));
    world->objects[COCO_OBJECT_PIPE] = ended_pipe();
    world->objects[COCO_OBJECT_SOCKET] = ended_socket();
    make_channels(world);
    world->objects[COCO_OBJECT_MQUEUE] = nameless_queue();
    world->objects[COCO_OBJECT_EVENT] = made(coco_event_create(1));
    world->objects[COCO_OBJECT_TTY] = master();
    world->objects[COCO_OBJECT_MEMORY] = made(coco_memory_create(PAGE));
    world->objects[COCO_OBJECT_PRESSURE] =
        made(coco_pressure_open(COCO_PRESSURE_OWN, COCO_PRESSURE_HIGH));
    if (logs_available()) {
        world->objects[COCO_OBJECT_LOG_READER] =
            made(coco_log_reader_create(entry_handle(COCO_ROLE_SYSTEM)));
    }
    world->objects[COCO_OBJECT_TIMER] =
        made(coco_timer_create(&(const struct coco_timer_options){0}));
    for (uint32_t type = 1; type < COCO_OBJECT_COUNT; type++) {
        if (world->objects[type] != COCO_HANDLE_NONE) {
            world->bare[type] = made(coco_handle_duplicate(world->objects[type], 0));
        } else if (type != COCO_OBJECT_STREAM && type != COCO_OBJECT_SYSTEM &&
                   type != COCO_OBJECT_LOG_READER) {
            complete = complete && (COCO_OBJECT_TAGS >> type & 1) == 0;
        }
    }
    return complete && world->buffer != NULL;
}

void world_remove(struct world *world)
{
    for (uint32_t type = 1; type < COCO_OBJECT_COUNT; type++) {
        EXPECT_OK(coco_close(world->objects[type]));
        EXPECT_OK(coco_close(world->bare[type]));
    }
    EXPECT_OK(memory_unmap(world->buffer, PAGE));
    EXPECT_OK(coco_unlink(WORLD_LINK));
    EXPECT_OK(coco_unlink(WORLD_FILE));
}

bool kind_is_handle(unsigned kind)
{
    return kind == COCO_ARGUMENT_HANDLE || kind == COCO_ARGUMENT_HANDLE_HELD ||
           kind == COCO_ARGUMENT_HANDLE_OPT || kind == COCO_ARGUMENT_HANDLE_UNLESS;
}

bool kind_is_narrow(unsigned kind)
{
    return kind_is_handle(kind) || kind == COCO_ARGUMENT_U32 || kind == COCO_ARGUMENT_FLAGS ||
           kind == COCO_ARGUMENT_HANDLE_NUM;
}

bool kind_is_lazy(unsigned kind)
{
    return kind == COCO_ARGUMENT_IN_BUF_LAZY || kind == COCO_ARGUMENT_OUT_BUF_LAZY;
}

static bool kind_has_length(unsigned kind)
{
    return kind_is_lazy(kind) || kind == COCO_ARGUMENT_IN_BUF || kind == COCO_ARGUMENT_OUT_BUF ||
           kind == COCO_ARGUMENT_IN_ARRAY || kind == COCO_ARGUMENT_OUT_ARRAY;
}

bool kind_is_memory(unsigned kind)
{
    return kind_has_length(kind) || kind == COCO_ARGUMENT_PATH || kind == COCO_ARGUMENT_IN_STRUCT ||
           kind == COCO_ARGUMENT_OUT_STRUCT;
}

static coco_handle_t object_for(const struct world *world, uint32_t types)
{
    for (uint32_t type = COCO_OBJECT_COUNT - 1; type > 0; type--) {
        /* The file first where a log would do too: it can be read, and written. */
        bool lesser = type == COCO_OBJECT_STREAM || type == COCO_OBJECT_PIPE ||
                      ((type == COCO_OBJECT_SOCKET || type == COCO_OBJECT_MQUEUE ||
                        type == COCO_OBJECT_TTY) &&
                       (types & 1u << COCO_OBJECT_FILE) != 0);
        uint32_t tag = lesser ? COCO_OBJECT_FILE : type;
        if ((types & 1u << tag) != 0 && world->objects[tag] != COCO_HANDLE_NONE) {
            return world->objects[tag];
        }
    }
    return COCO_HANDLE_NONE;
}

/* Something that is there, for calls that give an answer about it. */
static const char *path_for(const struct coco_call_info *call)
{
    switch (call->number) {
    case COCO_SYS_FILE_STAT_PATH:
    case COCO_SYS_FILE_STAT_AT:
        return SCRATCH;
    case COCO_SYS_FILE_READLINK_AT:
        return WORLD_LINK;
    default:
        return WORLD_MISSING;
    }
}

void world_good_registers(const struct world *world, const struct coco_call_info *call,
                          struct call_registers *registers)
{
    memset(registers, 0, sizeof(*registers));
    for (size_t i = 0; i < call->argument_count; i++) {
        const struct coco_argument_info *argument = &call->arguments[i];
        uint64_t *value = &registers->value[argument->first_register];
        if (kind_is_handle(argument->kind)) {
            *value = argument->types == UINT32_MAX ? COCO_HANDLE_LOG
                                                   : object_for(world, argument->types);
        } else if (argument->kind == COCO_ARGUMENT_PATH) {
            *value = (uintptr_t)path_for(call);
        } else if (kind_is_memory(argument->kind)) {
            *value = (uintptr_t)world->buffer;
            if (kind_has_length(argument->kind)) {
                value[1] = argument->element_size != 0 ? 2 : 16;
            }
        }
    }
    if (call->number == COCO_SYS_FILE_OPEN) {
        registers->value[1] = COCO_FILE_READ;
    }
    if (call->number == COCO_SYS_MQUEUE_OPEN) {
        registers->value[1] = COCO_MQUEUE_OPEN_READ;
    } else if (call->number == COCO_SYS_FILE_OPEN_AT) {
        registers->value[2] = COCO_FILE_READ;
    }
}

int64_t world_call(const struct coco_call_info *call, const struct call_registers *registers)
{
    const uint64_t *value = registers->value;
    return raw_call(call->number, value[0], value[1], value[2], value[3], value[4]);
}

const struct coco_call_info *world_call_named(const char *name)
{
    for (size_t i = 0; i < COCO_CALL_COUNT; i++) {
        if (strcmp(coco_calls[i].name, name) == 0) {
            return &coco_calls[i];
        }
    }
    __builtin_trap();
}

/* READ is checked before WRITE, both before the others: the error of the lowest missing right. */
int64_t world_missing_right(uint32_t right)
{
    if (right == COCO_RIGHT_READ) {
        return COCO_EWRONLY;
    }
    return right == COCO_RIGHT_WRITE ? COCO_ERDONLY : COCO_EPERM;
}

void world_expect(const struct coco_call_info *call, const char *fault, int64_t actual,
                  int64_t expected)
{
    if (actual == expected) {
        return;
    }
    const char *wanted = test_error_name(expected);
    const char *got = test_error_name(actual);
    test_fail(__FILE_NAME__, __LINE__, "%s with %s: expected %s, got %s (%ld)", call->name, fault,
              wanted != NULL ? wanted : "a value", got != NULL ? got : "a value", actual);
}
