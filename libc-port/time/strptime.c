// SPDX-License-Identifier: MIT
// strptime() of POSIX.1-2024, with GNU's %F %G %P %g %k %l %s %u %V %Z %z. newlib's takes numbers
// out of range. There is one set of names, that of the C locale; E and O choose nothing.
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "strptime_date.h"

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const halves[] = {"AM", "PM"};

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))
#define ABBREVIATION 3 // letters

// Conversions that are a number: how many digits at most, its range, and where it goes.
static const struct number {
    char conversion;
    char digits;
    short low, high;
    short field;
} numbers[] = {
    {'d', 2, 1, 31, DATE_DAY},         {'e', 2, 1, 31, DATE_DAY},
    {'H', 2, 0, 23, DATE_HOUR},        {'k', 2, 0, 23, DATE_HOUR},
    {'I', 2, 1, 12, DATE_HOUR_12},     {'l', 2, 1, 12, DATE_HOUR_12},
    {'j', 3, 1, 366, DATE_YEAR_DAY},   {'m', 2, 1, 12, DATE_MONTH},
    {'M', 2, 0, 59, DATE_MINUTE},      {'S', 2, 0, 60, DATE_SECOND},
    {'U', 2, 0, 53, DATE_SUNDAY_WEEK}, {'W', 2, 0, 53, DATE_MONDAY_WEEK},
    {'w', 1, 0, 6, DATE_WEEKDAY},      {'u', 1, 1, 7, DATE_WEEKDAY},
    {'C', 2, 0, 99, DATE_CENTURY},     {'y', 2, 0, 99, DATE_YEAR_2},
    {'Y', 4, 0, 9999, DATE_YEAR},      {'V', 2, 1, 53, DATE_IGNORED},
    {'g', 2, 0, 99, DATE_IGNORED},     {'G', 4, 0, 9999, DATE_IGNORED},
};

// Conversions that stand for others.
static const struct group {
    char conversion;
    const char *format;
} groups[] = {
    {'c', "%a %b %e %H:%M:%S %Y"},
    {'D', "%m/%d/%y"},
    {'F', "%Y-%m-%d"},
    {'r', "%I:%M:%S %p"},
    {'R', "%H:%M"},
    {'T', "%H:%M:%S"},
    {'x', "%m/%d/%y"},
    {'X', "%H:%M:%S"},
};

static const char *skip_space(const char *at)
{
    while (isspace((unsigned char)*at)) {
        at++;
    }
    return at;
}

static const char *scan_digits(const char *at, int most, long *out)
{
    if (!isdigit((unsigned char)*at)) {
        return NULL;
    }
    *out = 0;
    for (int i = 0; i < most && isdigit((unsigned char)*at); i++) {
        *out = *out * 10 + (*at++ - '0');
    }
    return at;
}

static const char *scan_number(const char *at, const struct number *kind, struct date *date)
{
    long value;
    bool signed_year = kind->field == DATE_YEAR && (*at == '+' || *at == '-');
    bool negative = signed_year && *at == '-';
    at = scan_digits(at + signed_year, kind->digits, &value);
    if (!at || value < kind->low || value > kind->high) {
        return NULL;
    }
    __coco_date_set(date, kind->field, (int)(negative ? -value : value));
    return at;
}

// A name of the list, whole or, if `abbreviation`, its first letters. Result as strptime().
static const char *scan_name(const char *at, const char *const *list, int count, bool abbreviation,
                             int *out)
{
    for (int i = 0; i < count; i++) {
        size_t whole = strlen(list[i]);
        size_t length = strncasecmp(at, list[i], whole) == 0 ? whole
                        : abbreviation                       ? ABBREVIATION
                                                             : 0;
        if (length != 0 && strncasecmp(at, list[i], length) == 0) {
            *out = i;
            return at + length;
        }
    }
    return NULL;
}

// +hh, +hhmm, +hh:mm or Z.
static const char *scan_offset(const char *at, struct tm *tm)
{
    if (*at == 'Z') {
        tm->tm_gmtoff = 0;
        return at + 1;
    }
    if (*at != '+' && *at != '-') {
        return NULL;
    }
    long sign = *at == '-' ? -1 : 1;
    long hours;
    long minutes = 0;
    const char *end = scan_digits(at + 1, 2, &hours);
    if (!end || end != at + 3) {
        return NULL;
    }
    if (*end == ':' || isdigit((unsigned char)*end)) {
        const char *begin = end + (*end == ':');
        end = scan_digits(begin, 2, &minutes);
        if (!end || end != begin + 2) {
            return NULL;
        }
    }
    if (hours > 14 || minutes > 59) {
        return NULL;
    }
    tm->tm_gmtoff = sign * (hours * 3600 + minutes * 60);
    return end;
}

static const char *scan_epoch(const char *at, struct tm *tm)
{
    bool negative = *at == '-';
    const char *begin = at + negative;
    time_t seconds = 0;
    for (at = begin; isdigit((unsigned char)*at); at++) {
        if (__builtin_mul_overflow(seconds, 10, &seconds) ||
            __builtin_sub_overflow(seconds, *at - '0', &seconds)) {
            return NULL;
        }
    }
    if (at == begin || (!negative && seconds == LONG_MIN)) {
        return NULL;
    }
    seconds = negative ? seconds : -seconds; // gathered below zero, where there is one more
    return localtime_r(&seconds, tm) ? at : NULL;
}

static const char *scan(const char *at, const char *format, struct date *date);

static const char *scan_word(const char *at, char conversion, struct date *date)
{
    int index = 0;
    switch (conversion) {
    case 'a':
    case 'A':
        at = scan_name(at, days, COUNT(days), true, &index);
        __coco_date_set(date, DATE_WEEKDAY, index);
        return at;
    case 'b':
    case 'B':
    case 'h':
        at = scan_name(at, months, COUNT(months), true, &index);
        __coco_date_set(date, DATE_MONTH, index + 1);
        return at;
    case 'p':
    case 'P':
        at = scan_name(at, halves, COUNT(halves), false, &index);
        __coco_date_set(date, DATE_HALF, index);
        return at;
    case 'n':
    case 't':
        return skip_space(at);
    case 'z':
        return scan_offset(skip_space(at), date->tm);
    case 'Z':
        while (isalpha((unsigned char)*at)) {
            at++;
        }
        return at;
    case 's':
        return scan_epoch(skip_space(at), date->tm);
    case '%':
        return *at == '%' ? at + 1 : NULL;
    default:
        return NULL;
    }
}

static const char *convert(const char *at, char conversion, struct date *date)
{
    for (int i = 0; i < COUNT(numbers); i++) {
        if (numbers[i].conversion == conversion) {
            return scan_number(skip_space(at), &numbers[i], date);
        }
    }
    for (int i = 0; i < COUNT(groups); i++) {
        if (groups[i].conversion == conversion) {
            return scan(at, groups[i].format, date);
        }
    }
    return scan_word(at, conversion, date);
}

static const char *scan(const char *at, const char *format, struct date *date)
{
    while (at && *format != '\0') {
        if (isspace((unsigned char)*format)) {
            at = skip_space(at);
            format++;
        } else if (*format != '%') {
            at = *at == *format++ ? at + 1 : NULL;
        } else {
            format += format[1] == 'E' || format[1] == 'O' ? 2 : 1;
            at = convert(at, *format, date);
            format += *format != '\0';
        }
    }
    return at;
}

char *strptime(const char *restrict text, const char *restrict format, struct tm *restrict tm)
{
    struct date date = {.tm = tm};
    const char *end = scan(text, format, &date);
    if (end) {
        __coco_date_finish(&date);
    }
    return (char *)end;
}

char *strptime_l(const char *restrict text, const char *restrict format, struct tm *restrict tm,
                 locale_t locale)
{
    (void)locale;
    return strptime(text, format, tm);
}
