// SPDX-License-Identifier: MIT
#include "strptime_date.h"

#define YEAR_BASE 1900
#define CENTURY 100
#define PIVOT 69 // %y below it is of this century (POSIX, strptime)
#define DAYS_PER_WEEK 7

void __coco_date_set(struct date *date, int field, int value)
{
    date->has[field] = true;
    date->value[field] = value;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Days of the year before the first of the month, 0 to 11; of 12, the days of the year.
static int days_before(int month, int year)
{
    static const short days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month] + (month > 1 && is_leap(year));
}

// The day of the week of the first of January, 0 Sunday.
static int first_weekday(int year)
{
    int y = (year - 1) % 400; // the calendar repeats after 400 years, which are whole weeks
    y += y < 0 ? 400 : 0;
    return (1 + y + y / 4 - y / 100 + y / 400) % DAYS_PER_WEEK;
}

static void finish_time(const struct date *date)
{
    const int *value = date->value;
    struct tm *tm = date->tm;
    if (date->has[DATE_SECOND]) {
        tm->tm_sec = value[DATE_SECOND];
    }
    if (date->has[DATE_MINUTE]) {
        tm->tm_min = value[DATE_MINUTE];
    }
    if (date->has[DATE_HOUR]) {
        tm->tm_hour = value[DATE_HOUR];
    } else if (date->has[DATE_HOUR_12]) {
        tm->tm_hour = value[DATE_HOUR_12] % 12 + (value[DATE_HALF] ? 12 : 0);
    }
}

static bool finish_year(const struct date *date)
{
    const int *value = date->value;
    int year = value[DATE_YEAR];
    if (date->has[DATE_CENTURY]) {
        year = value[DATE_CENTURY] * CENTURY + value[DATE_YEAR_2];
    } else if (date->has[DATE_YEAR_2]) {
        year = value[DATE_YEAR_2] + YEAR_BASE + (value[DATE_YEAR_2] < PIVOT ? CENTURY : 0);
    } else if (!date->has[DATE_YEAR]) {
        return false;
    }
    date->tm->tm_year = year - YEAR_BASE;
    return true;
}

// The day of the year by week and weekday. It may lie in the year before or behind.
static int day_of_week(const struct date *date, int year)
{
    bool sunday = date->has[DATE_SUNDAY_WEEK];
    int week = date->value[sunday ? DATE_SUNDAY_WEEK : DATE_MONDAY_WEEK];
    int start = sunday ? 0 : 1; // the day that weeks begin with
    int weekday = (date->value[DATE_WEEKDAY] + DAYS_PER_WEEK - start) % DAYS_PER_WEEK;
    int first = (first_weekday(year) + DAYS_PER_WEEK - start) % DAYS_PER_WEEK;
    // The first full week is week 1.
    return (first == 0 ? week - 1 : week) * DAYS_PER_WEEK + weekday - first;
}

static void set_year_day(struct tm *tm, int year, int day)
{
    int month = 0;
    while (month < 11 && days_before(month + 1, year) <= day) {
        month++;
    }
    tm->tm_yday = day;
    tm->tm_mon = month;
    tm->tm_mday = day - days_before(month, year) + 1;
}

void __coco_date_finish(const struct date *date)
{
    struct tm *tm = date->tm;
    finish_time(date);
    bool has_year = finish_year(date);
    if (date->has[DATE_MONTH]) {
        tm->tm_mon = date->value[DATE_MONTH] - 1;
    }
    if (date->has[DATE_DAY]) {
        tm->tm_mday = date->value[DATE_DAY];
    }
    if (date->has[DATE_WEEKDAY]) {
        tm->tm_wday = date->value[DATE_WEEKDAY] % DAYS_PER_WEEK;
    }
    if (date->has[DATE_YEAR_DAY]) {
        tm->tm_yday = date->value[DATE_YEAR_DAY] - 1;
    }
    if (!has_year) {
        return;
    }
    int year = tm->tm_year + YEAR_BASE;
    bool by_week =
        date->has[DATE_WEEKDAY] && (date->has[DATE_SUNDAY_WEEK] || date->has[DATE_MONDAY_WEEK]);
    if (date->has[DATE_MONTH] && date->has[DATE_DAY]) {
        tm->tm_yday = days_before(tm->tm_mon, year) + tm->tm_mday - 1;
    } else if (date->has[DATE_YEAR_DAY] && tm->tm_yday < days_before(12, year)) {
        set_year_day(tm, year, tm->tm_yday);
    } else if (by_week) {
        int day = day_of_week(date, year);
        if (day < 0 || day >= days_before(12, year)) {
            return;
        }
        set_year_day(tm, year, day);
    } else {
        return;
    }
    tm->tm_wday = (first_weekday(year) + tm->tm_yday) % DAYS_PER_WEEK;
}
