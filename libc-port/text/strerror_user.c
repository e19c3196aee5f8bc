// SPDX-License-Identifier: MIT
// What strerror() says of numbers that are no errors: newlib asks this function.
#include <stdio.h>
#include <string.h>

char *_user_strerror(int number, int internal, int *error);

char *_user_strerror(int number, int internal, int *error)
{
    static _Thread_local char text[sizeof("Unknown error -2147483648")];
    (void)internal;
    (void)error;
    // By hand: printf would come into every program that says what an error is.
    char digits[12];
    char *digit = &digits[sizeof(digits) - 1];
    unsigned rest = number < 0 ? -(unsigned)number : (unsigned)number;
    *digit = '\0';
    do {
        *--digit = (char)('0' + rest % 10);
    } while ((rest /= 10) != 0);
    strcpy(text, number < 0 ? "Unknown error -" : "Unknown error ");
    return strcat(text, digit);
}
