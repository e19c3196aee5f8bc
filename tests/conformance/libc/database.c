// SPDX-License-Identifier: MIT
// Databases of keys in files: POSIX <ndbm.h>; tables of keys in memory: <search.h>.
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <ndbm.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-database"

static datum of(const char *text)
{
    return (datum){.dptr = (char *)(uintptr_t)text, .dsize = strlen(text)};
}

static bool is(datum got, const char *text)
{
    return got.dptr && (size_t)got.dsize == strlen(text) &&
           memcmp(got.dptr, text, strlen(text)) == 0;
}

static void remove_files(void)
{
    glob_t found;
    if (glob(NAME "*", 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            unlink(found.gl_pathv[i]);
        }
        globfree(&found);
    }
}

static void stored(DBM *base)
{
    CHECK("database.dbm_store", dbm_store(base, of("a"), of("1"), DBM_INSERT) == 0 &&
                                    dbm_store(base, of("b"), of("2"), DBM_INSERT) == 0);
    CHECK("database.dbm_fetch", is(dbm_fetch(base, of("a")), "1") &&
                                    is(dbm_fetch(base, of("b")), "2") &&
                                    !dbm_fetch(base, of("c")).dptr && dbm_error(base) == 0);
    CHECK("database.dbm_store-insert",
          dbm_store(base, of("a"), of("x"), DBM_INSERT) == 1 && is(dbm_fetch(base, of("a")), "1"));
    CHECK("database.dbm_store-replace",
          dbm_store(base, of("a"), of("3"), DBM_REPLACE) == 0 && is(dbm_fetch(base, of("a")), "3"));
    CHECK("database.dbm_delete", dbm_delete(base, of("b")) == 0 && !dbm_fetch(base, of("b")).dptr &&
                                     dbm_delete(base, of("b")) != 0);
    CHECK("database.dbm_clearerr", (dbm_clearerr(base), dbm_error(base)) == 0);
    datum empty = {.dptr = (char *)(uintptr_t)"", .dsize = 0};
    datum got = dbm_store(base, of("empty"), empty, DBM_INSERT) == 0 ? dbm_fetch(base, of("empty"))
                                                                     : (datum){.dptr = NULL};
    CHECK("database.dbm_store-empty", got.dptr && got.dsize == 0);
}

static void many(DBM *base)
{
    enum { COUNT = 2000 };
    static bool seen[COUNT];
    char key[16];
    char value[64];
    bool good = true;
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        snprintf(value, sizeof(value), "%040d", i * 7);
        good = good && dbm_store(base, of(key), of(value), DBM_INSERT) == 0;
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        snprintf(value, sizeof(value), "%040d", i * 7);
        good = good && is(dbm_fetch(base, of(key)), value);
    }
    CHECK("database.dbm-many", good);
    int keys = 0;
    for (datum each = dbm_firstkey(base); each.dptr; each = dbm_nextkey(base)) {
        char text[16] = "";
        memcpy(text, each.dptr, (size_t)each.dsize < 15 ? (size_t)each.dsize : 15);
        int number = strncmp(text, "key-", 4) == 0 ? atoi(text + 4) : -1;
        if (number >= 0 && number < COUNT) {
            good = good && !seen[number];
            seen[number] = true;
            keys++;
        }
    }
    CHECK("database.dbm_firstkey-dbm_nextkey", good && keys == COUNT);
}

static void files(void)
{
    remove_files();
    errno = 0;
    CHECK("database.dbm_open-missing", !dbm_open(NAME, O_RDWR, 0600) && errno == ENOENT);
    DBM *base = dbm_open(NAME, O_RDWR | O_CREAT, 0600);
    if (!CHECK("database.dbm_open", base != NULL)) {
        return;
    }
    stored(base);
    many(base);
    dbm_close(base);
    base = dbm_open(NAME, O_RDONLY, 0);
    CHECK("database.dbm_open-again",
          base && is(dbm_fetch(base, of("a")), "3") && dbm_fetch(base, of("key-1999")).dptr);
    if (base) {
        errno = 0;
        CHECK("database.dbm_store-read-only",
              dbm_store(base, of("q"), of("r"), DBM_REPLACE) < 0 && errno == EPERM);
        CHECK("database.dbm_delete-read-only", dbm_delete(base, of("a")) != 0);
        dbm_close(base);
    }
    remove_files();
}

static int by_number(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

static int visited[4]; // by VISIT
static int deepest;
static int last_number;
static bool in_order;

static void visit(const void *node, VISIT when, int depth)
{
    int number = **(const int *const *)node;
    visited[when]++;
    deepest = depth > deepest ? depth : deepest;
    if (when == postorder || when == leaf) {
        in_order = in_order && number > last_number;
        last_number = number;
    }
}

static void trees(void)
{
    enum { COUNT = 500 };
    static int numbers[COUNT];
    void *root = NULL;
    bool good = true;
    for (int i = 0; i < COUNT; i++) {
        numbers[i] = i * 263 % COUNT; // each once
        int **node = tsearch(&numbers[i], &root, by_number);
        good = good && node && *node == &numbers[i];
    }
    int key = numbers[7];
    int **found = tsearch(&key, &root, by_number);
    CHECK("database.tsearch", good && found && *found == &numbers[7]);
    int none = COUNT + 1;
    CHECK("database.tfind", tfind(&key, &root, by_number) && !tfind(&none, &root, by_number) &&
                                !tfind(&key, NULL, by_number));
    last_number = -1;
    in_order = true;
    twalk(root, visit);
    CHECK("database.twalk", in_order && visited[postorder] + visited[leaf] == COUNT &&
                                visited[preorder] == visited[postorder] &&
                                visited[endorder] == visited[postorder]);
    CHECK("database.tdelete-missing", !tdelete(&none, &root, by_number));
    for (int i = 0; i < COUNT; i++) {
        good = good && tdelete(&i, &root, by_number) && !tfind(&i, &root, by_number);
    }
    CHECK("database.tdelete", good && !root);
}

static void lists(void)
{
    int table[4] = {5, 6};
    size_t count = 2;
    int six = 6;
    int seven = 7;
    CHECK("database.lfind", lfind(&six, table, &count, sizeof(int), by_number) == &table[1] &&
                                !lfind(&seven, table, &count, sizeof(int), by_number) &&
                                count == 2);
    CHECK("database.lsearch",
          lsearch(&seven, table, &count, sizeof(int), by_number) == &table[2] && count == 3 &&
              table[2] == 7 &&
              lsearch(&seven, table, &count, sizeof(int), by_number) == &table[2] && count == 3);
    struct element {
        struct element *next;
        struct element *previous;
    } a, b, c;
    insque(&a, NULL);
    insque(&c, &a);
    insque(&b, &a);
    CHECK("database.insque", !a.previous && a.next == &b && b.next == &c && c.previous == &b &&
                                 b.previous == &a && !c.next);
    remque(&b);
    remque(&c);
    CHECK("database.remque", !a.next);
}

static void hash(void)
{
    enum { COUNT = 300 };
    static char keys[COUNT][8];
    bool good = hcreate(COUNT) != 0;
    for (intptr_t i = 0; i < COUNT; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%ld", (long)i);
        ENTRY entry = {.key = keys[i], .data = (void *)i};
        ENTRY *made = hsearch(entry, ENTER);
        good = good && made && made->key == keys[i];
    }
    for (intptr_t i = 0; i < COUNT; i++) {
        ENTRY *found = hsearch((ENTRY){.key = keys[i]}, FIND);
        good = good && found && found->data == (void *)i;
    }
    ENTRY *kept = hsearch((ENTRY){.key = keys[3], .data = (void *)9}, ENTER);
    CHECK("database.hsearch",
          good && kept && kept->data == (void *)3 && !hsearch((ENTRY){.key = keys[0] + 1}, FIND));
    hdestroy();
    CHECK("database.hcreate-again", hcreate(10) != 0 && !hsearch((ENTRY){.key = keys[3]}, FIND));
    hdestroy();
}

void area_database(void)
{
    files();
    trees();
    lists();
    hash();
}
