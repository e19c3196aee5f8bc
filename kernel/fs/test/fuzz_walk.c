// SPDX-License-Identifier: MIT
// The walk of paths, with links, renames and removals, as hostile programs would have it. Whatever
// is found from the directory "jail" as root lies in it, and at the end everything can be removed.
#include "support.h"

#include <base/check.h>
#include <string.h>

#define STEPS_MAX 200u
#define PATH_LEN 24u

struct input {
    const uint8_t *bytes;
    size_t len;
};

static uint8_t next(struct input *input)
{
    if (input->len == 0) {
        return 0;
    }
    input->len--;
    return *input->bytes++;
}

/// A path of few names, so that they meet.
static void next_path(struct input *input, char path[PATH_LEN])
{
    static const char *const parts[] = {"a", "b", "c", ".", "..", "/", "//", "d/"};
    size_t count = 1 + next(input) % 5u;

    path[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        uint8_t choice = next(input);
        strcat(path, parts[choice % ARRAY_SIZE(parts)]);
        strcat(path, (choice & 0x80u) != 0 ? "/" : "");
    }
}

/// Everything that is found lies in the root it was looked for from.
static void check_inside(struct vfs_origin origin, struct vfs_node *node)
{
    char text[512];
    size_t start;

    if (node == NULL || !vfs_is_dir(node)) {
        return;
    }
    enum status status =
        vfs_path((struct vfs_origin){.root = origin.root, .dir = node}, text, sizeof(text), &start);
    CHECK(status == OK || status == ERR_OVERFLOW, "a walk led out of its root");
}

static void make(struct vfs_origin origin, const char *path, const char *other, unsigned kind)
{
    const struct vfs_open_request request = {
        .path = path, .policy = VFS_POSIX, .options = VFS_OPEN_CREATE, .permissions = 0644};
    struct vfs_node *node = NULL;
    enum status status;

    switch (kind) {
    case 0:
        status = vfs_mkdir(origin, path, VFS_POSIX, 0755);
        break;
    case 1:
        status = vfs_open_node(origin, &request, &node);
        break;
    case 2:
        status = vfs_link_create(other, strlen(other), &node);
        status = status == OK ? vfs_add_node(origin, path, node) : status;
        break;
    default:
        status = vfs_hard_link(origin, other, origin, path, (kind & 1u) != 0);
        break;
    }
    (void)status; // any is right; what must hold is checked elsewhere
    vfs_node_put(node);
}

static void step(struct input *input, struct vfs_origin origin)
{
    char path[PATH_LEN * 2];
    char other[PATH_LEN * 2];
    struct vfs_node *node = NULL;
    uint8_t what = next(input);

    next_path(input, path);
    next_path(input, other);
    switch (what % 8u) {
    case 0:
    case 1:
    case 2:
    case 3:
        make(origin, path, other, what % 4u);
        break;
    case 4:
        (void)!vfs_rename(origin, path, origin, other);
        break;
    case 5:
        (void)!vfs_unlink(origin, path, VFS_POSIX, (what & 0x80u) != 0);
        break;
    case 6:
        (void)!vfs_lookup_link(origin, path, &node);
        break;
    default:
        (void)!vfs_lookup(origin, path, VFS_POSIX, &node);
        check_inside(origin, node);
        break;
    }
    vfs_node_put(node);
}

/// Remove all that is below `dir`. Directories are not shared, so this ends.
static void empty(struct vfs_node *dir)
{
    struct vfs_origin origin = {.root = fs_root(), .dir = dir};
    struct vfs_names names;
    size_t at = 0;

    CHECK(vfs_copy_names(dir, &names) == OK, "no memory for names");
    while (at < names.len) {
        char name[256];
        uint16_t len;
        struct vfs_node *node = NULL;
        memcpy(&len, names.bytes + at, sizeof(len));
        memcpy(name, names.bytes + at + sizeof(len), len);
        name[len] = '\0';
        at += sizeof(len) + len;
        CHECK(vfs_lookup_link(origin, name, &node) == OK, "a name is not there");
        bool is_dir = vfs_is_dir(node);
        if (is_dir) {
            empty(node);
        }
        vfs_node_put(node);
        CHECK(vfs_unlink(origin, name, VFS_POSIX, is_dir) == OK, "a name cannot be removed");
    }
    vfs_names_free(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct vfs_node *jail;
    struct vfs_node *dir = NULL;

    support_start();
    CHECK(vfs_mkdir(vfs_origin_root(fs_root()), "jail", VFS_POSIX, 0755) == OK, "no jail");
    CHECK(vfs_lookup(vfs_origin_root(fs_root()), "jail", VFS_POSIX, &jail) == OK, "no jail");
    (void)!vfs_mkdir(vfs_origin_root(jail), "a", VFS_POSIX, 0755);
    (void)!vfs_lookup(vfs_origin_root(jail), "a", VFS_POSIX, &dir);
    for (unsigned i = 0; i < STEPS_MAX && input.len > 0; i++) {
        struct vfs_origin origin = {.root = jail, .dir = (next(&input) & 1u) != 0 ? dir : NULL};
        step(&input, origin);
    }
    vfs_node_put(dir);
    empty(jail);
    vfs_node_put(jail);
    CHECK(vfs_unlink(vfs_origin_root(fs_root()), "jail", VFS_POSIX, true) == OK,
          "the jail is not empty");
    return 0;
}
