// SPDX-License-Identifier: MIT
// Behaviours of children that have a view of the file tree. The exit code is the number of the
// check that failed, 0 if all is as it should be. What they see is made by
// ../process_spawn_confined_view.c: VIEW_BASE/ro to read, VIEW_BASE/rw to change but for
// VIEW_BASE/rw/locked, VIEW_BASE/rw/fixed and VIEW_BASE/rw/d/e/key, this program, /dev/zero; not
// VIEW_BASE/secret.
#include "behaviour.h"

#include <coconut/coconut.h>
#include <harness/entry.h>
#include <harness/string.h>

#define BASE "/raw/v"
#define NONE COCO_HANDLE_NONE
#define READ COCO_FILE_READ
#define WRITE COCO_FILE_WRITE
#define CREATE (COCO_FILE_WRITE | COCO_FILE_CREATE)

static int64_t opened(const char *path, uint32_t flags)
{
    int64_t handle = coco_file_open(path, flags, 0644);
    if (handle >= 0) {
        coco_close((coco_handle_t)handle);
        return 0;
    }
    return handle;
}

/* Whether a directory lists just these names, in the order of names. */
static bool lists(const char *path, const char *const *names, size_t count)
{
    static struct coco_dirent entries[8];
    int64_t dir = coco_file_open(path, READ, 0);
    int64_t got = dir < 0 ? dir : coco_readdir((coco_handle_t)dir, entries, 8);
    coco_close((coco_handle_t)dir);
    if (got != (int64_t)count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strlen(entries[i].name) != strlen(names[i]) ||
            memcmp(entries[i].name, names[i], strlen(names[i])) != 0) {
            return false;
        }
    }
    return true;
}

#define LISTS(path, ...)                                                                           \
    lists(path, (const char *const[]){__VA_ARGS__},                                                \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Nothing outside can be found, by no path, link or handle. */
BEHAVIOUR(view_hides)
{
    static const struct coco_attributes none = {0};
    struct coco_stat stat;
    coco_handle_t outside = entry_handle(COCO_ROLE_FD + 9); // BASE/secret, by inheritance
    NEED(1, opened(BASE "/secret/x", READ) == COCO_ENOTFOUND);
    NEED(2, opened(BASE "/secret", READ) == COCO_ENOTFOUND);
    NEED(3, coco_file_stat_path(BASE "/secret", &stat) == COCO_ENOTFOUND);
    NEED(4, opened(BASE "/ro/../secret/x", READ) == COCO_ENOTFOUND);
    NEED(5, opened(BASE "/rw/to_secret", READ) == COCO_ENOTFOUND);
    NEED(6, coco_file_symlink_at("../secret", NONE, BASE "/rw/mine") == 0);
    NEED(7, opened(BASE "/rw/mine/x", READ) == COCO_ENOTFOUND);
    NEED(8, coco_file_unlink(BASE "/rw/mine", 0) == 0);
    NEED(9, coco_file_open_at(outside, "x", READ, 0) == COCO_EPERM);
    NEED(10, coco_file_open_at(outside, ".", READ, 0) == COCO_EPERM);
    NEED(11, coco_file_path(outside, &stat, sizeof(stat)) == COCO_EPERM);
    NEED(12, coco_file_link_at(NONE, BASE "/secret/x", NONE, BASE "/rw/x", 0) == COCO_ENOTFOUND);
    NEED(13, coco_file_rename(BASE "/secret/x", BASE "/rw/x") == COCO_ENOTFOUND);
    NEED(14, coco_open(BASE "/secret/x", COCO_OPEN_READ, 0) == COCO_ENOTFOUND);
    NEED(15, coco_opendir(BASE "/secret") == COCO_ENOTFOUND);
    NEED(16, LISTS(BASE, "ro", "rw"));
    NEED(17, LISTS("/raw", "child", "v"));
    NEED(18, LISTS("/", "dev", "raw"));
    static struct coco_dirent entry;
    NEED(19, coco_readdir(outside, &entry, 1) == 0);
    NEED(20, coco_file_set_attributes(outside, &none) == COCO_EROFS);
    NEED(21, coco_file_set_attributes_at(outside, ".", &none, 0) == COCO_EPERM);
    NEED(22, opened(BASE "/ro/file", READ) == 0);
    NEED(23, coco_file_stat_path(BASE, &stat) == 0);
    return 0;
}

/* What may only be read stays as it is, whichever way is tried. */
BEHAVIOUR(view_read_only)
{
    static const struct coco_attributes none = {0};
    struct coco_stat stat;
    NEED(1, opened(BASE "/ro/file", READ) == 0);
    NEED(2, opened(BASE "/ro/sub/deep", READ) == 0);
    NEED(3, opened(BASE "/ro/file", WRITE) == COCO_EROFS);
    NEED(4, opened(BASE "/ro/sub/deep", READ | WRITE | COCO_FILE_TRUNCATE) == COCO_EROFS);
    NEED(5, opened(BASE "/ro/new", CREATE) == COCO_EROFS);
    NEED(6, coco_file_mkdir(BASE "/ro/new", 0755) == COCO_EROFS);
    NEED(7, coco_file_unlink(BASE "/ro/file", 0) == COCO_EROFS);
    NEED(8, coco_file_rename(BASE "/ro/file", BASE "/rw/x") == COCO_EROFS);
    NEED(9, coco_file_rename(BASE "/rw/file", BASE "/ro/x") == COCO_EROFS);
    NEED(10, coco_file_rename(BASE "/rw/file", BASE "/ro/file") == COCO_EROFS);
    NEED(11, coco_file_link_at(NONE, BASE "/ro/file", NONE, BASE "/rw/x", 0) == COCO_EROFS);
    NEED(12, coco_file_link_at(NONE, BASE "/rw/file", NONE, BASE "/ro/x", 0) == COCO_EROFS);
    NEED(13, coco_file_symlink_at("x", NONE, BASE "/ro/x") == COCO_EROFS);
    NEED(14, coco_file_fifo_at(NONE, BASE "/ro/x", 0644) == COCO_EROFS);
    NEED(15, coco_file_set_attributes_path(BASE "/ro/file", &none) == COCO_EROFS);
    int64_t file = coco_file_open(BASE "/ro/file", READ, 0);
    NEED(16, coco_file_set_attributes((coco_handle_t)file, &none) == COCO_EROFS);
    NEED(17, coco_write((coco_handle_t)file, "x", 1) == COCO_ERDONLY);
    int64_t dir = coco_file_open(BASE "/ro/sub", READ, 0);
    NEED(18, coco_file_set_attributes((coco_handle_t)dir, &none) == COCO_EROFS);
    NEED(19, coco_file_open_at((coco_handle_t)dir, "deep", WRITE, 0) == COCO_EROFS);
    NEED(20, opened(BASE "/rw/to_ro", WRITE) == COCO_EROFS);
    NEED(21, coco_open(BASE "/ro/file", COCO_OPEN_WRITE, 0) == COCO_EROFS);
    NEED(22, coco_open(BASE "/ro/file", COCO_OPEN_READ | COCO_OPEN_WRITE | COCO_OPEN_TRUNC, 0) ==
                 COCO_EROFS);
    NEED(23, coco_open(BASE "/ro/new", COCO_OPEN_WRITE, COCO_OPEN_CREATE) == COCO_EROFS);
    NEED(24, coco_unlink(BASE "/ro/file") == COCO_EROFS);
    NEED(25, coco_mkdir(BASE "/ro/new") == COCO_EROFS);
    int64_t socket = coco_socket_create(COCO_SOCKET_STREAM, 0);
    NEED(26, coco_socket_bind((coco_handle_t)socket, BASE "/ro/s", "s", 1, 0644) == COCO_EROFS);
    NEED(27, coco_socket_connect((coco_handle_t)socket, BASE "/ro/file") == COCO_EROFS);
    NEED(28, coco_mqueue_open(BASE "/ro/q", COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_CREATE, 0644,
                              1, 1) == COCO_EROFS);
    NEED(29, coco_file_stat_path(BASE "/ro/new", &stat) == COCO_ENOTFOUND);
    return 0;
}

/* What may be changed can be, but for what the view names in it. */
BEHAVIOUR(view_writable)
{
    static const struct coco_attributes none = {0};
    NEED(1, opened(BASE "/rw/new", CREATE) == 0);
    NEED(2, coco_file_link_at(NONE, BASE "/rw/new", NONE, BASE "/rw/link", 0) == 0);
    NEED(3, coco_file_rename(BASE "/rw/new", BASE "/rw/renamed") == 0);
    NEED(4, coco_file_set_attributes_path(BASE "/rw/renamed", &none) == 0);
    NEED(5, coco_file_unlink(BASE "/rw/renamed", 0) == 0);
    NEED(6, coco_file_unlink(BASE "/rw/link", 0) == 0);
    NEED(7, coco_file_mkdir(BASE "/rw/dir", 0755) == 0);
    NEED(8, opened(BASE "/rw/dir/file", CREATE) == 0);
    NEED(9, coco_file_unlink(BASE "/rw/dir/file", 0) == 0);
    NEED(10, coco_file_unlink(BASE "/rw/dir", COCO_UNLINK_DIRECTORY) == 0);
    NEED(11, opened(BASE "/rw/locked/new", CREATE) == COCO_EROFS);
    NEED(12, coco_file_rename(BASE "/rw/locked", BASE "/rw/free") == COCO_EROFS);
    NEED(13, coco_file_unlink(BASE "/rw/locked", COCO_UNLINK_DIRECTORY) == COCO_EROFS);
    NEED(14, opened(BASE "/rw/fixed", WRITE) == COCO_EROFS);
    NEED(15, opened(BASE "/rw/fixed", READ) == 0);
    NEED(16, coco_file_link_at(NONE, BASE "/rw/fixed", NONE, BASE "/rw/x", 0) == COCO_EROFS);
    NEED(17, coco_file_rename(BASE "/rw/file", BASE "/rw/fixed") == COCO_EROFS);
    NEED(18, coco_file_unlink(BASE "/rw/fixed", 0) == COCO_EROFS);
    NEED(19, coco_file_unlink(BASE "/rw", COCO_UNLINK_DIRECTORY) == COCO_ENOTEMPTY ||
                 coco_file_rename(BASE "/rw", BASE "/rx") == COCO_EROFS);
    NEED(20, coco_file_rename(BASE "/rw", BASE "/rx") == COCO_EROFS);
    NEED(21, coco_file_mkdir(BASE "/new", 0755) == COCO_EROFS);
    NEED(22, coco_file_mkdir(BASE "/secret", 0755) == COCO_EROFS);
    NEED(23, opened("/raw/child", WRITE) == COCO_EROFS);
    // Nor do the directories on the way to what is named go elsewhere: others could take their
    // place.
    NEED(24, coco_file_rename(BASE "/rw/d", BASE "/rw/x") == COCO_EROFS);
    NEED(25, coco_file_rename(BASE "/rw/d/e", BASE "/rw/x") == COCO_EROFS);
    NEED(26, coco_file_rename(BASE "/rw/d/e/key", BASE "/rw/x") == COCO_EROFS);
    NEED(27, opened(BASE "/rw/d/e/key", WRITE) == COCO_EROFS);
    NEED(28, coco_file_mkdir(BASE "/rw/d/e/new", 0755) == 0);
    NEED(29, coco_file_rename(BASE "/rw/d/e/new", BASE "/rw/d/new") == 0);
    NEED(30, coco_file_rename(BASE "/rw/d/new", BASE "/rw/new") == 0);
    NEED(31, coco_file_rename(BASE "/rw/new", BASE "/rw/d") == COCO_EROFS);
    NEED(32, coco_file_unlink(BASE "/rw/new", COCO_UNLINK_DIRECTORY) == 0);
    return 0;
}

/* Devices that the view names, and no other. */
BEHAVIOUR(view_devices)
{
    char byte = 1;
    NEED(1, opened("/dev/null", READ) == COCO_ENOTFOUND);
    NEED(2, opened("/dev/null", WRITE) == COCO_ENOTFOUND);
    NEED(3, opened("/dev/console", WRITE) == COCO_ENOTFOUND);
    NEED(4, opened("/dev/random", READ) == COCO_ENOTFOUND);
    int64_t zero = coco_file_open("/dev/zero", READ, 0);
    NEED(5, zero >= 0 && coco_read((coco_handle_t)zero, &byte, 1) == 1 && byte == 0);
    NEED(6, opened("/dev/zero", WRITE) == COCO_EROFS);
    // The folder belongs to a view of everything, what is in it does not.
    NEED(7, LISTS("/dev", "zero") ||
                (LISTS("/dev", "pts", "zero") && opened("/dev/ptmx", READ) == COCO_ENOTFOUND));
    NEED(8, opened("/dev/null", CREATE) == COCO_EROFS);
    return 0;
}

/* The view holds for what is started, also with a wider view, and for a directory as its root. */
BEHAVIOUR(view_heirs)
{
    static const char look[] = "child\0view_read_only";
    static const struct coco_spawn again = AGAIN(look);
    static const struct coco_call_set all[] = {
        {0, 0, UINT64_MAX},          {1, 0, UINT64_MAX},          {0x80000001, 0, UINT64_MAX},
        {0x80000003, 0, UINT64_MAX}, {0x80000004, 0, UINT64_MAX}, {0x80000005, 0, UINT64_MAX}};
    struct coco_view wide[] = {{(uintptr_t)"/", 0, 0},
                               {(uintptr_t)(BASE "/rw"), COCO_VIEW_WRITE, 0}};
    struct coco_policy policy = {.size = sizeof(policy),
                                 .calls = (uintptr_t)all,
                                 .call_count = sizeof(all) / sizeof(all[0]),
                                 .memory = COCO_LIMIT_NONE,
                                 .tasks = COCO_LIMIT_NONE,
                                 .handles = COCO_HANDLE_MAX,
                                 .flags = COCO_POLICY_VIEW,
                                 .view = (uintptr_t)wide,
                                 .view_count = 2};
    struct coco_exit_status status;
    const int64_t started[] = {coco_process_spawn(&again),
                               coco_process_spawn_confined(&again, &policy)};
    for (int i = 0; i < 2; i++) {
        NEED(1 + i, started[i] >= 0);
        NEED(3, coco_process_wait((coco_handle_t)started[i], COCO_FOREVER, &status) == 0);
        NEED(100 + (int)status.code, status.reason == COCO_EXIT_CODE && status.code == 0);
    }
    wide[0].access = COCO_VIEW_WRITE;
    NEED(4, coco_process_spawn_confined(&again, &policy) == COCO_EROFS);
    wide[0] = (struct coco_view){(uintptr_t)(BASE "/secret"), 0, 0};
    NEED(5, coco_process_spawn_confined(&again, &policy) == COCO_ENOTFOUND);
    policy.flags = 0;
    policy.view_count = 0;
    policy.root = (uintptr_t)(BASE "/secret");
    NEED(6, coco_process_spawn_confined(&again, &policy) == COCO_ENOTFOUND);
    const struct coco_spawn other = {.size = sizeof(other), .path = (uintptr_t)"/raw/minimal"};
    NEED(7, coco_process_spawn(&other) == COCO_ENOTFOUND);
    NEED(8, coco_exec("/raw/minimal", "/", 0) == COCO_ENOTFOUND);
    return 0;
}
