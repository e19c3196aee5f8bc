// SPDX-License-Identifier: MIT
// exec*(): the open descriptors without FD_CLOEXEC go to the new program as its start handles. All
// that is built for the kernel lies in memory mapped for it, as malloc() may be in any state here.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/path.h"
#include "../private/program.h"
#include "../private/ret.h"
#include "../private/spawn.h"

#define SCRIPT_DEPTH 4 /* scripts whose interpreter is a script */

/// One call's memory: this, then the strings.
struct exec_area {
    char path[COCO_PATH_MAX];
    char directory[COCO_PATH_MAX];
    struct coco_script script;
    struct spawn_fds fds;
    struct file_description *held[COCO_SPAWN_HANDLES_MAX];
    struct coco_spawn_handle handles[COCO_SPAWN_HANDLES_MAX];
    char strings[];
};

/// Arguments: some in front, then those of the program but for the first `skip`.
struct exec_arguments {
    char *front[4];
    int front_count;
    coco_handle_t program; /* by_handle: instead of the path */
    bool by_handle;
    char *const *rest;
};

static size_t pack(const struct exec_arguments *arguments, char *out, size_t size, uint32_t *count)
{
    uint32_t front_count;
    char *front[5] = {0};
    memcpy(front, arguments->front, sizeof(arguments->front[0]) * (size_t)arguments->front_count);
    size_t used = __coco_spawn_pack(front, out, size, &front_count);
    if (used == SIZE_MAX) {
        return SIZE_MAX;
    }
    size_t more = __coco_spawn_pack(arguments->rest, out ? out + used : NULL, size - used, count);
    *count += front_count;
    return more == SIZE_MAX ? SIZE_MAX : used + more;
}

// The program at area->path. Returns only with an errno value.
static int replace(struct exec_area *area, const struct exec_arguments *arguments,
                   char *const envp[])
{
    struct coco_spawn request = {.size = sizeof(request)};
    size_t argv_len = pack(arguments, area->strings, COCO_ARGUMENT_MAX, &request.argument_count);
    if (argv_len == SIZE_MAX) {
        return E2BIG;
    }
    size_t envp_len = __coco_spawn_pack(envp, area->strings + argv_len,
                                        COCO_ARGUMENT_MAX - argv_len, &request.environment_count);
    if (envp_len == SIZE_MAX) {
        return E2BIG;
    }
    request.path = arguments->by_handle ? arguments->program : (uintptr_t)area->path;
    request.flags = arguments->by_handle ? COCO_SPAWN_FILE : 0;
    request.arguments = (uintptr_t)area->strings;
    request.arguments_len = argv_len;
    request.environment = (uintptr_t)(area->strings + argv_len);
    request.environment_len = envp_len;
    request.directory = (uintptr_t)area->directory;
    request.handles = (uintptr_t)area->handles;
    int count =
        __coco_fd_inheritable(FD_CLOEXEC, area->fds.entry, area->held, COCO_SPAWN_HANDLES_MAX);
    if (count < 0) {
        return errno;
    }
    area->fds.count = count;
    __coco_spawn_handles(&area->fds, area->handles);
    for (int i = 0; i < count; i++) {
        area->handles[i].flags = area->fds.entry[i].shared ? COCO_SPAWN_HANDLE_UNLOCK : 0;
    }
    request.handle_count = (uint32_t)count;
    int64_t result = coco_process_exec(&request);
    while (count > 0) {
        __coco_fd_put(area->held[--count]);
    }
    return __coco_errno(result);
}

// Turn the arguments of a script into those of its interpreter, whose path goes to area->path.
static int interpret(struct exec_area *area, const char *path, struct exec_arguments *arguments)
{
    int error = __coco_script_read(area->path, &area->script);
    if (error) {
        return error;
    }
    arguments->front_count = 0;
    arguments->front[arguments->front_count++] = area->script.interpreter;
    if (area->script.argument) {
        arguments->front[arguments->front_count++] = area->script.argument;
    }
    arguments->front[arguments->front_count++] = (char *)(uintptr_t)path;
    if (*arguments->rest) {
        arguments->rest++; // the script's name for itself
    }
    return __coco_path(area->script.interpreter, area->path) < 0 ? errno : 0;
}

static int run(struct exec_area *area, const char *path, struct exec_arguments *arguments,
               char *const envp[])
{
    if (arguments->by_handle) {
        return replace(area, arguments, envp);
    }
    int error = __coco_path(path, area->path) < 0 ? errno : __coco_program_check(area->path);
    if (!error) {
        error = replace(area, arguments, envp);
    }
    if (error == ENOEXEC) {
        error = interpret(area, path, arguments);
        if (!error) {
            error = __coco_program_check(area->path);
        }
        if (!error) {
            error = replace(area, arguments, envp);
        }
    }
    return error;
}

// Returns only to fail, with an errno value.
static int exec_with(const char *path, struct exec_arguments arguments, char *const envp[])
{
    static char *const none[] = {NULL};
    const size_t size = sizeof(struct exec_area) + COCO_ARGUMENT_MAX;
    int64_t address =
        coco_mmap(COCO_HANDLE_NONE, NULL, 0, size,
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    if (coco_is_error(address)) {
        return __coco_errno(address);
    }
    struct exec_area *area = (struct exec_area *)(uintptr_t)address;
    if (!arguments.rest) {
        arguments.rest = none;
    }
    __coco_cwd_get(area->directory);
    int error = run(area, path, &arguments, envp);
    (void)coco_munmap(area, size); // ours, whole
    return error;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    return fail(exec_with(path, (struct exec_arguments){.rest = argv}, envp));
}

int execv(const char *path, char *const argv[])
{
    return execve(path, argv, environ);
}

// A file that is neither program nor script with an interpreter is one of the shell's.
static int exec_by_shell(const char *path, char *const argv[], char *const envp[])
{
    struct exec_arguments arguments = {.front = {(char *)(uintptr_t)COCO_SHELL}, .rest = argv};
    if (argv && argv[0]) {
        arguments.front[0] = argv[0];
        arguments.rest++;
    }
    arguments.front[1] = (char *)(uintptr_t)path;
    arguments.front_count = 2;
    return exec_with(COCO_SHELL, arguments, envp) == E2BIG ? E2BIG : ENOEXEC;
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
    char path[COCO_PATH_MAX];
    struct coco_search search;
    __coco_search_begin(&search, file);
    while (__coco_search_next(&search, path)) {
        int error = exec_with(path, (struct exec_arguments){.rest = argv}, envp);
        if (error == ENOEXEC) {
            error = exec_by_shell(path, argv, envp);
        }
        if (!__coco_search_failed(&search, error)) {
            break;
        }
    }
    return fail(search.error);
}

int execvp(const char *file, char *const argv[])
{
    return execvpe(file, argv, environ);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
    struct file_description *description = __coco_fd_get(fd);
    struct coco_stat found;
    if (!description) {
        return -1;
    }
    int64_t result = coco_file_stat(description->handle, &found);
    int error = coco_is_error(result) ? __coco_errno(result) : __coco_program_allowed(&found);
    if (!error) {
        struct exec_arguments arguments = {
            .program = description->handle, .by_handle = true, .rest = argv};
        error = exec_with("", arguments, envp);
    }
    __coco_fd_put(description);
    return fail(error);
}
