// SPDX-License-Identifier: MIT
// Arguments of random calls: any number, or what comes close to something sensible.
#include "storm.h"

#include <harness/string.h>

#include "behaviour.h"

uint8_t storm_scribble[SCRIBBLE_SIZE] __attribute__((aligned(4096)));
uint64_t storm_arena;

static const char *const names[] = {
    "/raw/storm",
    "/raw/storm/a",
    "/raw/storm/b",
    "/raw/storm/dir",
    "/raw/storm/dir/a",
    "/raw/storm/dir/..",
    "raw/storm//a",
    "/",
    "",
    ".",
    "/raw/minimal",
    "/raw/storm/copy",
    "/raw/upstream",
    "/Log/logfile",
    "/raw/storm/dir/b/c",
    "/raw/pie",
    "/Log",
    "/raw/storm/new",
};

uint64_t storm_below(uint64_t *state, uint64_t limit)
{
    return random_next(state) % limit;
}

/* Any number, with a liking for edges. */
uint64_t storm_any(uint64_t *state)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     PAGE - 1,
                                     PAGE,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     COCO_USER_END - PAGE,
                                     COCO_USER_END - 1,
                                     COCO_USER_END,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0xffff800000000000,
                                     0xffffffff80000000,
                                     0xfffffffffffff000,
                                     UINT64_MAX - 1,
                                     UINT64_MAX};
    switch (storm_below(state, 4)) {
    case 0:
        return random_next(state);
    case 1:
        return storm_below(state, 64);
    default:
        return edges[storm_below(state, sizeof(edges) / sizeof(edges[0]))];
    }
}

static uint64_t address(uint64_t *state)
{
    uint64_t choice = storm_below(state, 32);
    if (choice < 20) {
        uint64_t at = storm_arena + storm_below(state, ARENA_SIZE);
        return choice < 10 ? at & ~(PAGE - 1) : at;
    }
    if (choice < 26) {
        return (uintptr_t)storm_scribble + storm_below(state, SCRIBBLE_SIZE);
    }
    return storm_any(state);
}

uint64_t storm_length(uint64_t *state)
{
    uint64_t choice = storm_below(state, 16);
    if (choice < 8) {
        return storm_below(state, 300);
    }
    return choice < 15 ? storm_below(state, 64 * 1024) : storm_any(state);
}

static uint64_t handle(uint64_t *state)
{
    uint64_t choice = storm_below(state, 16);
    if (choice < 12) {
        return storm_below(state, 24);
    }
    return choice < 14 ? COCO_HANDLE_NONE : storm_any(state);
}

static uint64_t spawn_arguments(uint64_t *state)
{
    struct coco_spawn *spawn = (struct coco_spawn *)(void *)storm_scribble;
    struct coco_spawn_handle *handles = (struct coco_spawn_handle *)(void *)(storm_scribble + 1024);
    handles[0] =
        (struct coco_spawn_handle){(coco_handle_t)storm_below(state, 12), COCO_RIGHTS_SAME, 0, 0};
    *spawn = (struct coco_spawn){
        .size = sizeof(*spawn),
        .path = (uintptr_t)(storm_below(state, 2) != 0 ? "/raw/minimal" : "/raw/pie"),
        .handles = (uintptr_t)handles,
        .handle_count = (uint32_t)storm_below(state, 2),
    };
    if (storm_below(state, 2) != 0) {
        ((uint64_t *)(void *)storm_scribble)[storm_below(state, sizeof(*spawn) / 8)] =
            storm_any(state);
    }
    return (uintptr_t)spawn;
}

/* Not in the scribble area, where another thread could take the deadline away. */
uint64_t storm_exchange(uint64_t *state, uint64_t deadline)
{
    struct stormer *stormer =
        (struct stormer *)(void *)((uint8_t *)state - offsetof(struct stormer, state));
    struct coco_exchange *exchange = &stormer->exchange;
    *exchange = (struct coco_exchange){
        .size = sizeof(*exchange),
        .kind = (uint32_t)storm_below(state, 2),
        .deadline = deadline,
        .payload = storm_arena,
        .reply = storm_arena + PAGE,
        .length = (uint32_t)storm_below(state, 100),
        .reply_capacity = (uint32_t)storm_below(state, 100),
        .handle_count = (uint32_t)storm_below(state, 3),
    };
    for (uint32_t i = 0; i < exchange->handle_count; i++) {
        exchange->handles[i] =
            (struct coco_transfer){.handle = (coco_handle_t)storm_below(state, 24),
                                   .rights = COCO_RIGHTS_SAME,
                                   .flags = (uint32_t)storm_below(state, 2)};
    }
    return (uintptr_t)exchange;
}

/* Whatever stands in the scribble area, as a path. It is copied, since upstream's calls make files
   with names longer than any call shows them again, which nobody could remove. */
static uint64_t random_path(uint64_t *state)
{
    struct stormer *stormer =
        (struct stormer *)(void *)((uint8_t *)state - offsetof(struct stormer, state));
    memcpy(stormer->path, storm_scribble + storm_below(state, SCRIBBLE_SIZE - PATH_TEXT),
           PATH_TEXT);
    return (uintptr_t)stormer->path;
}

static uint64_t path(uint64_t *state)
{
    switch (storm_below(state, 16)) {
    case 0:
        return random_path(state);
    case 1:
        return storm_any(state);
    default:
        return (uintptr_t)names[storm_below(state, sizeof(names) / sizeof(names[0]))];
    }
}

uint64_t storm_value(uint64_t *state, const struct coco_argument_info *argument)
{
    switch (argument->kind) {
    case COCO_ARGUMENT_HANDLE:
    case COCO_ARGUMENT_HANDLE_HELD:
    case COCO_ARGUMENT_HANDLE_OPT:
    case COCO_ARGUMENT_HANDLE_UNLESS:
    case COCO_ARGUMENT_HANDLE_NUM:
        return handle(state);
    case COCO_ARGUMENT_FLAGS:
        return storm_below(state, 8) != 0 ? random_next(state) & argument->mask : storm_any(state);
    case COCO_ARGUMENT_U32: {
        uint64_t value = storm_below(state, 4) != 0 ? storm_below(state, 16) : storm_any(state);
        return value == COCO_SIGNAL_STOP ? 0 : value; /* nobody would make this process go on */
    }
    case COCO_ARGUMENT_PATH:
        return path(state);
    case COCO_ARGUMENT_IN_STRUCT:
        return storm_below(state, 4) != 0 ? spawn_arguments(state) : address(state);
    case COCO_ARGUMENT_U64:
    case COCO_ARGUMENT_I64:
        return storm_below(state, 2) != 0 ? storm_length(state) : storm_any(state);
    default:
        return address(state);
    }
}
