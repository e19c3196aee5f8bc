// SPDX-License-Identifier: MIT
// mktime(). newlib's leaves tm_gmtoff and tm_zone alone, tm_isdst, too, in the hour that comes
// twice, and ends at the year 11900, without an error.
#include <stdbool.h>
#include <time.h>

#include <sys/_tz_structs.h>

#include "../private/calendar.h"

// newlib's own, not in its headers.
void __tz_lock(void);
void __tz_unlock(void);
void _tzset_unlocked(void);

static bool is_summer(time_t time)
{
    struct tm tm;
    return localtime_r(&time, &tm) && tm.tm_isdst > 0;
}

// A time that comes twice when summer ends, and that nobody says of which of the two it is, is
// standard time; so is one that is left out when summer begins.
time_t mktime(struct tm *tm)
{
    __tz_lock();
    _tzset_unlocked();
    long standard = __gettzinfo()->__tzrule[0].offset;
    long summer = _daylight ? __gettzinfo()->__tzrule[1].offset : standard;
    __tz_unlock();
    time_t wanted = __coco_shown(tm);
    bool in_summer = tm->tm_isdst > 0 || (tm->tm_isdst < 0 && is_summer(wanted + summer) &&
                                          is_summer(wanted + standard));
    time_t result = wanted + (in_summer ? summer : standard);
    struct tm normal;
    if (!localtime_r(&result, &normal)) {
        return (time_t)-1; // EOVERFLOW
    }
    *tm = normal;
    return result;
}
