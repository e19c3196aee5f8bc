// SPDX-License-Identifier: MIT
// What posix_spawn() hands to the kernel and what wait() makes of its answer. Both in newlib's
// terms where the host's differ, so statuses are compared as numbers.
#include <stdlib.h>
#include <string.h>

#include "../../private/child.h"
#include "../../private/spawn.h"
#include "unit.h"

static void test_pack(void)
{
    char *const strings[] = {"program", "", "two words", NULL};
    uint32_t count = 0;
    size_t len = __coco_spawn_pack(strings, NULL, 100, &count);
    CHECK("spawn.pack-counts", len == 8 + 1 + 10 && count == 3);
    char *out = malloc(len);
    CHECK("spawn.pack-exact", __coco_spawn_pack(strings, out, len, &count) == len);
    CHECK("spawn.pack-layout", memcmp(out, "program\0\0two words", len) == 0);
    CHECK("spawn.pack-too-big", __coco_spawn_pack(strings, out, len - 1, &count) == SIZE_MAX);
    CHECK("spawn.pack-none", __coco_spawn_pack(NULL, out, len, &count) == 0 && count == 0);
    free(out);
}

static void test_fds(void)
{
    struct spawn_fds fds = {.count = 0};
    struct coco_spawn_handle out[COCO_SPAWN_HANDLES_MAX];
    bool room = true;
    CHECK("spawn.fd-set", __coco_spawn_fd_set(&fds, 1, 11) && __coco_spawn_fd_set(&fds, 7, 17));
    CHECK("spawn.fd-replace", __coco_spawn_fd_set(&fds, 1, 12) && fds.count == 2);
    CHECK("spawn.fd-find",
          __coco_spawn_fd_find(&fds, 1) == 12 && __coco_spawn_fd_find(&fds, 2) == COCO_HANDLE_NONE);
    __coco_spawn_handles(&fds, out);
    CHECK("spawn.role-standard", out[0].handle == 12 && out[0].role == COCO_ROLE_STDOUT);
    CHECK("spawn.role-fd", out[1].handle == 17 && out[1].role == COCO_ROLE_FD + 7 &&
                               out[1].rights == COCO_RIGHTS_SAME && out[1].flags == 0);
    CHECK("spawn.fd-close",
          __coco_spawn_fd_close(&fds, 1) && fds.count == 1 && !__coco_spawn_fd_close(&fds, 1));
    for (int fd = 100; fd < 100 + COCO_SPAWN_HANDLES_MAX - 1; fd++) {
        room = room && __coco_spawn_fd_set(&fds, fd, 1);
    }
    CHECK("spawn.fd-limit", room && !__coco_spawn_fd_set(&fds, 5000, 1));
}

static int status_of(uint32_t reason, uint32_t code)
{
    const struct coco_exit_status end = {.reason = reason, .code = code};
    return __coco_wait_status(&end);
}

static void test_status(void)
{
    CHECK("wait.exit-0", status_of(COCO_EXIT_CODE, 0) == 0);
    CHECK("wait.exit-255", status_of(COCO_EXIT_CODE, 255) == 255 << 8);
    CHECK("wait.exit-is-8-bits", status_of(COCO_EXIT_CODE, 0xffff) == 255 << 8);
    CHECK("wait.exit-134-is-no-signal", status_of(COCO_EXIT_CODE, 134) == 134 << 8);
    CHECK("wait.self-signal", status_of(COCO_EXIT_CODE, 6 << 8 | 134) == 6);
    CHECK("wait.page-fault", status_of(COCO_EXIT_EXCEPTION, 14) == 11);
    CHECK("wait.protection-fault", status_of(COCO_EXIT_EXCEPTION, 13) == 11);
    CHECK("wait.divide", status_of(COCO_EXIT_EXCEPTION, 0) == 8);
    CHECK("wait.invalid-opcode", status_of(COCO_EXIT_EXCEPTION, 6) == 4);
    CHECK("wait.killed", status_of(COCO_EXIT_KILLED, 15) == 15);
    CHECK("wait.killed-by-nonsense", status_of(COCO_EXIT_KILLED, 0x12345678) == 9);
    CHECK("wait.no-memory", status_of(COCO_EXIT_NO_MEMORY, 0) == 9);
}

int main(void)
{
    test_pack();
    test_fds();
    test_status();
    return unit_finish();
}
