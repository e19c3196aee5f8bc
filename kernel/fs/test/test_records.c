// SPDX-License-Identifier: MIT
// Locks on files against a model with a cell for each byte and owner.
#include "support.h"

#include <fs/record_lock.h>
#include <mm/fault_inject.h>
#include <string.h>

#define BYTES 40u
#define OWNERS 3u
#define STEPS 20000u

static uint32_t model[OWNERS][BYTES];
static struct record_owner owners[OWNERS];

static bool model_allows(unsigned owner, const struct record_request *request)
{
    for (unsigned other = 0; other < OWNERS; other++) {
        for (uint64_t at = request->first; other != owner && at <= request->last; at++) {
            uint32_t held = model[other][at];
            if (held != COCO_LOCK_NONE &&
                (held == COCO_LOCK_EXCLUSIVE || request->kind == COCO_LOCK_EXCLUSIVE)) {
                return false;
            }
        }
    }
    return true;
}

/// How many ranges the owner holds in the model: neighbours of one kind are one.
static uint32_t model_count(unsigned owner)
{
    uint32_t count = 0;

    for (unsigned at = 0; at < BYTES; at++) {
        uint32_t held = model[owner][at];
        count += held != COCO_LOCK_NONE && (at == 0 || model[owner][at - 1] != held);
    }
    return count;
}

UNIT_TEST(records_against_a_model)
{
    struct vfs_node *node;
    unsigned refused = 0;

    support_start();
    node = support_file("records");
    for (unsigned i = 0; i < OWNERS; i++) {
        record_owner_init(&owners[i], i);
    }
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned owner = (unsigned)(unit_random() % OWNERS);
        struct record_request request = {.kind = (uint32_t)(unit_random() % 3)};
        request.first = unit_random() % BYTES;
        request.last = request.first + unit_random() % (BYTES - request.first);
        bool allowed = request.kind == COCO_LOCK_NONE || model_allows(owner, &request);
        struct record_request found = request;
        uint64_t id;

        if (request.kind != COCO_LOCK_NONE) {
            record_lock_find(node, &owners[owner], &found, &id);
            UNIT_EQUAL(found.kind == COCO_LOCK_NONE, allowed);
            UNIT_CHECK(allowed || (found.first <= request.last && found.last >= request.first &&
                                   model[id][found.first] == found.kind));
        }
        UNIT_EQUAL(record_lock_set(node, &owners[owner], &request, false),
                   allowed ? OK : ERR_AGAIN);
        refused += !allowed;
        for (uint64_t at = request.first; allowed && at <= request.last; at++) {
            model[owner][at] = request.kind;
        }
        for (unsigned i = 0; i < OWNERS; i++) {
            UNIT_EQUAL(owners[i].count, model_count(i));
        }
    }
    UNIT_CHECK(refused > STEPS / 10 && refused < STEPS - STEPS / 10);
    record_lock_release(node, &owners[0]);
    record_owner_end(&owners[1]);
    record_owner_end(&owners[2]);
    for (unsigned i = 0; i < OWNERS; i++) {
        UNIT_CHECK(record_owner_is_idle(&owners[i]));
    }
    memset(model, 0, sizeof(model));
    vfs_node_put(node);
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "records", VFS_POSIX, false));
}

/// Whole files and ranges do not see each other; an edit that lacks memory changes nothing.
UNIT_TEST(records_spaces_and_memory)
{
    const struct record_request whole = {
        .space = RECORD_WHOLE, .kind = COCO_LOCK_EXCLUSIVE, .last = INT64_MAX};
    struct record_request range = {.kind = COCO_LOCK_EXCLUSIVE, .first = 5, .last = 9};
    struct record_owner one;
    struct record_owner other;
    struct vfs_node *node;

    support_start();
    node = support_file("spaces");
    record_owner_init(&one, 0);
    record_owner_init(&other, 0);
    UNIT_OK(record_lock_set(node, &one, &whole, false));
    UNIT_OK(record_lock_set(node, &other, &range, false));
    UNIT_EQUAL(record_lock_set(node, &other, &whole, false), ERR_AGAIN);
    range = (struct record_request){.kind = COCO_LOCK_NONE, .first = 6, .last = 6};
    for (unsigned successes = 0; successes < 2; successes++) {
        fault_inject_arm(successes);
        UNIT_EQUAL(record_lock_set(node, &other, &range, false), ERR_NOMEM);
        UNIT_CHECK(fault_inject_disarm());
        UNIT_EQUAL(other.count, 1);
    }
    UNIT_OK(record_lock_set(node, &other, &range, false));
    UNIT_EQUAL(other.count, 2);
    record_owner_end(&one);
    record_owner_end(&other);
    vfs_node_put(node);
    UNIT_OK(vfs_unlink(vfs_origin_root(fs_root()), "spaces", VFS_POSIX, false));
}
