// SPDX-License-Identifier: MIT
// process_spawn and process_exec: everything is copied in and checked first, then the process is
// made, or gets its new program.
#include <arch/thread.h>
#include <base/math.h>
#include <base/string.h>
#include <fs/fs.h>
#include <fs/log.h>
#include <fs/namespace.h>
#include <mm/heap.h>
#include <object/handle.h>

#include "confine.h"
#include "new_handle.h"
#include "program_file.h"
#include "prototypes.h"
#include "user_path.h"

/// What a call has copied in and holds. All zero is empty.
struct spawn {
    struct coco_spawn request;
    void *strings; /* arguments, then environment */
    struct process_start_handle *handles;
    uint32_t handles_held;         /* taken along in `handles` */
    uint32_t handle_flags;         /* that a handle may have */
    uint32_t need;                 /* right that each handle must carry */
    struct process_policy *policy; /* NULL: the caller's */
    struct object *root;           /* NULL: the caller's */
    struct object *log;            /* of take_log(); NULL: the caller's */
};

static enum status check_request(const struct coco_spawn *request, uint32_t flags_known)
{
    uint64_t len;

    if ((request->flags & ~flags_known) != 0 ||
        ((request->flags & COCO_SPAWN_GROUP) == 0 && request->group != 0) ||
        ((request->flags & COCO_SPAWN_BLOCK) == 0 && request->blocked != 0) ||
        (request->flags & (COCO_SPAWN_TERMINAL | COCO_SPAWN_SESSION)) == COCO_SPAWN_TERMINAL ||
        (flags_known != COCO_SPAWN_MASK && request->default_signals != 0) ||
        request->reserved != 0 || request->handle_count > COCO_SPAWN_HANDLES_MAX) {
        return ERR_INVAL;
    }
    if (!checked_add(request->arguments_len, request->environment_len, &len) ||
        len > COCO_ARGUMENT_MAX) {
        return ERR_TOOBIG;
    }
    return OK;
}

static enum status copy_strings(struct spawn *spawn)
{
    const struct coco_spawn *request = &spawn->request;
    size_t arguments_len = (size_t)request->arguments_len;
    size_t environment_len = (size_t)request->environment_len;

    if (arguments_len + environment_len == 0) {
        return OK;
    }
    enum status status = kmalloc(arguments_len + environment_len, &spawn->strings);
    if (status == OK) {
        status = user_copy_in(spawn->strings, uaddr(request->arguments), arguments_len);
    }
    if (status == OK) {
        status = user_copy_in((char *)spawn->strings + arguments_len, uaddr(request->environment),
                              environment_len);
    }
    return status;
}

/// Turn one handle of the caller into one for the program; `out->object` is taken along on OK.
static enum status take_handle(const struct spawn *spawn, const struct coco_spawn_handle *given,
                               struct process_start_handle *out)
{
    uint32_t need = spawn->need;
    uint32_t held;

    if ((given->flags & ~spawn->handle_flags) != 0) {
        return ERR_INVAL;
    }
    enum status status =
        handle_take_along(process_handles(process_current()), given->handle, &out->object, &held);
    if (status != OK) {
        return status;
    }
    out->rights = given->rights == COCO_RIGHTS_SAME ? held : given->rights;
    out->role = given->role;
    out->unlock = (given->flags & COCO_SPAWN_HANDLE_UNLOCK) != 0;
    if ((held & need) != need || (out->rights & ~held) != 0) {
        handle_drop(out->object);
        return ERR_PERM;
    }
    return OK;
}

static enum status take_handles(struct spawn *spawn)
{
    uint32_t count = spawn->request.handle_count;
    void *memory;

    if (count == 0) {
        return OK;
    }
    enum status status = kcalloc(count, sizeof(*spawn->handles), &memory);
    if (status != OK) {
        return status;
    }
    spawn->handles = memory;
    for (uint32_t i = 0; status == OK && i < count; i++) {
        struct coco_spawn_handle given;
        uint64_t offset = (uint64_t)i * sizeof(given);
        uint64_t address;
        if (!checked_add(spawn->request.handles, offset, &address)) {
            return ERR_INVAL;
        }
        status = user_copy_in(&given, uaddr(address), sizeof(given));
        if (status == OK) {
            status = take_handle(spawn, &given, &spawn->handles[i]);
        }
        spawn->handles_held += status == OK;
    }
    return status;
}

/// Takes the last handle, a log, out of those that the program gets.
static enum status take_log(struct spawn *spawn)
{
    if ((spawn->request.flags & COCO_SPAWN_LOG) == 0) {
        return OK;
    }
    if (spawn->request.handle_count == 0) {
        return ERR_INVAL;
    }
    struct object *last = spawn->handles[spawn->request.handle_count - 1].object;
    if (last->type != COCO_OBJECT_LOG) {
        return ERR_NOTSUPP;
    }
    spawn->log = last; // it is dropped with the others
    spawn->request.handle_count--;
    return OK;
}

static void release(struct spawn *spawn)
{
    for (uint32_t i = 0; i < spawn->handles_held; i++) {
        handle_drop(spawn->handles[i].object);
    }
    kfree(spawn->handles);
    kfree(spawn->strings);
}

/// A process with the program of `node`. Result of the call.
static int64_t start(struct vfs_node *node, const char *name, size_t name_len,
                     struct process_start_args *args)
{
    struct process *process;
    uint32_t number;
    // A process that runs cannot be taken back, so the handle number comes first.
    enum status status = new_handle_reserve(&number);

    if (status != OK) {
        return status;
    }
    status = program_file_start(node, name, name_len, args, &process);
    if (status != OK) {
        new_handle_cancel(number);
        return status;
    }
    return new_handle_fill(number, &process->object, COCO_OBJECT_PROCESS_RIGHTS);
}

/// The program that a handle of the caller names; a new reference.
static enum status program_of_handle(uint64_t number, struct vfs_node **out)
{
    struct object *file;

    if (number > UINT32_MAX) {
        return ERR_NOTFOUND;
    }
    enum status status = handle_get(process_handles(process_current()), (uint32_t)number,
                                    OBJECT_MASK(COCO_OBJECT_FILE), COCO_RIGHT_EXEC, &file);
    if (status == OK) {
        *out = file_node(file);
        vfs_node_get(*out);
        object_put(file);
    }
    return status;
}

/// The first terminal among the handles, if one is asked for; otherwise NULL.
static struct object *find_terminal(const struct spawn *spawn)
{
    bool wanted = (spawn->request.flags & COCO_SPAWN_TERMINAL) != 0;

    for (uint32_t i = 0; wanted && i < spawn->handles_held; i++) {
        if (spawn->handles[i].object->type == COCO_OBJECT_TTY) {
            return spawn->handles[i].object;
        }
    }
    return NULL;
}

/// Look the program at `path`, NULL for one that is given by a handle, up and start it, or if
/// `entry` is not NULL let the caller have it.
static int64_t perform(const struct spawn *spawn, const struct user_path *path,
                       const char *directory, struct arch_user_entry *entry)
{
    const struct coco_spawn *request = &spawn->request;
    const char *strings = spawn->strings;
    struct process_start_args args = {
        .root = spawn->root != NULL ? spawn->root : process_root(process_current()),
        .policy = spawn->policy,
        .log_source = spawn->log,
        .log_label = spawn->log != NULL ? log_object_label(spawn->log) : "",
        .arguments = {strings, (size_t)request->arguments_len, request->argument_count},
        .directory = directory,
        .handles = spawn->handles,
        .handle_count = request->handle_count,
        .may_signal_parent = (request->flags & COCO_SPAWN_MAY_SIGNAL) != 0,
        .may_control = (request->flags & COCO_SPAWN_MAY_CONTROL) != 0,
        .child = (request->flags & COCO_SPAWN_CHILD) != 0,
        .new_session = (request->flags & COCO_SPAWN_SESSION) != 0,
        .terminal = find_terminal(spawn),
        .set_group = (request->flags & COCO_SPAWN_GROUP) != 0,
        .group = request->group,
        .default_signals = request->default_signals,
        .set_blocked = (request->flags & COCO_SPAWN_BLOCK) != 0,
        .blocked = request->blocked,
    };
    struct vfs_node *node;
    size_t name_len;
    const char *name;

    args.environment.bytes = strings == NULL ? NULL : strings + request->arguments_len;
    args.environment.len = (size_t)request->environment_len;
    args.environment.count = request->environment_count;
    int64_t result;
    if (path == NULL) {
        name = process_name(process_current());
        name_len = strlen(name);
        result = program_of_handle(request->path, &node);
    } else {
        name = user_path_last(path, &name_len);
        result = vfs_lookup(caller_origin_for(NULL, VIEW_READ), path->text, VFS_POSIX, &node);
    }
    if (result != OK) {
        return result;
    }
    result = entry == NULL ? start(node, name, name_len, &args)
                           : program_file_exec(node, name, name_len, &args, entry);
    vfs_node_put(node);
    return result;
}

/// Copy the paths in and go on.
static int64_t perform_at_paths(const struct spawn *spawn, struct arch_user_entry *entry)
{
    bool by_handle = (spawn->request.flags & COCO_SPAWN_FILE) != 0;
    struct user_path path;
    struct user_path directory;
    const struct user_path *given = by_handle ? NULL : &path;
    enum status status = OK;
    int64_t result;

    if (!by_handle) {
        status = user_path_copy(&path, uaddr(spawn->request.path), VFS_POSIX);
    }
    if (status != OK) {
        return status;
    }
    if (spawn->request.directory == 0) {
        result = perform(spawn, given, NULL, entry);
    } else {
        status = user_path_copy(&directory, uaddr(spawn->request.directory), VFS_POSIX);
        result = status;
        if (status == OK) {
            result = perform(spawn, given, directory.text, entry);
            user_path_free(&directory);
        }
    }
    if (!by_handle) {
        user_path_free(&path);
    }
    return result;
}

/// Both sizes that there are; what a smaller one lacks is 0.
static enum status copy_request(struct coco_spawn *request, uaddr_t arguments)
{
    enum status status = user_copy_in(request, arguments, sizeof(*request));

    if (status == OK && request->size == sizeof(*request)) {
        return OK;
    }
    // A smaller one may stand before memory that cannot be read.
    *request = (struct coco_spawn){0};
    status = user_copy_in(request, arguments, COCO_SPAWN_SIZE_1);
    return status == OK && request->size != COCO_SPAWN_SIZE_1 ? ERR_INVAL : status;
}

/// `entry` as for perform().
static int64_t run(struct spawn *spawn, uaddr_t arguments, uint32_t flags_known,
                   struct arch_user_entry *entry)
{
    enum status status = copy_request(&spawn->request, arguments);
    int64_t result;

    if (status == OK) {
        status = check_request(&spawn->request, flags_known);
    }
    if (status == OK) {
        status = take_handles(spawn);
    }
    if (status == OK) {
        status = take_log(spawn);
    }
    if (status == OK) {
        status = copy_strings(spawn);
    }
    result = status == OK ? perform_at_paths(spawn, entry) : status;
    release(spawn);
    return result;
}

int64_t sys_process_spawn(uaddr_t arguments)
{
    struct spawn spawn = {.need = COCO_RIGHT_TRANSFER};

    return run(&spawn, arguments, COCO_SPAWN_MASK, NULL);
}

int64_t sys_process_spawn_confined(uaddr_t arguments, uaddr_t policy)
{
    struct confinement confinement;
    uint8_t probe[COCO_SPAWN_SIZE_1];
    // Memory that cannot be read is a reason before any value.
    enum status status = user_copy_in(probe, arguments, sizeof(probe));

    if (status == OK) {
        status = confine_copy(policy, &confinement);
    }
    if (status != OK) {
        return status;
    }
    struct spawn spawn = {
        .need = COCO_RIGHT_TRANSFER, .policy = confinement.policy, .root = confinement.root};
    int64_t result = run(&spawn, arguments, COCO_SPAWN_MASK, NULL);
    confine_free(&confinement);
    return result;
}

int64_t sys_process_exec(uaddr_t arguments)
{
    struct spawn spawn = {.handle_flags = COCO_SPAWN_HANDLE_UNLOCK};
    struct arch_user_entry entry;
    int64_t result = run(&spawn, arguments, COCO_SPAWN_FILE, &entry);

    if (result == OK) {
        arch_thread_enter_user(&entry); // nothing is held any more
    }
    return result;
}

int64_t sys_process_confine(struct user_in calls, struct user_in grants)
{
    const uint64_t most = COCO_POLICY_CALLS_MAX * sizeof(struct coco_call_set);

    return calls.len > most || grants.len > most ? ERR_INVAL : confine_self(calls, grants);
}
