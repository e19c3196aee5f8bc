// SPDX-License-Identifier: MIT
// The fields that strptime() found, and what follows from several of them together.
#pragma once

#include <stdbool.h>
#include <time.h>

enum date_field {
    DATE_SECOND,
    DATE_MINUTE,
    DATE_HOUR,
    DATE_HOUR_12, // 1 to 12
    DATE_HALF,    // 0 before noon, 1 after
    DATE_DAY,
    DATE_MONTH, // 1 to 12
    DATE_YEAR,
    DATE_CENTURY,
    DATE_YEAR_2, // 0 to 99
    DATE_WEEKDAY,
    DATE_YEAR_DAY,    // 1 to 366
    DATE_SUNDAY_WEEK, // week of the year, which Sundays begin
    DATE_MONDAY_WEEK,
    DATE_IGNORED, // read and not used
    DATE_FIELDS,
};

struct date {
    struct tm *tm;
    bool has[DATE_FIELDS];
    int value[DATE_FIELDS];
};

// The last value given to a field counts.
void __coco_date_set(struct date *date, int field, int value);

// Writes the fields into date->tm, and the day's other descriptions if the fields determine it.
// Members of which nothing is known stay as they are.
void __coco_date_finish(const struct date *date);
