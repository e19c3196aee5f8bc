// SPDX-License-Identifier: MIT
// find_package: cJSON CONFIG -> cjson
// pkg-config: libcjson
// output: 42
#include <cjson/cJSON.h>
#include <stdio.h>

int main(void)
{
    cJSON *value = cJSON_Parse("{\"answer\": 42}");

    printf("%d\n", cJSON_GetObjectItem(value, "answer")->valueint);
    cJSON_Delete(value);
    return 0;
}
