// SPDX-License-Identifier: MIT
// Walking a tree. Each level keeps its directory's names, not the directory open, so that depth
// costs memory and no descriptors.
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <coconut/types.h>

struct walk {
    int (*visit)(const char *, const struct stat *, int);
    int (*visit_level)(const char *, const struct stat *, int, struct FTW *);
    int flags;
    char path[COCO_PATH_MAX];
};

static int call(struct walk *walk, const struct stat *state, int type, struct FTW *place)
{
    return walk->visit ? walk->visit(walk->path, state, type)
                       : walk->visit_level(walk->path, state, type, place);
}

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int visit(struct walk *walk, size_t len, struct FTW place);

// Visit what a directory holds; `path` is its own, len bytes long. A non-zero result ends the walk.
static int visit_entries(struct walk *walk, size_t len, int level)
{
    struct dirent **entries;
    int count = scandir(walk->path, &entries, is_entry, alphasort);
    int result = count < 0 ? -1 : 0;
    for (int i = 0; i < count; i++) {
        size_t name_len = strlen(entries[i]->d_name);
        bool slash = len == 0 || walk->path[len - 1] != '/';
        if (result == 0 && len + slash + name_len >= sizeof(walk->path)) {
            errno = ENAMETOOLONG;
            result = -1;
        }
        if (result == 0) {
            walk->path[len] = '/';
            memcpy(walk->path + len + slash, entries[i]->d_name, name_len + 1);
            result = visit(walk, len + slash + name_len,
                           (struct FTW){.base = (int)(len + slash), .level = level});
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
    walk->path[len] = '\0';
    return result;
}

static int visit(struct walk *walk, size_t len, struct FTW place)
{
    struct stat state = {0};
    if (lstat(walk->path, &state) < 0) {
        return errno == ENOENT && place.level > 0 ? call(walk, &state, FTW_NS, &place) : -1;
    }
    if (!S_ISDIR(state.st_mode)) {
        return call(walk, &state, FTW_F, &place);
    }
    bool after = (walk->flags & FTW_DEPTH) != 0;
    int result = after ? 0 : call(walk, &state, FTW_D, &place);
    if (result == 0) {
        result = visit_entries(walk, len, place.level + 1);
    }
    if (result == 0 && after) {
        result = call(walk, &state, FTW_DP, &place);
    }
    return result;
}

static int start(struct walk *walk, const char *path)
{
    size_t len = strlen(path);
    if (len >= sizeof(walk->path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(walk->path, path, len + 1);
    const char *slash = strrchr(path, '/');
    int base = slash && slash[1] != '\0' ? (int)(slash + 1 - path) : 0;
    return visit(walk, len, (struct FTW){.base = base});
}

int ftw(const char *path, int (*function)(const char *, const struct stat *, int), int limit)
{
    struct walk walk = {.visit = function};
    (void)limit; // of open directories; there is one at a time
    return start(&walk, path);
}

int nftw(const char *path, int (*function)(const char *, const struct stat *, int, struct FTW *),
         int limit, int flags)
{
    struct walk walk = {.visit_level = function, .flags = flags};
    (void)limit;
    if (flags & FTW_CHDIR) { // the current directory belongs to all threads
        errno = ENOSYS;
        return -1;
    }
    return start(&walk, path);
}
