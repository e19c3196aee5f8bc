// SPDX-License-Identifier: MIT
// assert(). Without stdio: a failed assertion may be in the middle of it, and a program that has
// none of its own does not get printf through newlib's.
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_LEN 512 /* bytes; a longer message is cut */

// Put a number in front of the end of a buffer of 12 bytes. Returns where it begins.
static const char *decimal(int number, char *buffer)
{
    char *at = buffer + 11;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 && at > buffer);
    return at;
}

void __assert_func(const char *file, int line, const char *function, const char *expression)
{
    char digits[12];
    char text[LINE_LEN];
    const char *const parts[] = {"assertion \"",
                                 expression,
                                 "\" failed: file \"",
                                 file,
                                 "\", line ",
                                 decimal(line, digits),
                                 function ? ", function: " : "",
                                 function ? function : ""};
    text[0] = '\0';
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        strlcat(text, parts[i], sizeof(text) - 1); // the last byte but the NUL is the newline's
    }
    strcat(text, "\n");
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        // The process ends in any case; there is nowhere else to say why.
    }
    abort();
}

void __assert(const char *file, int line, const char *expression)
{
    __assert_func(file, line, NULL, expression);
}
