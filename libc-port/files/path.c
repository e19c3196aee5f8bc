// SPDX-License-Identifier: MIT
#include "../private/path.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

// Drop the last component of "/a/b" or "/a"; "/" stays empty.
static size_t parent_len(const char *out, size_t len)
{
    while (len > 0 && out[len - 1] != '/') {
        len--;
    }
    return len > 0 ? len - 1 : 0;
}

// Append "/name". Returns the new length, or 0 if it does not fit.
static size_t append(char *out, size_t len, const char *name, size_t name_len)
{
    if (name_len > COCO_NAME_MAX || len + 1 + name_len >= COCO_PATH_MAX) {
        return 0;
    }
    out[len] = '/';
    memcpy(out + len + 1, name, name_len);
    return len + 1 + name_len;
}

int __coco_path_join(const char *base, const char *path, char *out, bool *directory)
{
    size_t len = 0;
    *directory = false;
    if (*path == '\0') {
        return ENOENT;
    }
    if (*path != '/') {
        len = strlen(base);
        if (len >= COCO_PATH_MAX) {
            return ENAMETOOLONG;
        }
        memcpy(out, base, len);
        len = len == 1 ? 0 : len; // "/" is the empty prefix here
    }
    while (*path != '\0') {
        size_t name_len = 0;
        while (path[name_len] != '/' && path[name_len] != '\0') {
            name_len++;
        }
        bool dot = name_len == 1 && path[0] == '.';
        bool dot_dot = name_len == 2 && path[0] == '.' && path[1] == '.';
        if (dot_dot) {
            len = parent_len(out, len);
        } else if (name_len > 0 && !dot) {
            len = append(out, len, path, name_len);
            if (len == 0) {
                return ENAMETOOLONG;
            }
        }
        path += name_len;
        *directory = dot || dot_dot || *path == '/';
        path += *path == '/';
    }
    if (len == 0) {
        out[len++] = '/';
    }
    out[len] = '\0';
    return 0;
}

int __coco_path_append(const char *base, const char *path, char *out)
{
    size_t base_len = *path == '/' ? 0 : strlen(base);
    size_t path_len = strlen(path);
    bool slash = base_len > 0 && base[base_len - 1] != '/';
    if (path_len == 0 || (*path != '/' && base_len == 0)) {
        return ENOENT;
    }
    if (base_len + slash + path_len >= COCO_PATH_MAX) {
        return ENAMETOOLONG;
    }
    memcpy(out, base, base_len);
    out[base_len] = '/';
    memcpy(out + base_len + slash, path, path_len + 1);
    return 0;
}
