// SPDX-License-Identifier: MIT
// Any bytes as an archive: the reader stays inside of them, moves on, and says what is wrong.
#include <base/check.h>
#include <base/string.h>
#include <fs/archive.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_file(const struct archive_file *file, const uint8_t *data, size_t size)
{
    const uint8_t *name = (const uint8_t *)file->name;

    CHECK(name >= data && file->name_len <= (size_t)(data + size - name), "name is inside");
    CHECK(file->data >= data && file->data_len <= (size_t)(data + size - file->data),
          "data is inside");
    CHECK(file->name_len > 0 && file->name[0] != '/', "name is usable");
    CHECK(memchr(file->name, '\0', file->name_len) == NULL, "name has no zero byte");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct archive_reader reader;
    struct archive_file file;
    enum status status = archive_open(&reader, data, size);

    while (status == OK) {
        size_t before = reader.offset;
        status = archive_next(&reader, &file);
        if (status == OK) {
            CHECK(reader.offset > before && reader.offset <= size, "the reader moves on");
            check_file(&file, data, size);
        }
    }
    CHECK(status == ERR_NOTFOUND || reader.problem != NULL, "a refusal has a reason");
    return 0;
}
