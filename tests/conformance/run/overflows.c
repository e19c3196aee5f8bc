// SPDX-License-Identifier: MIT
// A mistake for -fsanitize=undefined, below functions with names to look for.
#include <limits.h>
#include <stdio.h>

__attribute__((noinline)) static int add(int a, int b)
{
    return a + b; // line 8
}

__attribute__((noinline)) static int twice(int a)
{
    int sum = add(a, a); // line 13
    return 2 * (sum / 2);
}
int main(int argc, char **argv)
{
    int sum = twice(INT_MAX - argc + (argv[0] != NULL)); // line 18
    printf("%d\n", sum);
    return 0;
}
