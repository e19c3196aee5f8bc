// SPDX-License-Identifier: MIT
// The databases of netdb.h: text files with one entry a line, words between blanks, `#` begins a
// comment. A system without the file has the entries that are built in.
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define COCO_DATABASE_LINE 512 // longer lines are cut
#define COCO_DATABASE_WORDS 36 // further words of a line are left out

/// A database and the place in it. Not thread-safe, as POSIX allows for what uses it.
struct coco_database {
    const char *path;
    const char *const *builtin; // NULL ends it
    bool stay;                  // set...ent(1): questions by name leave the file open
    bool is_open;
    FILE *file; // NULL while `builtin` is read
    const char *const *next;
    char text[COCO_DATABASE_LINE];
    char *words[COCO_DATABASE_WORDS + 1];
};

/// Goes to the beginning.
void __coco_database_begin(struct coco_database *database);

/// Closes the file; the next question begins at the beginning.
void __coco_database_end(struct coco_database *database);

/// Words of the next line that has at least two, with NULL at the end; NULL behind the last line.
/// They are overwritten by the next call.
char **__coco_database_next(struct coco_database *database);

/// Whether `name` is in the list, which NULL ends.
bool __coco_database_has(char *const *list, const char *name);
