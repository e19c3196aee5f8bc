// SPDX-License-Identifier: MIT
// posix_spawn(): file actions are applied to a list of (descriptor, handle) in this process, which
// then is what the child starts with. Files that actions open are closed here once the child has
// them.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/path.h"
#include "../private/program.h"
#include "../private/ret.h"
#include "../private/spawn.h"
#include "../private/thread.h"

struct spawn_state {
    char directory[COCO_PATH_MAX];
    char program[COCO_PATH_MAX];
    struct coco_script script;
    const struct __posix_spawnattr *attr; /* NULL for none */
    int held_count;
    int opened_count;
    struct spawn_fds fds;
    struct file_description *held[COCO_SPAWN_HANDLES_MAX];
    struct coco_spawn_handle handles[COCO_SPAWN_HANDLES_MAX];
    int opened[COCO_SPAWN_HANDLES_MAX]; /* our descriptors for files that actions opened */
};

// Make `path` absolute in the child's directory. Returns 0 or an errno value.
static int absolute(const struct spawn_state *state, const char *path, char *out)
{
    return __coco_path_append(state->directory, path, out);
}

static int do_open(struct spawn_state *state, const struct spawn_action *action)
{
    char path[COCO_PATH_MAX];
    int error = absolute(state, action->path, path);
    if (error || state->opened_count == COCO_SPAWN_HANDLES_MAX) {
        return error ? error : EMFILE;
    }
    int fd = open(path, action->flags | O_CLOEXEC, action->mode);
    struct file_description *description = fd < 0 ? NULL : __coco_fd_get(fd);
    if (!description) {
        return errno;
    }
    state->opened[state->opened_count++] = fd;
    bool room = __coco_spawn_fd_set(&state->fds, action->fd, description->handle);
    __coco_fd_put(description); // `opened` keeps it
    return room ? 0 : EMFILE;
}

static int do_dup2(struct spawn_state *state, const struct spawn_action *action)
{
    coco_handle_t handle = __coco_spawn_fd_find(&state->fds, action->fd);
    if (handle == COCO_HANDLE_NONE) {
        // A descriptor marked close-on-exec is not in the list, but is there to be duplicated.
        struct file_description *description = __coco_fd_get(action->fd);
        if (!description) {
            return EBADF;
        }
        handle = description->handle;
        __coco_fd_put(description); // open in this process while we spawn, or the spawn fails
    }
    if (handle == COCO_HANDLE_NONE) { // empty input: the child gets the same when it gets nothing
        (void)__coco_spawn_fd_close(&state->fds, action->target);
        return 0;
    }
    return __coco_spawn_fd_set(&state->fds, action->target, handle) ? 0 : EMFILE;
}

static int do_chdir(struct spawn_state *state, const struct spawn_action *action)
{
    char path[COCO_PATH_MAX];
    struct coco_stat found;
    int error = absolute(state, action->path, path);
    int64_t result = error ? 0 : coco_file_stat_path(path, &found);
    if (error || coco_is_error(result)) {
        return error ? error : __coco_errno(result);
    }
    if (found.type != COCO_TYPE_DIR) {
        return ENOTDIR;
    }
    memcpy(state->directory, path, sizeof(path));
    return 0;
}

static int do_fchdir(struct spawn_state *state, const struct spawn_action *action)
{
    struct file_description *description = __coco_fd_get(action->fd);
    if (!description) {
        return EBADF;
    }
    int error = 0;
    if (description->handle == COCO_HANDLE_NONE) { // empty input
        error = ENOTDIR;
    } else if (__coco_directory_path(description->handle, state->directory) < 0) {
        error = errno;
    }
    __coco_fd_put(description);
    return error;
}

static int apply(struct spawn_state *state, const struct spawn_action *action)
{
    int error = 0;
    for (; action && !error; action = action->next) {
        switch (action->kind) {
        case SPAWN_OPEN:
            error = do_open(state, action);
            break;
        case SPAWN_DUP2:
            error = do_dup2(state, action);
            break;
        case SPAWN_CLOSE: // closing what is not open is no error, as elsewhere
            (void)__coco_spawn_fd_close(&state->fds, action->fd);
            break;
        case SPAWN_CHDIR:
            error = do_chdir(state, action);
            break;
        case SPAWN_FCHDIR:
            error = do_fchdir(state, action);
            break;
        }
    }
    return error;
}

static void release(struct spawn_state *state)
{
    while (state->held_count > 0) {
        __coco_fd_put(state->held[--state->held_count]);
    }
    while (state->opened_count > 0) {
        (void)close(state->opened[--state->opened_count]); // open since do_open()
    }
}

// Start the program. Returns 0 with *pid, or an errno value.
static int start(pid_t *pid, const struct coco_spawn *request)
{
    int64_t process = coco_process_spawn(request);
    if (coco_is_error(process)) {
        return __coco_errno(process);
    }
    coco_handle_t handle = (coco_handle_t)process; // the kernel keeps children: it is not needed
    int64_t id = coco_process_handle_id(handle);   // cannot fail: it is ours
    (void)coco_close(handle);
    if (pid) {
        *pid = (pid_t)id;
    }
    return 0;
}

static void set_attributes(struct coco_spawn *request, const struct __posix_spawnattr *attr)
{
    if (attr->flags & POSIX_SPAWN_SETPGROUP) {
        request->flags |= COCO_SPAWN_GROUP;
        request->group = (uint64_t)attr->group;
    }
    if (attr->flags & POSIX_SPAWN_SETSID) {
        request->flags |= COCO_SPAWN_SESSION;
    }
    if (attr->flags & POSIX_SPAWN_SETSIGDEF) {
        request->default_signals = attr->defaults;
    }
    if (attr->flags & POSIX_SPAWN_SETSIGMASK) {
        request->flags |= COCO_SPAWN_BLOCK;
        request->blocked = attr->mask & ~((sigset_t)1 << SIGCANCEL);
    }
}

// Pack the strings and start state->program.
static int pack_and_start(pid_t *pid, struct spawn_state *state, char *const argv[],
                          char *const envp[])
{
    struct coco_spawn request = {.size = sizeof(request),
                                 .flags = COCO_SPAWN_MAY_SIGNAL | COCO_SPAWN_MAY_CONTROL |
                                          COCO_SPAWN_CHILD};
    size_t argv_len = __coco_spawn_pack(argv, NULL, COCO_ARGUMENT_MAX, &request.argument_count);
    size_t envp_len = argv_len == SIZE_MAX
                          ? SIZE_MAX
                          : __coco_spawn_pack(envp, NULL, COCO_ARGUMENT_MAX - argv_len,
                                              &request.environment_count);
    if (envp_len == SIZE_MAX) {
        return E2BIG;
    }
    char *strings = malloc(argv_len + envp_len + 1); // never of size 0
    if (!strings) {
        return ENOMEM;
    }
    (void)__coco_spawn_pack(argv, strings, argv_len, &request.argument_count);
    (void)__coco_spawn_pack(envp, strings + argv_len, envp_len, &request.environment_count);
    __coco_spawn_handles(&state->fds, state->handles);
    request.path = (uintptr_t)state->program;
    request.arguments = (uintptr_t)strings;
    request.arguments_len = argv_len;
    request.environment = (uintptr_t)(strings + argv_len);
    request.environment_len = envp_len;
    request.directory = (uintptr_t)state->directory;
    request.handles = (uintptr_t)state->handles;
    request.handle_count = (uint32_t)state->fds.count;
    if (state->attr) {
        set_attributes(&request, state->attr);
    }
    int error = start(pid, &request);
    free(strings);
    return error;
}

// Start the interpreter of the script state->program, which the caller calls `path`.
static int start_script(pid_t *pid, struct spawn_state *state, const char *path, char *const argv[],
                        char *const envp[])
{
    size_t count = 0;
    int error = __coco_script_read(state->program, &state->script);
    if (error) {
        return error;
    }
    while (argv && argv[count]) {
        count++;
    }
    char **words = malloc((count + 4) * sizeof(*words));
    if (!words) {
        return ENOMEM;
    }
    size_t used = 0;
    words[used++] = state->script.interpreter;
    if (state->script.argument) {
        words[used++] = state->script.argument;
    }
    words[used++] = (char *)(uintptr_t)path;
    for (size_t i = 1; i < count; i++) { // but for the script's name for itself
        words[used++] = argv[i];
    }
    words[used] = NULL;
    error = absolute(state, state->script.interpreter, state->program);
    if (!error) {
        error = __coco_program_check(state->program);
    }
    if (!error) {
        error = pack_and_start(pid, state, words, envp);
    }
    free(words);
    return error;
}

static int start_program(pid_t *pid, struct spawn_state *state, const char *path,
                         char *const argv[], char *const envp[])
{
    int error = absolute(state, path, state->program);
    if (!error) {
        error = __coco_program_check(state->program);
    }
    if (!error) {
        error = pack_and_start(pid, state, argv, envp);
    }
    return error == ENOEXEC ? start_script(pid, state, path, argv, envp) : error;
}

// Start the first program of a name that the folders of PATH have; they may be relative to the
// child's directory.
static int search_program(pid_t *pid, struct spawn_state *state, const char *file,
                          char *const argv[], char *const envp[])
{
    char path[COCO_PATH_MAX];
    struct coco_search search;
    __coco_search_begin(&search, file);
    while (__coco_search_next(&search, path)) {
        int error = start_program(pid, state, path, argv, envp);
        if (error == 0) {
            return 0;
        }
        if (!__coco_search_failed(&search, error)) {
            break;
        }
    }
    return search.error;
}

typedef int starter(pid_t *, struct spawn_state *, const char *, char *const *, char *const *);

// The actions are done once, however many places the program is looked for in. Their open() and
// close() are no cancellation points: what is held here would be lost.
static int spawn(starter *start_one, pid_t *pid, const char *program,
                 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
                 char *const argv[], char *const envp[])
{
    int saved_errno = errno;
    struct spawn_state *state = malloc(sizeof(*state)); // large, and mostly not used
    if (!state) {
        errno = saved_errno;
        return ENOMEM;
    }
    struct __pthread *self = __coco_self();
    int cancel_state = self->cancel_state;
    self->cancel_state = PTHREAD_CANCEL_DISABLE;
    state->attr = attr ? *attr : NULL;
    state->held_count = 0;
    state->opened_count = 0;
    state->fds.count = 0;
    __coco_cwd_get(state->directory);
    int error = 0;
    int count = __coco_fd_inheritable(FD_CLOEXEC | FD_CLOFORK, state->fds.entry, state->held,
                                      COCO_SPAWN_HANDLES_MAX);
    if (count < 0) {
        error = errno;
    } else {
        state->fds.count = state->held_count = count;
        error = apply(state, actions ? (*actions)->first : NULL);
    }
    if (!error) {
        error = start_one(pid, state, program, argv, envp ? envp : environ);
    }
    release(state);
    free(state);
    self->cancel_state = cancel_state;
    errno = saved_errno;
    return error;
}

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attr, char *const argv[], char *const envp[])
{
    return spawn(start_program, pid, path, actions, attr, argv, envp);
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attr, char *const argv[], char *const envp[])
{
    return spawn(search_program, pid, file, actions, attr, argv, envp);
}
