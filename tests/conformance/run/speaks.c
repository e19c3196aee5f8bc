// SPDX-License-Identifier: MIT
// A service that says a line and ends.
#include <stdio.h>

int main(void)
{
    return puts("said from an image") < 0 || fflush(stdout) != 0;
}
