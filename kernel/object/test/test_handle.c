// SPDX-License-Identifier: MIT
#include "plain.h"

#include <machine.h>
#include <mm/fault_inject.h>
#include <mm/page.h>
#include <mm/quota.h>
#include <object/handle.h>
#include <string.h>
#include <unit.h>

#define FILE_MASK OBJECT_MASK(COCO_OBJECT_FILE)

static struct handle_table table;

static uint32_t install(struct object *object, uint32_t rights)
{
    uint32_t number = UINT32_MAX;

    UNIT_OK(handle_install(&table, object, rights, &number));
    return number;
}

UNIT_TEST(handle_numbers_are_the_lowest_free)
{
    struct object *object;

    machine_start();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    for (uint32_t i = 0; i < 200; i++) {
        UNIT_EQUAL(install(object, 0), i);
    }
    UNIT_OK(handle_close(&table, 130));
    UNIT_OK(handle_close(&table, 63));
    UNIT_OK(handle_close(&table, 64));
    UNIT_EQUAL(install(object, 0), 63);
    UNIT_EQUAL(install(object, 0), 64);
    UNIT_EQUAL(install(object, 0), 130);
    UNIT_EQUAL(install(object, 0), 200);
    handle_table_destroy(&table);
    UNIT_EQUAL(object->refs, 1);
    UNIT_EQUAL(object->handles, 0);
    object_put(object);
}

UNIT_TEST(handle_refusals_in_order)
{
    struct object *file;
    struct object *found = NULL;
    uint32_t read_only;
    uint32_t none;

    machine_start();
    handle_table_init(&table);
    file = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    read_only = install(file, COCO_RIGHT_READ | COCO_RIGHT_DUP);
    none = install(file, 0);
    UNIT_EQUAL(handle_get(&table, 77, 0, COCO_RIGHT_READ, &found), ERR_NOTFOUND);
    UNIT_EQUAL(handle_get(&table, COCO_HANDLE_MAX, FILE_MASK, 0, &found), ERR_NOTFOUND);
    UNIT_EQUAL(handle_get(&table, COCO_HANDLE_NONE, FILE_MASK, 0, &found), ERR_NOTFOUND);
    /* the wrong kind comes before the missing right */
    UNIT_EQUAL(handle_get(&table, none, OBJECT_MASK(COCO_OBJECT_DIR), COCO_RIGHT_READ, &found),
               ERR_NOTSUPP);
    UNIT_EQUAL(handle_get(&table, none, FILE_MASK, COCO_RIGHT_READ, &found), ERR_WRONLY);
    UNIT_EQUAL(handle_get(&table, read_only, FILE_MASK, COCO_RIGHT_WRITE, &found), ERR_RDONLY);
    UNIT_EQUAL(handle_get(&table, read_only, FILE_MASK, COCO_RIGHT_WRITE | COCO_RIGHT_EXEC, &found),
               ERR_RDONLY);
    UNIT_EQUAL(handle_get(&table, read_only, FILE_MASK, COCO_RIGHT_EXEC, &found), ERR_PERM);
    UNIT_CHECK(found == NULL);
    UNIT_EQUAL(file->refs, 3);
    UNIT_OK(handle_get(&table, read_only, FILE_MASK, COCO_RIGHT_READ | COCO_RIGHT_DUP, &found));
    UNIT_CHECK(found == file);
    UNIT_EQUAL(file->refs, 4);
    object_put(found);
    handle_table_destroy(&table);
    object_put(file);
}

UNIT_TEST(handle_limit_is_mfile)
{
    struct object *object;
    uint32_t number;

    machine_start();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    for (uint32_t i = 0; i < COCO_HANDLE_MAX; i++) {
        UNIT_EQUAL(install(object, 0), i);
    }
    UNIT_EQUAL(handle_install(&table, object, 0, &number), ERR_MFILE);
    UNIT_EQUAL(handle_install_at(&table, COCO_HANDLE_MAX, object, 0), ERR_MFILE);
    UNIT_EQUAL(handle_install_at(&table, UINT32_MAX, object, 0), ERR_MFILE);
    UNIT_EQUAL(handle_install_at(&table, 5, object, 0), ERR_EXIST);
    UNIT_EQUAL(object->refs, 1 + COCO_HANDLE_MAX);
    UNIT_OK(handle_close(&table, COCO_HANDLE_MAX - 1));
    UNIT_EQUAL(install(object, 0), COCO_HANDLE_MAX - 1);
    handle_table_destroy(&table);
    object_put(object);
}

UNIT_TEST(handle_close_drops_the_reference)
{
    unsigned destroyed = 0;
    unsigned zero = 0;
    struct object *object;
    uint32_t first;
    uint32_t second;

    machine_start();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, &destroyed, &zero);
    first = install(object, 0);
    second = install(object, 0);
    object_put(object);
    UNIT_OK(handle_close(&table, first));
    UNIT_EQUAL(zero + destroyed, 0);
    UNIT_EQUAL(handle_close(&table, first), ERR_NOTFOUND);
    UNIT_OK(handle_close(&table, second));
    UNIT_EQUAL(zero, 1);
    UNIT_EQUAL(destroyed, 1);
    handle_table_destroy(&table);
}

UNIT_TEST(handle_install_needs_memory)
{
    struct machine_usage before;
    struct object *object;
    uint32_t number = 99;
    uint64_t handles;

    machine_start();
    before = machine_usage();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    handles = handle_count();
    fault_inject_arm(0);
    UNIT_EQUAL(handle_install(&table, object, 0, &number), ERR_NOMEM);
    UNIT_CHECK(fault_inject_disarm());
    UNIT_EQUAL(number, 99);
    UNIT_EQUAL(object->refs, 1);
    UNIT_EQUAL(object->handles, 0);
    UNIT_EQUAL(handle_count(), handles);
    UNIT_EQUAL(install(object, 0), 0);
    handle_table_destroy(&table);
    UNIT_EQUAL(handle_count(), handles);
    object_put(object);
    machine_check_usage(before);
}

/* What a process can make through handles counts, but for the first of them. */
UNIT_TEST(handle_tables_count_as_memory)
{
    struct handle_table copy;
    struct machine_usage before;
    struct object *object;
    uint64_t promised;

    machine_start();
    object = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    before = machine_usage();
    promised = quota_used(&quota_root, QUOTA_MEMORY);
    handle_table_init(&table);
    handle_table_init(&copy);
    for (uint32_t i = 0; i < 3 * HANDLE_CHUNK_SIZE; i++) {
        (void)install(object, 0);
        if (i == 0) {
            UNIT_EQUAL(quota_used(&quota_root, QUOTA_MEMORY), promised);
        }
    }
    uint64_t each = (quota_used(&quota_root, QUOTA_MEMORY) - promised) / 2;
    UNIT_CHECK(each >= PAGE_SIZE);
    UNIT_OK(handle_table_copy(&copy, &table));
    UNIT_EQUAL(quota_used(&quota_root, QUOTA_MEMORY) - promised, 4 * each);
    /* With all memory promised to others there is no more room. */
    uint64_t rest = quota_limit(&quota_root, QUOTA_MEMORY) - promised - 4 * each;
    uint32_t number;
    quota_add(&quota_root, QUOTA_MEMORY, rest);
    UNIT_EQUAL(handle_install(&table, object, 0, &number), ERR_NOMEM);
    quota_return(&quota_root, QUOTA_MEMORY, rest);
    UNIT_EQUAL(install(object, 0), 3 * HANDLE_CHUNK_SIZE);
    handle_table_destroy(&copy);
    handle_table_destroy(&table);
    UNIT_EQUAL(quota_used(&quota_root, QUOTA_MEMORY), promised);
    machine_check_usage(before);
    object_put(object);
}

UNIT_TEST(handle_table_stays_closed)
{
    struct object *object;
    struct object *found;
    uint32_t number;

    machine_start();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    number = install(object, 0);
    handle_table_destroy(&table);
    UNIT_EQUAL(handle_install(&table, object, 0, &number), ERR_CANCELED);
    UNIT_EQUAL(handle_install_at(&table, 3, object, 0), ERR_CANCELED);
    UNIT_EQUAL(handle_get(&table, 0, OBJECT_MASK_ANY, 0, &found), ERR_NOTFOUND);
    handle_table_destroy(&table);
    UNIT_EQUAL(object->refs, 1);
    object_put(object);
}

/* Random calls beside a plain array that does the same the slow way. */
struct model {
    struct object *objects[COCO_HANDLE_MAX];
    uint32_t rights[COCO_HANDLE_MAX];
};

static struct model model;

static uint32_t model_lowest(void)
{
    uint32_t number = 0;

    while (number < COCO_HANDLE_MAX && model.objects[number] != NULL) {
        number++;
    }
    return number;
}

static void model_step(struct object *const *objects, uint32_t span)
{
    uint32_t number = (uint32_t)unit_random_below(span);
    struct object *object = objects[unit_random_below(4)];
    uint32_t rights = (uint32_t)unit_random_below(COCO_RIGHTS_ALL + 1);
    struct object *found = NULL;
    uint32_t found_rights = 0;
    uint32_t lowest = model_lowest();

    switch (unit_random_below(4)) {
    case 0:
        UNIT_EQUAL(install(object, rights), lowest);
        model.objects[lowest] = object;
        model.rights[lowest] = rights;
        break;
    case 1:
        UNIT_EQUAL(handle_install_at(&table, number, object, rights),
                   model.objects[number] != NULL ? ERR_EXIST : OK);
        if (model.objects[number] == NULL) {
            model.objects[number] = object;
            model.rights[number] = rights;
        }
        break;
    case 2:
        UNIT_EQUAL(handle_close(&table, number), model.objects[number] != NULL ? OK : ERR_NOTFOUND);
        model.objects[number] = NULL;
        break;
    default:
        UNIT_EQUAL(handle_info(&table, number, &found, &found_rights),
                   model.objects[number] != NULL ? OK : ERR_NOTFOUND);
        UNIT_CHECK(found == model.objects[number]);
        UNIT_CHECK(found == NULL || found_rights == model.rights[number]);
        object_put(found);
        break;
    }
}

UNIT_TEST(handle_table_equals_a_model)
{
    struct object *objects[4];
    uint32_t open = 0;

    machine_start();
    handle_table_init(&table);
    for (unsigned i = 0; i < 4; i++) {
        objects[i] = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    }
    for (unsigned i = 0; i < 20000; i++) {
        model_step(objects, i < 10000 ? 300 : 1000);
    }
    for (uint32_t i = 0; i < COCO_HANDLE_MAX; i++) {
        open += model.objects[i] != NULL;
    }
    UNIT_EQUAL(table.count, open);
    UNIT_EQUAL(handle_count(), open);
    handle_table_destroy(&table);
    for (unsigned i = 0; i < 4; i++) {
        UNIT_EQUAL(objects[i]->refs, 1);
        object_put(objects[i]);
    }
}

UNIT_TEST(handle_table_is_copied)
{
    static struct handle_table copy;
    struct machine_usage before;
    struct object *object;
    struct object *found;
    uint32_t number;

    machine_start();
    before = machine_usage();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, NULL, NULL);
    for (uint32_t i = 0; i < 150; i++) {
        (void)install(object, i % 2 == 0 ? COCO_RIGHT_READ : 0);
    }
    UNIT_OK(handle_close(&table, 70));
    handle_table_init(&copy);
    UNIT_OK(handle_table_copy(&copy, &table));
    UNIT_EQUAL(copy.count, 149);
    UNIT_EQUAL(object->refs, 1 + 2 * 149);
    UNIT_EQUAL(handle_get(&copy, 70, FILE_MASK, 0, &found), ERR_NOTFOUND);
    UNIT_EQUAL(handle_get(&copy, 71, FILE_MASK, COCO_RIGHT_READ, &found), ERR_WRONLY);
    UNIT_OK(handle_get(&copy, 72, FILE_MASK, COCO_RIGHT_READ, &found));
    object_put(found);
    UNIT_OK(handle_install(&copy, object, 0, &number));
    UNIT_EQUAL(number, 70);
    handle_table_destroy(&copy);
    for (uint64_t fail = 0; fail < 3; fail++) { /* one chunk after the other */
        handle_table_init(&copy);
        fault_inject_arm(fail);
        UNIT_EQUAL(handle_table_copy(&copy, &table), ERR_NOMEM);
        UNIT_CHECK(fault_inject_disarm());
        handle_table_destroy(&copy);
    }
    UNIT_EQUAL(object->refs, 1 + 149);
    handle_table_destroy(&table);
    UNIT_EQUAL(object->handles, 0);
    object_put(object);
    machine_check_usage(before);
}

UNIT_TEST(handle_on_its_way_is_one)
{
    unsigned zero = 0;
    struct object *object;
    struct object *found = NULL;
    uint32_t number;
    uint32_t rights;

    machine_start();
    handle_table_init(&table);
    object = plain_make(COCO_OBJECT_FILE, NULL, &zero);
    number = install(object, COCO_RIGHT_READ);
    UNIT_EQUAL(handle_take_along(&table, number + 1, &found, &rights), ERR_NOTFOUND);
    UNIT_OK(handle_take_along(&table, number, &found, &rights));
    UNIT_CHECK(found == object && rights == COCO_RIGHT_READ);
    UNIT_OK(handle_close(&table, number));
    UNIT_EQUAL(zero, 0);
    UNIT_EQUAL(install(found, rights), number);
    handle_drop(found);
    UNIT_EQUAL(zero, 0);
    UNIT_OK(handle_close(&table, number));
    UNIT_EQUAL(zero, 1);
    UNIT_EQUAL(object->refs, 1);
    object_put(object);
    handle_table_destroy(&table);
}
