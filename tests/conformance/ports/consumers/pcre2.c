// SPDX-License-Identifier: MIT
// pkg-config: libpcre2-8
// output: 3 6
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>

int main(void)
{
    int error;
    size_t where;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR) "o+n", PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);

    if (pcre2_match(code, (PCRE2_SPTR) "cocoonut", PCRE2_ZERO_TERMINATED, 0, 0, data, NULL) != 1) {
        return 1;
    }
    printf("%zu %zu\n", pcre2_get_ovector_pointer(data)[0], pcre2_get_ovector_pointer(data)[1]);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return 0;
}
