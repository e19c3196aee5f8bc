// SPDX-License-Identifier: MIT
// find_package: SQLite3 -> SQLite::SQLite3
// pkg-config: sqlite3
// output: 42
#include <sqlite3.h>
#include <stdio.h>

static int show(void *context, int count, char **values, char **names)
{
    (void)context;
    (void)count;
    (void)names;
    puts(values[0]);
    return 0;
}

int main(void)
{
    sqlite3 *database;

    if (sqlite3_open(":memory:", &database) != SQLITE_OK ||
        sqlite3_exec(database, "create table t(x); insert into t values (6), (7)", NULL, NULL,
                     NULL) != SQLITE_OK ||
        sqlite3_exec(database, "select min(x) * max(x) from t", show, NULL, NULL) != SQLITE_OK) {
        return 1;
    }
    return sqlite3_close(database);
}
