// SPDX-License-Identifier: MIT
// Names of files that match a pattern: one directory is searched for each component of the pattern
// that has *, ? or [, in it fnmatch() decides.
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "glob_expand.h"

struct search {
    glob_t *out;
    int flags;
    int (*on_error)(const char *, int);
    char path[PATH_MAX];
};

static int walk(struct search *search, size_t length, const char *rest);

// --- the list -----------------------------------------------------------------------------------

static int add(struct search *search, const char *name, bool mark)
{
    glob_t *out = search->out;
    size_t used = (search->flags & GLOB_DOOFFS ? out->gl_offs : 0) + out->gl_pathc;
    // The list has room for the next power of two of entries, so it is asked for at those only.
    if (!out->gl_pathv || ((used + 1) & used) == 0) {
        size_t room = 4;
        while (room <= used + 1) {
            room *= 2;
        }
        char **list = reallocarray(out->gl_pathv, room, sizeof(*list));
        if (!list) {
            return GLOB_NOSPACE;
        }
        if (!out->gl_pathv) {
            memset(list, 0, used * sizeof(*list));
        }
        out->gl_pathv = list;
    }
    size_t length = strlen(name);
    char *copy = malloc(length + 2);
    if (!copy) {
        return GLOB_NOSPACE;
    }
    memcpy(copy, name, length + 1);
    if (mark && name[length - 1] != '/') {
        strlcat(copy, "/", length + 2);
    }
    out->gl_pathv[used] = copy;
    out->gl_pathv[used + 1] = NULL;
    out->gl_pathc++;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcoll(*(char *const *)a, *(char *const *)b);
}

// --- files --------------------------------------------------------------------------------------

static bool status_of(const struct search *search, bool follow, struct stat *status)
{
    const glob_t *out = search->out;
    if (search->flags & GLOB_ALTDIRFUNC) {
        return (follow ? out->gl_stat : out->gl_lstat)(search->path, status) == 0;
    }
    return (follow ? stat(search->path, status) : lstat(search->path, status)) == 0;
}

static void *open_folder(const struct search *search, const char *path)
{
    return search->flags & GLOB_ALTDIRFUNC ? search->out->gl_opendir(path) : opendir(path);
}

static const struct dirent *read_folder(const struct search *search, void *folder)
{
    errno = 0;
    return search->flags & GLOB_ALTDIRFUNC ? search->out->gl_readdir(folder) : readdir(folder);
}

static void close_folder(const struct search *search, void *folder)
{
    if (search->flags & GLOB_ALTDIRFUNC) {
        search->out->gl_closedir(folder);
    } else {
        closedir(folder);
    }
}

static int unreadable(struct search *search, const char *path, int error)
{
    bool end = search->on_error && search->on_error(path, error) != 0;
    return end || (search->flags & GLOB_ERR) ? GLOB_ABORTED : 0;
}

// The whole pattern is used up: search->path is a result if it exists.
static int found(struct search *search)
{
    struct stat status;
    if (!status_of(search, false, &status)) {
        return 0;
    }
    bool mark =
        (search->flags & GLOB_MARK) && status_of(search, true, &status) && S_ISDIR(status.st_mode);
    return add(search, search->path, mark);
}

// --- the pattern --------------------------------------------------------------------------------

static bool has_magic(const char *text, size_t length, int flags)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\' && !(flags & GLOB_NOESCAPE)) {
            i++;
        } else if (text[i] == '*' || text[i] == '?' || text[i] == '[') {
            return true;
        }
    }
    return false;
}

// Adds `text` to the path. False: the path becomes too long to be the name of anything.
static bool append(struct search *search, size_t *length, const char *text, size_t size)
{
    if (size >= sizeof(search->path) - *length) {
        return false;
    }
    memcpy(search->path + *length, text, size);
    *length += size;
    search->path[*length] = '\0';
    return true;
}

static int literal(struct search *search, size_t length, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\' && !(search->flags & GLOB_NOESCAPE) && i + 1 < size) {
            i++;
        }
        if (!append(search, &length, text + i, 1)) {
            return 0;
        }
    }
    return walk(search, length, text + size);
}

static int matching(struct search *search, void *folder, size_t length, const char *component,
                    const char *rest)
{
    int how = (search->flags & GLOB_PERIOD ? 0 : FNM_PERIOD) |
              (search->flags & GLOB_NOESCAPE ? FNM_NOESCAPE : 0);
    int result = 0;
    const struct dirent *entry;
    while (result == 0 && (entry = read_folder(search, folder)) != NULL) {
        size_t end = length;
        if (fnmatch(component, entry->d_name, how) == 0 &&
            append(search, &end, entry->d_name, strlen(entry->d_name))) {
            result = walk(search, end, rest);
        }
    }
    search->path[length] = '\0';
    return result == 0 && errno != 0 && !entry
               ? unreadable(search, length ? search->path : ".", errno)
               : result;
}

static int magic(struct search *search, size_t length, const char *text, size_t size)
{
    const char *path = length ? search->path : ".";
    void *folder = open_folder(search, path);
    if (!folder) {
        bool none = errno == ENOENT || errno == ENOTDIR; // then there is no such directory
        return none ? 0 : unreadable(search, path, errno);
    }
    char *component = strndup(text, size);
    int result = GLOB_NOSPACE;
    if (component) {
        result = matching(search, folder, length, component, text + size);
    }
    free(component);
    close_folder(search, folder);
    return result;
}

// `length` bytes of the path are decided; `rest` is the pattern behind them.
static int walk(struct search *search, size_t length, const char *rest)
{
    size_t slashes = strspn(rest, "/");
    if (!append(search, &length, rest, slashes)) {
        return 0;
    }
    rest += slashes;
    if (*rest == '\0') {
        return found(search);
    }
    size_t size = strcspn(rest, "/");
    return has_magic(rest, size, search->flags) ? magic(search, length, rest, size)
                                                : literal(search, length, rest, size);
}

static int one_pattern(void *context, const char *pattern)
{
    struct search *search = context;
    char *home = NULL;
    if (search->flags & GLOB_TILDE) {
        home = __coco_glob_tilde(pattern);
        if (!home) {
            return GLOB_NOSPACE;
        }
    }
    size_t before = search->out->gl_pathc;
    search->path[0] = '\0';
    bool special = has_magic(pattern, strlen(pattern), search->flags);
    search->out->gl_flags |= special ? GLOB_MAGCHAR : 0;
    int result = *pattern != '\0' ? walk(search, 0, home ? home : pattern) : 0;
    free(home);
    bool itself = (search->flags & GLOB_NOCHECK) || ((search->flags & GLOB_NOMAGIC) && !special);
    if (result == 0 && search->out->gl_pathc == before && itself) {
        result = add(search, pattern, false);
    }
    return result;
}

int glob(const char *restrict pattern, int flags, int (*on_error)(const char *, int),
         glob_t *restrict result)
{
    if (!(flags & GLOB_APPEND)) {
        result->gl_pathc = 0;
        result->gl_pathv = NULL;
    }
    if (!(flags & GLOB_DOOFFS)) {
        result->gl_offs = 0;
    }
    result->gl_flags = flags & ~GLOB_MAGCHAR;
    struct search search = {.out = result, .flags = flags, .on_error = on_error};
    size_t before = result->gl_pathc;
    int status = flags & GLOB_BRACE ? __coco_glob_braces(pattern, flags, one_pattern, &search)
                                    : one_pattern(&search, pattern);
    size_t count = result->gl_pathc - before;
    if (count != 0 && !(flags & GLOB_NOSORT)) {
        qsort(result->gl_pathv + result->gl_offs + before, count, sizeof(char *), by_name);
    }
    return status == 0 && count == 0 ? GLOB_NOMATCH : status;
}

void globfree(glob_t *result)
{
    for (size_t i = 0; i < result->gl_pathc; i++) {
        free(result->gl_pathv[result->gl_offs + i]);
    }
    free(result->gl_pathv);
    result->gl_pathv = NULL;
    result->gl_pathc = 0;
}
