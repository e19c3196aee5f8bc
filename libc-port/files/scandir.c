// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcoll((*a)->d_name, (*b)->d_name);
}

static void free_entries(struct dirent **entries, int count)
{
    while (count > 0) {
        free(entries[--count]);
    }
    free(entries);
}

// Append a copy of an entry. Returns 0 or ENOMEM.
static int append(struct dirent ***entries, int *count, int *room, const struct dirent *entry)
{
    if (*count == *room) {
        int more = *room ? *room * 2 : 16;
        struct dirent **grown = reallocarray(*entries, (size_t)more, sizeof(*grown));
        if (!grown) {
            return ENOMEM;
        }
        *entries = grown;
        *room = more;
    }
    struct dirent *copy = malloc(sizeof(*copy));
    if (!copy) {
        return ENOMEM;
    }
    *copy = *entry;
    (*entries)[(*count)++] = copy;
    return 0;
}

// Closes `dir`, which may be NULL with errno set.
static int scan(DIR *dir, struct dirent ***out, int (*select)(const struct dirent *),
                int (*compare)(const struct dirent **, const struct dirent **))
{
    struct dirent **entries = NULL;
    int count = 0;
    int room = 0;
    if (!dir) {
        return -1;
    }
    int error = 0;
    errno = 0;
    for (struct dirent *entry; !error && (entry = readdir(dir)); errno = 0) {
        if (!select || select(entry)) {
            error = append(&entries, &count, &room, entry);
        }
    }
    error = error ? error : errno;
    (void)closedir(dir); // open since above
    if (error) {
        free_entries(entries, count);
        errno = error;
        return -1;
    }
    if (compare && count > 1) {
        qsort(entries, (size_t)count, sizeof(*entries),
              (int (*)(const void *, const void *))(uintptr_t)compare);
    }
    *out = entries;
    return count;
}

int scandir(const char *path, struct dirent ***out, int (*select)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    return scan(opendir(path), out, select, compare);
}

int scandirat(int at, const char *path, struct dirent ***out, int (*select)(const struct dirent *),
              int (*compare)(const struct dirent **, const struct dirent **))
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !dir) {
        int saved_errno = errno;
        (void)close(fd); // open a moment ago
        errno = saved_errno;
    }
    return scan(dir, out, select, compare);
}
