// SPDX-License-Identifier: MIT
// Paths that stand for open descriptors. Descriptors are this library's own, so that the kernel
// cannot know them.
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../private/path.h"

static const char folder[] = "/dev/fd/";

// A number without sign and leading zeros, below OPEN_MAX.
static int parse_number(const char *text)
{
    int number = 0;
    if (*text == '\0' || (text[0] == '0' && text[1] != '\0')) {
        return -1;
    }
    for (; *text >= '0' && *text <= '9' && number < OPEN_MAX; text++) {
        number = number * 10 + (*text - '0');
    }
    return *text == '\0' && number < OPEN_MAX ? number : -1;
}

int __coco_path_descriptor(const char *absolute)
{
    static const char *const names[] = {
        [STDIN_FILENO] = "/dev/stdin",
        [STDOUT_FILENO] = "/dev/stdout",
        [STDERR_FILENO] = "/dev/stderr",
    };
    if (strncmp(absolute, "/dev/", 5) != 0) {
        return -1;
    }
    for (int fd = 0; fd < (int)(sizeof(names) / sizeof(names[0])); fd++) {
        if (strcmp(absolute, names[fd]) == 0) {
            return fd;
        }
    }
    size_t len = sizeof(folder) - 1;
    return strncmp(absolute, folder, len) == 0 ? parse_number(absolute + len) : -1;
}

// Only now the path is made absolute: few paths that do not exist look like these.
int __coco_place_descriptor(const struct coco_place *place)
{
    char base[COCO_PATH_MAX] = "/";
    char absolute[COCO_PATH_MAX];
    bool directory;
    if (!strstr(place->path, "fd/") && !strstr(place->path, "std")) {
        return -1;
    }
    int saved_errno = errno;
    int fd = -1;
    if ((place->dir == COCO_HANDLE_NONE || __coco_directory_path(place->dir, base) == 0) &&
        __coco_path_join(base, place->path, absolute, &directory) == 0 && !directory) {
        fd = __coco_path_descriptor(absolute);
    }
    errno = saved_errno;
    return fd;
}
