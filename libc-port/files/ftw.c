// SPDX-License-Identifier: MIT
// Walking a tree. Each level keeps its directory's names, not the directory open, so that depth
// costs memory and no descriptors.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <coconut/types.h>

// A directory that is being visited.
struct level {
    const struct level *outer;
    dev_t device;
    ino_t inode;
};

struct walk {
    const struct level *innermost;
    int (*visit)(const char *, const struct stat *, int);
    int (*visit_level)(const char *, const struct stat *, int, struct FTW *);
    int flags;
    int start; // with FTW_CHDIR: where the walk began; otherwise -1
    char path[COCO_PATH_MAX];
};

static int tell(struct walk *walk, const struct stat *state, int type, struct FTW *place)
{
    return walk->visit ? walk->visit(walk->path, state, type)
                       : walk->visit_level(walk->path, state, type, place);
}

// With FTW_CHDIR, visit from within the directory that holds the name. The walk itself stays where
// it began, so that its paths, which the program is told, keep their meaning.
static int call(struct walk *walk, const struct stat *state, int type, struct FTW *place)
{
    if (walk->start < 0 || place->base == 0) {
        return tell(walk, state, type, place);
    }
    char first = walk->path[place->base];
    walk->path[place->base] = '\0';
    int result = chdir(walk->path);
    walk->path[place->base] = first;
    if (result == 0) {
        result = tell(walk, state, type, place);
    }
    int saved_errno = errno;
    if (fchdir(walk->start) < 0 && result == 0) {
        return -1;
    }
    errno = saved_errno;
    return result;
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

// The state of what is visited, and what it is to the program: FTW_*, or -1 with errno.
static int look(const struct walk *walk, struct stat *state)
{
    bool follows = (walk->flags & FTW_PHYS) == 0;
    if (follows && stat(walk->path, state) == 0) {
        return S_ISDIR(state->st_mode) ? FTW_D : FTW_F;
    }
    if (follows && errno != ENOENT && errno != ELOOP) {
        return -1;
    }
    if (lstat(walk->path, state) < 0) {
        return -1;
    }
    if (S_ISLNK(state->st_mode)) {
        bool lost = follows && walk->visit_level;
        return lost ? FTW_SLN : FTW_SL;
    }
    return S_ISDIR(state->st_mode) ? FTW_D : FTW_F;
}

// Whether the walk is in that directory already: it came there by a symbolic link.
static bool is_above(const struct walk *walk, const struct stat *state)
{
    for (const struct level *level = walk->innermost; level; level = level->outer) {
        if (level->inode == state->st_ino && level->device == state->st_dev) {
            return true;
        }
    }
    return false;
}

static int visit(struct walk *walk, size_t len, struct FTW place)
{
    struct stat state = {0};
    int type = look(walk, &state);
    if (type < 0) {
        return errno == ENOENT && place.level > 0 ? call(walk, &state, FTW_NS, &place) : -1;
    }
    if (type != FTW_D) {
        return call(walk, &state, type, &place);
    }
    if (is_above(walk, &state)) {
        return 0; // it is being visited
    }
    struct level level = {walk->innermost, state.st_dev, state.st_ino};
    bool after = (walk->flags & FTW_DEPTH) != 0;
    int result = after ? 0 : call(walk, &state, FTW_D, &place);
    if (result == 0) {
        walk->innermost = &level;
        result = visit_entries(walk, len, place.level + 1);
        walk->innermost = level.outer;
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
    struct walk walk = {.visit = function, .start = -1};
    (void)limit; // of open directories; there is one at a time
    return start(&walk, path);
}

int nftw(const char *path, int (*function)(const char *, const struct stat *, int, struct FTW *),
         int limit, int flags)
{
    struct walk walk = {.visit_level = function, .flags = flags, .start = -1};
    (void)limit;
    if ((flags & FTW_CHDIR) == 0) {
        return start(&walk, path);
    }
    walk.start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (walk.start < 0) {
        return -1;
    }
    int result = start(&walk, path);
    int saved_errno = errno;
    (void)close(walk.start);
    errno = saved_errno;
    return result;
}
