// SPDX-License-Identifier: MIT
// Order of names in which numbers count as numbers: "a9" comes before "a10". Digits behind a
// leading zero count as a fraction, so "a01" comes before "a1".
#include <ctype.h>
#include <dirent.h>
#include <string.h>

static int digit(char c)
{
    return isdigit((unsigned char)c);
}

static int compare(const char *a, const char *b)
{
    size_t at = 0;
    while (a[at] == b[at] && a[at] != '\0') {
        at++;
    }
    size_t start = at; // of the number that the difference lies in
    while (start > 0 && digit(a[start - 1])) {
        start--;
    }
    int plain = (unsigned char)a[at] - (unsigned char)b[at];
    if ((!digit(a[at]) && !digit(b[at])) || (start == at && (!digit(a[at]) || !digit(b[at])))) {
        return plain;
    }
    if (a[start] == '0' || b[start] == '0') {
        return digit(a[at]) == digit(b[at]) ? plain : digit(a[at]) ? -1 : 1;
    }
    size_t a_len = strspn(a + start, "0123456789");
    size_t b_len = strspn(b + start, "0123456789");
    return a_len == b_len ? plain : a_len < b_len ? -1 : 1;
}

int versionsort(const struct dirent **a, const struct dirent **b)
{
    return compare((*a)->d_name, (*b)->d_name);
}
