// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../private/path.h"
#include "unit.h"

struct example {
    const char *name;
    const char *base;
    const char *path;
    const char *result;
    bool directory;
};

static const struct example examples[] = {
    {"path.relative", "/home/user", "file", "/home/user/file", false},
    {"path.absolute", "/home/user", "/etc/file", "/etc/file", false},
    {"path.root", "/a", "/", "/", true},
    {"path.dot", "/a/b", ".", "/a/b", true},
    {"path.dot-dot", "/a/b", "..", "/a", true},
    {"path.dot-dot-to-root", "/a", "..", "/", true},
    {"path.dot-dot-beyond-root", "/", "../../..", "/", true},
    {"path.mixed", "/a/b", "./c/../../d//e/.", "/a/d/e", true},
    {"path.trailing-slash", "/", "d/", "/d", true},
    {"path.many-slashes", "/x", "///a////b///", "/a/b", true},
    {"path.dots-in-name", "/", "..a/b../.c/...", "/..a/b../.c/...", false},
    {"path.dot-dot-then-name", "/a/b/c", "../d", "/a/b/d", false},
    {"path.from-root", "/", "a", "/a", false},
};

static void test_examples(void)
{
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        char *out = malloc(COCO_PATH_MAX); // on the heap, so that a write beyond its end is seen
        bool directory = !e->directory;
        int error = __coco_path_join(e->base, e->path, out, &directory);
        CHECK(e->name, error == 0 && strcmp(out, e->result) == 0 && directory == e->directory);
        free(out);
    }
}

static int join_long(size_t components, size_t name_len, size_t *result_len)
{
    char *path = malloc(components * (name_len + 1) + 1);
    char *out = malloc(COCO_PATH_MAX);
    bool directory;
    char *end = path;
    for (size_t i = 0; i < components; i++) {
        *end++ = '/';
        memset(end, 'n', name_len);
        end += name_len;
    }
    *end = '\0';
    int error = __coco_path_join("/", path, out, &directory);
    *result_len = error ? 0 : strlen(out);
    free(out);
    free(path);
    return error;
}

static void test_limits(void)
{
    char out[COCO_PATH_MAX];
    bool directory;
    size_t len;
    CHECK("path.empty", __coco_path_join("/", "", out, &directory) == ENOENT);
    CHECK("path.longest-name", join_long(1, COCO_NAME_MAX, &len) == 0 && len == COCO_NAME_MAX + 1);
    CHECK("path.name-too-long", join_long(1, COCO_NAME_MAX + 1, &len) == ENAMETOOLONG);
    // 4095 bytes and the NUL fit: 819 components of 5 bytes.
    CHECK("path.longest", join_long(819, 4, &len) == 0 && len == COCO_PATH_MAX - 1);
    CHECK("path.too-long", join_long(1024, 3, &len) == ENAMETOOLONG);
}

// Whatever the input, the result is absolute and normal.
static bool is_normal(const char *path)
{
    if (strcmp(path, "/") == 0) {
        return true;
    }
    while (*path == '/') {
        size_t len = strcspn(++path, "/");
        if (len == 0 || (len == 1 && path[0] == '.') || (len == 2 && !strncmp(path, "..", 2))) {
            return false;
        }
        path += len;
    }
    return *path == '\0';
}

static void test_random(void)
{
    static const char alphabet[] = "/../a./";
    bool all = true;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        char path[24];
        char out[COCO_PATH_MAX];
        bool directory;
        size_t len = 1 + (size_t)(rand() % 22);
        for (size_t i = 0; i < len; i++) {
            path[i] = alphabet[rand() % 7];
        }
        path[len] = '\0';
        all = all && __coco_path_join("/b/c", path, out, &directory) == 0 && is_normal(out);
    }
    CHECK("path.random-input-gives-normal-paths", all);
}

int main(void)
{
    test_examples();
    test_limits();
    test_random();
    return unit_finish();
}
