// SPDX-License-Identifier: MIT
// gmtime_r() and localtime_r(). newlib's leave tm_gmtoff and tm_zone as they were, which strftime()
// and others then read.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <time.h>

#include <sys/_tz_structs.h>

#define SECONDS_PER_DAY 86400
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_MINUTE 60
#define DAYS_PER_WEEK 7
#define EPOCH_WEEKDAY 4 // a Thursday
#define FIRST_YEAR 1900
// Seconds of 400 years, after which the calendar repeats, days of the week and all.
#define CYCLE_SECONDS (146097l * SECONDS_PER_DAY)
#define MARCH 2
#define DAYS_BEFORE_MARCH 59
#define MARCH_IN_DAYS 306 // days from March to the end of the year

// newlib's own, not in its headers; under __tz_lock() but for the last.
void __tz_lock(void);
void __tz_unlock(void);
void _tzset_unlocked(void);
int __tzcalc_limits(int year);

static bool is_leap(long year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// The day of the proleptic Gregorian calendar, counted from 1970-01-01. The year is made to begin
// in March, so that the leap day is its last.
static bool set_day(long days, struct tm *tm)
{
    long shifted = days + 719468; // from 0000-03-01
    long era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    long of_era = shifted - era * 146097;
    long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    long month = (5 * of_year + 2) / 153; // 0 March .. 11 February
    bool next_year = of_year >= MARCH_IN_DAYS;
    long year = era * 400 + year_of_era + next_year;
    if (year - FIRST_YEAR < INT_MIN || year - FIRST_YEAR > INT_MAX) {
        return false;
    }
    tm->tm_year = (int)(year - FIRST_YEAR);
    tm->tm_mon = (int)((month + MARCH) % 12);
    tm->tm_mday = (int)(of_year - (153 * month + 2) / 5 + 1);
    tm->tm_yday =
        (int)(next_year ? of_year - MARCH_IN_DAYS : of_year + DAYS_BEFORE_MARCH + is_leap(year));
    long weekday = (days + EPOCH_WEEKDAY) % DAYS_PER_WEEK;
    tm->tm_wday = (int)(weekday < 0 ? weekday + DAYS_PER_WEEK : weekday);
    return true;
}

struct tm *gmtime_r(const time_t *restrict clock, struct tm *restrict result)
{
    long days = *clock / SECONDS_PER_DAY;
    long seconds = *clock % SECONDS_PER_DAY;
    if (seconds < 0) {
        seconds += SECONDS_PER_DAY;
        days--;
    }
    struct tm tm = {.tm_zone = "GMT"};
    if (!set_day(days, &tm)) {
        errno = EOVERFLOW;
        return NULL;
    }
    tm.tm_hour = (int)(seconds / SECONDS_PER_HOUR);
    tm.tm_min = (int)(seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE);
    tm.tm_sec = (int)(seconds % SECONDS_PER_MINUTE);
    *result = tm;
    return result;
}

// Whether summer time is in force at a time of UTC. The rules hold for all years; newlib works them
// out from 1970 on, as long as its days fit an int.
static bool summer_time(time_t clock)
{
    const __tzinfo_type *zone = __gettzinfo();
    struct tm utc;
    if (!_daylight) {
        return false;
    }
    clock %= CYCLE_SECONDS;
    clock += clock < 0 ? CYCLE_SECONDS : 0;
    (void)gmtime_r(&clock, &utc); // cannot fail: within 400 years from 1970 on
    int year = utc.tm_year + FIRST_YEAR;
    if (year != zone->__tzyear && !__tzcalc_limits(year)) {
        return false;
    }
    bool after_first = clock >= zone->__tzrule[0].change;
    bool before_second = clock < zone->__tzrule[1].change;
    return zone->__tznorth ? after_first && before_second : after_first || before_second;
}

struct tm *localtime_r(const time_t *restrict clock, struct tm *restrict result)
{
    __tz_lock();
    _tzset_unlocked();
    bool summer = summer_time(*clock);
    long west = __gettzinfo()->__tzrule[summer].offset;
    char *name = _tzname[summer];
    __tz_unlock();
    time_t shifted;
    if (__builtin_sub_overflow(*clock, west, &shifted) || gmtime_r(&shifted, result) == NULL) {
        errno = EOVERFLOW;
        return NULL;
    }
    result->tm_isdst = summer;
    result->tm_gmtoff = -west;
    result->tm_zone = name;
    return result;
}

// newlib's buffer for these two has no room for tm_gmtoff and tm_zone. It stands in the file with
// newlib's gmtime(), so it has to be here, too; nothing uses it.
_Thread_local struct __tm _tls_localtime_buf;
static _Thread_local struct tm static_result;

struct tm *gmtime(const time_t *clock)
{
    return gmtime_r(clock, &static_result);
}

struct tm *localtime(const time_t *clock)
{
    return localtime_r(clock, &static_result);
}
