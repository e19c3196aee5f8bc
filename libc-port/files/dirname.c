// SPDX-License-Identifier: MIT
// dirname(); newlib's leaves the slashes in front of the last part where there are several.
#include <libgen.h>
#include <string.h>

/* The length of a path without the slashes at its end; 1 for those that are nothing else. */
static size_t without_slashes(const char *path, size_t length)
{
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    return length;
}

char *dirname(char *path)
{
    static char dot[] = ".";
    if (path == NULL || *path == '\0') {
        return dot;
    }
    size_t length = without_slashes(path, strlen(path));
    while (length > 0 && path[length - 1] != '/') {
        length--;
    }
    if (length == 0) {
        return dot;
    }
    path[without_slashes(path, length)] = '\0';
    return path;
}
