// SPDX-License-Identifier: MIT
#include "confine.h"

#include <arch/cpu.h>
#include <arch/timer.h>
#include <base/log.h>
#include <base/math.h>
#include <base/string.h>
#include <fs/fs.h>
#include <fs/namespace.h>
#include <syscall/syscall.h>
#include <task/budget.h>
#include <task/process.h>

#include "names.h"
#include "trace.h"
#include "user_path.h"

#define NS_PER_US 1000u
#define SHOWN_PATH_MAX 80u /* bytes of a path in a line of the log, with a NUL */

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
                   process_id(process), syscall_name(info->name));
    }
    return true;
}

struct fs_view *view_current(void)
{
    const struct process *process = process_current();

    return process == NULL || process->policy == NULL ? NULL : process->policy->view;
}

void policy_view_put(struct fs_view *view)
{
    view_put(view);
}

/// Characters that would end or colour a line of the log do not come from a path.
static void copy_shown(char *shown, size_t size, const char *path)
{
    size_t len = 0;

    for (; path[len] != '\0' && len < size - 1; len++) {
        uint8_t byte = (uint8_t)path[len];
        shown[len] = (char)(byte < 0x20 || byte >= 0x7f ? '?' : byte);
    }
    shown[len] = '\0';
}

void view_note_refusal(const char *path, bool hidden)
{
    struct process *process = process_current();
    uint32_t digest = hidden ? 2 : 1;
    char shown[SHOWN_PATH_MAX];

    copy_shown(shown, sizeof(shown), path);
    for (size_t i = 0; shown[i] != '\0'; i++) {
        digest = digest * 31 + (uint8_t)shown[i];
    }
    if (policy_may_tell(process->policy, digest, arch_time_ns())) {
        const struct log_subject subject = {process_id(process), process_label(process),
                                            COCO_LOG_KERNEL};

        klog_about(&subject, LOG_SEVERITY_WARNING,
                   "warning: policy: %s (process %lu) may not %s %s", process_label(process),
                   process_id(process), hidden ? "see" : "change", shown);
    }
}

/// Adds the calls of one record to `calls`, a word for each class.
static enum status add_record(uint64_t *calls, const struct coco_call_set *set)
{
    uint32_t slot = set->call_class & ~SYSCALL_PRIVATE_BIT;

    if (set->first % POLICY_INDICES != 0) {
        return ERR_INVAL;
    }
    if (slot < POLICY_CLASSES && set->first == 0) {
        calls[policy_word((set->call_class & SYSCALL_PRIVATE_BIT) != 0, slot)] |= set->mask;
    }
    return OK; // others name calls that there are not
}

/// Adds `count` records of user memory.
static enum status copy_calls(uint64_t records, uint64_t count, uint64_t *calls)
{
    enum status status = OK;

    for (uint64_t i = 0; status == OK && i < count; i++) {
        struct coco_call_set set;
        uint64_t address;

        if (!checked_add(records, i * sizeof(set), &address)) {
            return ERR_INVAL;
        }
        status = user_copy_in(&set, uaddr(address), sizeof(set));
        if (status == OK) {
            status = add_record(calls, &set);
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

/// One entry of the view of `given`.
static enum status add_to_view(struct fs_view *view, uint64_t address)
{
    struct coco_view entry;
    struct user_path path;
    enum status status = user_copy_in(&entry, uaddr(address), sizeof(entry));

    if (status == OK && ((entry.access & ~COCO_VIEW_WRITE) != 0 || entry.reserved != 0)) {
        status = ERR_INVAL;
    }
    if (status == OK) {
        status = user_path_copy(&path, uaddr(entry.path), VFS_POSIX);
    }
    if (status == OK) {
        status =
            view_add(view, caller_origin(NULL), path.text, (entry.access & COCO_VIEW_WRITE) != 0);
        user_path_free(&path);
    }
    return status;
}

/// The view that is asked for, in that of the caller; that of the caller if none is.
static enum status copy_view(const struct coco_policy *given, struct process_policy *policy)
{
    struct fs_view *outer = view_current();
    enum status status;

    if ((given->flags & COCO_POLICY_VIEW) == 0) {
        view_get(outer);
        policy->view = outer;
        return OK;
    }
    status = view_create(given->view_count, &policy->view);
    for (uint32_t i = 0; status == OK && i < given->view_count; i++) {
        uint64_t address;

        if (!checked_add(given->view, (uint64_t)i * sizeof(struct coco_view), &address)) {
            return ERR_INVAL;
        }
        status = add_to_view(policy->view, address);
    }
    if (status == OK) {
        view_put_into(policy->view, outer);
    }
    return status;
}

static enum status make_budget(const struct coco_policy *given, struct process_policy *policy)
{
    const struct process_policy *outer = process_current()->policy;

    if (given->cpu_budget == 0) {
        return OK; // policy_narrow() hands that of the caller on
    }
    return budget_create(given->cpu_budget * NS_PER_US, given->cpu_period * NS_PER_US,
                         outer == NULL ? NULL : outer->budget, &policy->budget);
}

static bool budget_is_valid(const struct coco_policy *given)
{
    if (given->cpu_budget == 0) {
        return given->cpu_period == 0;
    }
    return given->cpu_period >= COCO_CPU_PERIOD_MIN && given->cpu_period <= COCO_CPU_PERIOD_MAX &&
           given->cpu_budget >= COCO_CPU_BUDGET_MIN &&
           given->cpu_budget <= given->cpu_period * arch_cpu_count();
}

static bool is_valid(const struct coco_policy *given)
{
    bool view = (given->flags & COCO_POLICY_VIEW) != 0;

    return given->reserved == 0 && given->call_count <= COCO_POLICY_CALLS_MAX &&
           given->handles != 0 && given->handles <= COCO_HANDLE_MAX &&
           (given->flags & ~COCO_POLICY_MASK) == 0 &&
           given->view_count <= (view ? COCO_VIEW_MAX : 0) && budget_is_valid(given);
}

/// Both sizes that there are; what the smaller one lacks is 0.
static enum status copy_given(struct coco_policy *given, uaddr_t address)
{
    enum status status = user_copy_in(given, address, sizeof(*given));

    if (status == OK && given->size == sizeof(*given)) {
        return OK;
    }
    // The smaller one may stand before memory that cannot be read.
    *given = (struct coco_policy){0};
    status = user_copy_in(given, address, COCO_POLICY_SIZE_1);
    return status == OK && given->size != COCO_POLICY_SIZE_1 ? ERR_INVAL : status;
}

enum status confine_copy(uaddr_t address, struct confinement *out)
{
    struct coco_policy given;
    enum status status = copy_given(&given, address);

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
        status = copy_calls(given.calls, given.call_count, out->policy->calls);
        memcpy(out->policy->grants, out->policy->calls, sizeof(out->policy->grants));
    }
    if (status == OK) {
        status = make_budget(&given, out->policy);
    }
    if (status == OK && given.root != 0) {
        status = open_root(given.root, &out->root);
    }
    if (status == OK) {
        status = copy_view(&given, out->policy);
    }
    if (status != OK) {
        confine_free(out);
        return status;
    }
    policy_narrow(out->policy, process_current()->policy);
    syscall_policy_enable();
    return OK;
}

/// Fills what a policy of the current process has besides calls, and takes calls away.
static void keep_rest(struct process_policy *policy, const struct process_policy *old)
{
    for (size_t i = 0; i < ARRAY_SIZE(policy->calls); i++) {
        policy->calls[i] &= old == NULL ? UINT64_MAX : old->calls[i];
        policy->grants[i] |= policy->calls[i];
    }
    if (old != NULL) {
        policy->handles = old->handles;
        policy->memory = old->memory;
        policy->tasks = old->tasks;
        view_get(old->view);
        policy->view = old->view;
        policy_narrow(policy, old);
    }
}

enum status confine_self(struct user_in calls, struct user_in grants)
{
    struct process_policy *policy;
    enum status status = policy_create(&policy);

    if (status != OK) {
        return status;
    }
    status = copy_calls(calls.addr.v, calls.len / sizeof(struct coco_call_set), policy->calls);
    if (status == OK) {
        status =
            copy_calls(grants.addr.v, grants.len / sizeof(struct coco_call_set), policy->grants);
    }
    if (status == OK) {
        keep_rest(policy, process_current()->policy);
        status = process_set_policy(policy);
    }
    policy_put(policy);
    if (status == OK) {
        syscall_policy_enable();
    }
    return status;
}

void confine_free(struct confinement *confinement)
{
    policy_put(confinement->policy);
    object_put(confinement->root);
    *confinement = (struct confinement){0};
}
