// SPDX-License-Identifier: MIT
// The calendar, from dates to seconds.
#pragma once

#include <time.h>

#define COCO_SECONDS_PER_DAY 86400

// Days from 1970-01-01 to the first day of a month of the proleptic Gregorian calendar. The year is
// made to begin in March, so that the leap day is its last.
static inline long __coco_days_before(long year, int month)
{
    long y = month < 2 ? year - 1 : year;
    long era = (y >= 0 ? y : y - 399) / 400;
    long of_era = y - era * 400;
    long shifted = (month + 10) % 12; // 0 March .. 11 February
    long day_of_year = (153 * shifted + 2) / 5;
    long day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

// Seconds since 1970 on a clock that shows this date. Fields of whatever value do not overflow it.
static inline time_t __coco_shown(const struct tm *tm)
{
    long year = 1900L + tm->tm_year + tm->tm_mon / 12;
    int month = tm->tm_mon % 12;
    if (month < 0) {
        month += 12;
        year--;
    }
    long days = __coco_days_before(year, month) + tm->tm_mday - 1;
    return days * COCO_SECONDS_PER_DAY + tm->tm_hour * 3600L + tm->tm_min * 60L + tm->tm_sec;
}
