// SPDX-License-Identifier: MIT
// No allocation and no stdio here: exec*() may be called after fork() and in signal handlers.
#include "../private/program.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/syscalls.h>

#include "../private/ret.h"

#define USUAL_FOLDERS "/bin:/usr/bin" /* as confstr(_CS_PATH) */
#define EXECUTE_BITS 0111u

int __coco_program_check(const char *absolute)
{
    struct coco_stat found;
    int64_t result = coco_file_stat_path(absolute, &found);
    if (coco_is_error(result)) {
        return __coco_errno(result);
    }
    return __coco_program_allowed(&found);
}

int __coco_program_allowed(const struct coco_stat *found)
{
    return found->type == COCO_TYPE_FILE && (found->permissions & EXECUTE_BITS) != 0 ? 0 : EACCES;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

int __coco_script_read(const char *absolute, struct coco_script *script)
{
    int64_t handle = coco_file_open(absolute, COCO_FILE_READ, 0);
    if (coco_is_error(handle)) {
        return __coco_errno(handle);
    }
    int64_t len = coco_file_pread((coco_handle_t)handle, script->line, COCO_SCRIPT_LINE, 0);
    (void)coco_close((coco_handle_t)handle);
    if (coco_is_error(len)) {
        return __coco_errno(len);
    }
    script->line[len] = '\0';
    char *end = memchr(script->line, '\n', (size_t)len);
    if (len < 2 || script->line[0] != '#' || script->line[1] != '!' || !end) {
        return ENOEXEC;
    }
    while (is_blank(end[-1])) {
        end--;
    }
    *end = '\0';
    char *at = script->line + 2;
    at += strspn(at, " \t");
    script->interpreter = at;
    at += strcspn(at, " \t");
    script->argument = NULL;
    if (*at) {
        *at++ = '\0';
        script->argument = at + strspn(at, " \t");
    }
    return *script->interpreter ? 0 : ENOEXEC;
}

void __coco_search_begin(struct coco_search *search, const char *file)
{
    const char *folders = getenv("PATH");
    *search =
        (struct coco_search){.file = file, .error = ENOENT, .single = strchr(file, '/') != NULL};
    if (*file) {
        search->folder = folders ? folders : USUAL_FOLDERS;
    }
}

bool __coco_search_next(struct coco_search *search, char *path)
{
    size_t file_size = strlen(search->file) + 1;
    if (search->folder && search->single) {
        search->folder = NULL;
        search->error = ENAMETOOLONG;
        if (file_size <= COCO_PATH_MAX) {
            memcpy(path, search->file, file_size);
            return true;
        }
    }
    while (search->folder) {
        const char *folder = search->folder;
        size_t len = strcspn(folder, ":");
        size_t slash = len > 0; // an empty folder is the current one
        search->folder = folder[len] == ':' ? folder + len + 1 : NULL;
        if (len + slash + file_size <= COCO_PATH_MAX) {
            memcpy(path, folder, len);
            path[len] = '/';
            memcpy(path + len + slash, search->file, file_size);
            return true;
        }
    }
    return false;
}

bool __coco_search_failed(struct coco_search *search, int error)
{
    bool elsewhere = error == ENOENT || error == ENOTDIR || error == EACCES ||
                     error == ENAMETOOLONG || error == ELOOP;
    // That a file was found but may not be run is said rather than that there is none.
    if (!elsewhere || error == EACCES || search->single) {
        search->error = error;
    }
    return elsewhere;
}
