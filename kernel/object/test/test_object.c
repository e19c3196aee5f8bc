// SPDX-License-Identifier: MIT
#include "plain.h"

#include <string.h>
#include <unit.h>

UNIT_TEST(object_lives_as_long_as_referenced)
{
    unsigned destroyed = 0;
    uint64_t before = object_count();
    struct object *object = plain_make(COCO_OBJECT_FILE, &destroyed, NULL);

    UNIT_EQUAL(object_count(), before + 1);
    UNIT_CHECK(object_get(object));
    object_put(object);
    UNIT_EQUAL(destroyed, 0);
    object_put(object);
    UNIT_EQUAL(destroyed, 1);
    UNIT_EQUAL(object_count(), before);
    object_put(NULL);
}

UNIT_TEST(object_get_fails_from_zero)
{
    struct object dying = {.refs = 0, .type = COCO_OBJECT_FILE};

    UNIT_CHECK(!object_get(&dying));
    UNIT_EQUAL(dying.refs, 0);
}

static void put_twice(void *argument)
{
    static struct object object = {.refs = 0, .type = COCO_OBJECT_FILE};

    (void)argument;
    object_put(&object);
}

static void put_with_handle(void *argument)
{
    struct object *object = plain_make(COCO_OBJECT_FILE, NULL, NULL);

    (void)argument;
    object_handle_added(object);
    object_put(object);
}

static void bad_tag(void *argument)
{
    struct object object = {.refs = 1, .type = COCO_OBJECT_THREAD};
    uint64_t size;

    (void)argument;
    (void)!object_truncate(&object, 0, &size);
}

static void get_overflow(void *argument)
{
    static struct object object = {.refs = UINT32_MAX, .type = COCO_OBJECT_FILE};

    (void)argument;
    (void)!object_get(&object);
}

UNIT_TEST(object_misuse_panics)
{
    UNIT_CHECK(unit_panics(put_twice, NULL, "put twice"));
    UNIT_CHECK(unit_panics(put_with_handle, NULL, "while a handle names it"));
    UNIT_CHECK(unit_panics(bad_tag, NULL, "unknown type tag"));
    UNIT_CHECK(unit_panics(get_overflow, NULL, "overflows"));
}

UNIT_TEST(object_zero_handles_each_time)
{
    unsigned zero = 0;
    struct object *object = plain_make(COCO_OBJECT_DIR, NULL, &zero);
    struct object *bare = plain_make(COCO_OBJECT_LOG, NULL, &zero);

    object_handle_added(object);
    object_handle_added(object);
    object_handle_removed(object);
    UNIT_EQUAL(zero, 0);
    object_handle_removed(object);
    UNIT_EQUAL(zero, 1);
    object_handle_added(object);
    object_handle_removed(object);
    UNIT_EQUAL(zero, 2);
    object_handle_added(bare); /* a kind without the operation */
    object_handle_removed(bare);
    UNIT_EQUAL(zero, 2);
    object_put(object);
    object_put(bare);
}

UNIT_TEST(object_handle_is_kept_unless_the_last_is_gone)
{
    unsigned zero = 0;
    struct object *object = plain_make(COCO_OBJECT_DIR, NULL, &zero);

    object_handle_added(object);
    UNIT_CHECK(object_handle_kept(object));
    object_handle_removed(object);
    UNIT_EQUAL(zero, 0);
    object_handle_removed(object);
    UNIT_EQUAL(zero, 1);
    UNIT_CHECK(!object_handle_kept(object));
    UNIT_EQUAL(object->handles, 0);
    object_put(object);
}

UNIT_TEST(object_operations_default_to_notsupp)
{
    struct object *file = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    struct object *log = plain_make(COCO_OBJECT_LOG, NULL, NULL);
    const struct user_in in = {0};
    const struct user_out out = {0};
    struct coco_stat stat;
    uint64_t value = 0;
    size_t done;

    UNIT_OK(object_truncate(file, 41, &value));
    UNIT_EQUAL(value, 42);
    UNIT_EQUAL(object_truncate(log, 41, &value), ERR_NOTSUPP);
    UNIT_EQUAL(object_read(log, out, &done), ERR_NOTSUPP);
    UNIT_EQUAL(object_write(log, in, &done), ERR_NOTSUPP);
    UNIT_EQUAL(object_pread(log, out, 0, &done), ERR_NOTSUPP);
    UNIT_EQUAL(object_pwrite(log, in, 0, &done), ERR_NOTSUPP);
    UNIT_EQUAL(object_fs_seek(log, 0, 0, &value), ERR_NOTSUPP);
    UNIT_EQUAL(object_seek(log, 0, 0, &value), ERR_NOTSUPP);
    UNIT_EQUAL(object_resize(log, 0), ERR_NOTSUPP);
    UNIT_EQUAL(object_readdir(log, out, &done), ERR_NOTSUPP);
    UNIT_EQUAL(object_stat(log, &stat), ERR_NOTSUPP);
    UNIT_CHECK(strcmp(object_type_name(log), "bare") == 0);
    object_put(file);
    object_put(log);
}
