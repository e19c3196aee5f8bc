// SPDX-License-Identifier: MIT
// Whose the strings and the array of the environment are: what the program gave is not written to,
// not resized, not freed.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

static bool has(const char *name, const char *value)
{
    const char *found = getenv(name);
    return found && strcmp(found, value) == 0;
}

static void strings_of_the_program(void)
{
    static char text[] = "ENV_X=1";
    CHECK("environment.putenv-takes-the-string",
          putenv(text) == 0 && getenv("ENV_X") == text + strlen("ENV_X="));
    text[strlen("ENV_X=")] = '2';
    CHECK("environment.putenv-changes-with-it", has("ENV_X", "2"));
    CHECK("environment.putenv-again", putenv(text) == 0 && has("ENV_X", "2"));
    CHECK("environment.setenv-leaves-it-alone",
          setenv("ENV_X", "3", 1) == 0 && has("ENV_X", "3") && strcmp(text, "ENV_X=2") == 0);
    char *block = strdup("ENV_X=block");
    CHECK("environment.putenv-of-a-block", block && putenv(block) == 0 && has("ENV_X", "block") &&
                                               unsetenv("ENV_X") == 0 &&
                                               strcmp(block, "ENV_X=block") == 0);
    free(block); // is the program's
    CHECK("environment.unsetenv-of-made-and-put",
          setenv("ENV_Y", "1", 1) == 0 && putenv(text) == 0 && unsetenv("ENV_Y") == 0 &&
              !getenv("ENV_Y") && has("ENV_X", "2") && unsetenv("ENV_X") == 0);
    CHECK("environment.value-of-itself",
          setenv("ENV_Y", "some longer text", 1) == 0 &&
              setenv("ENV_Y", getenv("ENV_Y") + strlen("some "), 1) == 0 &&
              has("ENV_Y", "longer text") && setenv("ENV_Y", getenv("ENV_Y"), 1) == 0 &&
              has("ENV_Y", "longer text"));
    static char no_value[] = "ENV_Y";
    static char no_name[] = "=x";
    errno = 0;
    CHECK("environment.putenv-without-name", putenv(no_name) != 0 && errno == EINVAL);
    CHECK("environment.putenv-without-value", putenv(no_value) == 0 && !getenv("ENV_Y"));
}

static void arrays_of_the_program(void)
{
    char **before = environ;
    char *constant[] = {(char *)(const char *)"A=1", NULL};
    environ = constant;
    CHECK("environment.literal", setenv("A", "2", 1) == 0 && has("A", "2"));
    CHECK("environment.array-in-place", environ == constant && !constant[1]);
    environ = before;
    CHECK("environment.taken-back", !getenv("A") && setenv("B", "1", 1) == 0 && has("B", "1"));

    static char *none[] = {NULL};
    before = environ;
    environ = none;
    CHECK("environment.array-full",
          setenv("C", "1", 1) == 0 && has("C", "1") && !getenv("B") && !none[0]);
    CHECK("environment.array-grows", environ != none && environ[0] && !environ[1]);

    environ = NULL;
    CHECK("environment.no-array", !getenv("C") && setenv("C", "2", 0) == 0 && has("C", "2"));
    environ = NULL;
    static char text[] = "D=3";
    CHECK("environment.no-array-putenv", putenv(text) == 0 && has("D", "3"));
    environ = NULL;
    CHECK("environment.no-array-unsetenv", unsetenv("D") == 0 && !environ);

    char *twice[] = {text, text, (char *)(const char *)"E=4", NULL};
    environ = twice;
    CHECK("environment.unsetenv-all",
          unsetenv("D") == 0 && !getenv("D") && has("E", "4") && !twice[1]);
    environ = before;
    CHECK("environment.array-as-before", has("B", "1") && unsetenv("B") == 0 && !getenv("B"));
}

// Many names, so that the array grows some times, and values that come again and again.
static void many(void)
{
    enum { NAMES = 500, SETS = 20000, VALUES = 10 };
    char name[32];
    char value[2000];
    bool good = true;
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "ENV_MANY_%d", i);
        good = good && setenv(name, name, 1) == 0;
    }
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "ENV_MANY_%d", i);
        good = good && has(name, name) && unsetenv(name) == 0 && !getenv(name);
    }
    CHECK("environment.many-names", good);
    char *end = sbrk(0);
    memset(value, 'v', sizeof(value));
    for (int i = 0; i < SETS; i++) {
        int len = 1000 + i % VALUES;
        value[len] = '\0';
        good = good && setenv("ENV_MANY", value, 1) == 0 && has("ENV_MANY", value);
        value[len] = 'v';
        good = good && (i % 3 != 0 || unsetenv("ENV_MANY") == 0);
    }
    CHECK("environment.values-again", good && (char *)sbrk(0) - end < 1 << 20);
    const char *before = setenv("ENV_MANY", "x", 1) == 0 ? getenv("ENV_MANY") : NULL;
    CHECK("environment.value-stays", before && setenv("ENV_MANY", "y", 1) == 0 &&
                                         has("ENV_MANY", "y") && strcmp(before, "x") == 0 &&
                                         unsetenv("ENV_MANY") == 0 && strcmp(before, "x") == 0);
}

void area_environment(void)
{
    strings_of_the_program();
    arrays_of_the_program();
    many();
}
