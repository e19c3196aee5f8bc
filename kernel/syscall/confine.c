// SPDX-License-Identifier: MIT
#include "confine.h"

#include <base/log.h>
#include <base/math.h>
#include <fs/fs.h>
#include <fs/namespace.h>
#include <syscall/syscall.h>
#include <task/process.h>

#include "names.h"
#include "trace.h"
#include "user_path.h"

_Static_assert(SYSCALL_PUBLIC_CLASS_COUNT <= POLICY_CLASSES &&
                   SYSCALL_PRIVATE_CLASS_COUNT <= POLICY_CLASSES,
               "a policy has a word for each class");
_Static_assert(SYSCALL_INDEX_COUNT <= POLICY_INDICES, "a policy has a bit for each call");

bool confine_refuse(uint64_t number)
{
    struct process *process = process_current();
    const struct syscall_info *info = syscall_info_find(number);
    uint32_t class_value = (uint32_t)(number >> 32);
    size_t word = policy_word((class_value & SYSCALL_PRIVATE_BIT) != 0, class_value);

    if (info == NULL) {
        return false;
    }
    if (policy_note_refusal(process->policy, word, (uint32_t)number)) {
        const struct log_subject subject = {process_id(process), process_label(process),
                                            COCO_LOG_KERNEL};

        klog_about(&subject, LOG_SEVERITY_WARNING,
                   "warning: policy: %s (process %lu) may not call %s", process_label(process),
                   process_id(process), info->name);
    }
    return true;
}

/// Adds the calls of one record.
static enum status add_record(struct process_policy *policy, const struct coco_call_set *set)
{
    uint32_t slot = set->call_class & ~SYSCALL_PRIVATE_BIT;

    if (set->first % POLICY_INDICES != 0) {
        return ERR_INVAL;
    }
    if (slot < POLICY_CLASSES && set->first == 0) {
        policy->calls[policy_word((set->call_class & SYSCALL_PRIVATE_BIT) != 0, slot)] |= set->mask;
    }
    return OK; // others name calls that there are not
}

static enum status copy_calls(const struct coco_policy *given, struct process_policy *policy)
{
    enum status status = OK;

    for (uint32_t i = 0; status == OK && i < given->call_count; i++) {
        struct coco_call_set set;
        uint64_t address;

        if (!checked_add(given->calls, (uint64_t)i * sizeof(set), &address)) {
            return ERR_INVAL;
        }
        status = user_copy_in(&set, uaddr(address), sizeof(set));
        if (status == OK) {
            status = add_record(policy, &set);
        }
    }
    return status;
}

/// The directory that becomes the root.
static enum status open_root(uint64_t address, struct object **out)
{
    struct user_path path;
    struct vfs_node *node;
    enum status status = user_path_copy(&path, uaddr(address), VFS_POSIX);

    if (status != OK) {
        return status;
    }
    status = vfs_lookup(caller_origin(NULL), path.text, VFS_POSIX, &node);
    user_path_free(&path);
    if (status == OK) {
        status = dir_create(node, DIR_NO_SNAPSHOT, out);
        vfs_node_put(node);
    }
    return status;
}

static bool is_valid(const struct coco_policy *given)
{
    return given->size == sizeof(*given) && given->reserved == 0 &&
           given->call_count <= COCO_POLICY_CALLS_MAX && given->handles != 0 &&
           given->handles <= COCO_HANDLE_MAX;
}

enum status confine_copy(uaddr_t address, struct confinement *out)
{
    struct coco_policy given;
    enum status status = user_copy_in(&given, address, sizeof(given));

    *out = (struct confinement){0};
    if (status == OK && !is_valid(&given)) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = policy_create(&out->policy);
    }
    if (status == OK) {
        out->policy->handles = given.handles;
        out->policy->memory = given.memory;
        out->policy->tasks = given.tasks;
        status = copy_calls(&given, out->policy);
    }
    if (status == OK && given.root != 0) {
        status = open_root(given.root, &out->root);
    }
    if (status != OK) {
        confine_free(out);
        return status;
    }
    policy_narrow(out->policy, process_current()->policy);
    syscall_policy_enable();
    return OK;
}

void confine_free(struct confinement *confinement)
{
    policy_put(confinement->policy);
    object_put(confinement->root);
    *confinement = (struct confinement){0};
}
