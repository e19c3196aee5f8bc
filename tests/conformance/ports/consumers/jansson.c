// SPDX-License-Identifier: MIT
// find_package: jansson CONFIG -> jansson::jansson
// pkg-config: jansson
// output: 42
#include <jansson.h>
#include <stdio.h>

int main(void)
{
    json_t *value = json_loads("{\"answer\": 42}", 0, NULL);

    printf("%d\n", (int)json_integer_value(json_object_get(value, "answer")));
    json_decref(value);
    return 0;
}
