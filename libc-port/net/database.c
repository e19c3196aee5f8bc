// SPDX-License-Identifier: MIT
#include "database.h"

#include <string.h>

void __coco_database_end(struct coco_database *database)
{
    if (database->file) {
        (void)fclose(database->file); // it was only read
        database->file = NULL;
    }
    database->is_open = false;
}

void __coco_database_begin(struct coco_database *database)
{
    __coco_database_end(database);
    database->file = fopen(database->path, "re");
    database->next = database->builtin;
    database->is_open = true;
}

static bool read_line(struct coco_database *database)
{
    char *text = database->text;
    if (!database->file) {
        return *database->next && strlcpy(text, *database->next++, COCO_DATABASE_LINE) > 0;
    }
    if (!fgets(text, COCO_DATABASE_LINE, database->file)) {
        return false;
    }
    if (!strchr(text, '\n')) {
        int c; // the rest of a line that is too long
        do {
            c = getc(database->file);
        } while (c != '\n' && c != EOF);
    }
    return true;
}

char **__coco_database_next(struct coco_database *database)
{
    if (!database->is_open) {
        __coco_database_begin(database);
    }
    while (read_line(database)) {
        database->text[strcspn(database->text, "#\n")] = '\0';
        char *state;
        int count = 0;
        char *word = strtok_r(database->text, " \t\r", &state);
        while (word && count < COCO_DATABASE_WORDS) {
            database->words[count++] = word;
            word = strtok_r(NULL, " \t\r", &state);
        }
        database->words[count] = NULL;
        if (count >= 2) {
            return database->words;
        }
    }
    return NULL;
}

bool __coco_database_has(char *const *list, const char *name)
{
    for (; *list; list++) {
        if (strcmp(*list, name) == 0) {
            return true;
        }
    }
    return false;
}
