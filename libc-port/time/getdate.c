// SPDX-License-Identifier: MIT
// getdate(): a date by the first of the user's formats that fits it, in the file that DATEMSK
// names.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NO_MASK 1     /* DATEMSK is not set or empty */
#define NOT_OPEN 2    /* the file cannot be opened for reading */
#define NO_STATE 3    /* nor its state be had */
#define NOT_REGULAR 4 /* nor is it a regular file */
#define READ_ERROR 5
#define NO_MEMORY 6
#define NO_FIT 7  /* no line fits the text */
#define INVALID 8 /* it fits, but is no date */

#define UNSET (-1)
#define DAYS_PER_WEEK 7

int getdate_err;

static struct tm *fail(int error)
{
    getdate_err = error;
    return NULL;
}

static FILE *open_mask(void)
{
    const char *name = getenv("DATEMSK");
    struct stat state;
    FILE *file;

    if (!name || !*name) {
        return (FILE *)fail(NO_MASK);
    }
    file = fopen(name, "re");
    if (!file) {
        return (FILE *)fail(NOT_OPEN);
    }
    if (fstat(fileno(file), &state) < 0) {
        fail(NO_STATE);
    } else if (!S_ISREG(state.st_mode)) {
        fail(NOT_REGULAR);
    } else {
        return file;
    }
    (void)fclose(file);
    return NULL;
}

// Find the format that takes all of the text; 0 or an error.
static int match(FILE *file, const char *text, struct tm *out)
{
    char *line = NULL;
    size_t room = 0;
    int error = NO_FIT;

    while (error == NO_FIT && getline(&line, &room, file) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        *out =
            (struct tm){UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, .tm_isdst = UNSET};
        const char *end = strptime(text, line, out);
        while (end && (*end == ' ' || *end == '\t')) {
            end++;
        }
        error = end && !*end ? 0 : NO_FIT;
    }
    if (error && ferror(file)) {
        error = READ_ERROR;
    }
    free(line);
    return error;
}

// POSIX's rules for what the format leaves open: today, or the next day that fits.
static void complete(struct tm *date)
{
    time_t seconds = time(NULL);
    struct tm now;

    localtime_r(&seconds, &now);
    bool no_hour = date->tm_hour == UNSET;
    bool no_day = date->tm_mday == UNSET && date->tm_mon == UNSET && date->tm_year == UNSET;
    if (no_hour) {
        date->tm_hour = no_day && date->tm_wday == UNSET ? now.tm_hour : 0;
        date->tm_min = date->tm_hour ? now.tm_min : 0;
        date->tm_sec = date->tm_hour ? now.tm_sec : 0;
    }
    date->tm_min = date->tm_min == UNSET ? 0 : date->tm_min;
    date->tm_sec = date->tm_sec == UNSET ? 0 : date->tm_sec;
    if (no_day) {
        bool passed = !no_hour && date->tm_hour < now.tm_hour;
        int days = date->tm_wday == UNSET
                       ? passed
                       : (date->tm_wday - now.tm_wday + DAYS_PER_WEEK) % DAYS_PER_WEEK;
        date->tm_mday = now.tm_mday + days;
        date->tm_mon = now.tm_mon;
        date->tm_year = now.tm_year;
    }
    if (date->tm_mon == UNSET) {
        date->tm_mon = now.tm_mon;
    }
    if (date->tm_year == UNSET) {
        date->tm_year = now.tm_year + (date->tm_mon < now.tm_mon);
    }
    date->tm_mday = date->tm_mday == UNSET ? 1 : date->tm_mday;
}

struct tm *getdate(const char *text)
{
    static struct tm result;
    FILE *file = open_mask();

    if (!file) {
        return NULL;
    }
    int error = match(file, text, &result);
    (void)fclose(file);
    if (error) {
        return fail(error);
    }
    complete(&result);
    int day = result.tm_mday;
    if (mktime(&result) == (time_t)-1 || (day <= 31 && day > 28 && result.tm_mday < 4)) {
        return fail(INVALID);
    }
    return &result;
}
