// SPDX-License-Identifier: MIT
#include <errno.h>
#include <time.h>

#include "../private/calendar.h"

time_t timegm(struct tm *tm)
{
    time_t result = __coco_shown(tm);
    struct tm *normal = gmtime_r(&result, &(struct tm){0});
    if (!normal) {
        errno = EOVERFLOW;
        return (time_t)-1;
    }
    *tm = *normal;
    return result;
}
