// SPDX-License-Identifier: MIT
// The log: logs of processes, the ring with its records, readers.
#include "support.h"

#include <fs/log.h>
#include <stdio.h>
#include <string.h>

static void write_text(struct object *log, const char *text)
{
    size_t done;

    UNIT_OK(object_write(log, support_in(text, strlen(text)), &done));
    UNIT_EQUAL(done, strlen(text));
}

UNIT_TEST(log_collects_lines_with_the_name)
{
    char long_line[300];
    struct object *log;
    size_t done;

    support_start();
    (void)support_log();
    UNIT_OK(log_object_create("prog", &log));
    write_text(log, "one\ntw");
    UNIT_CHECK(strcmp(support_log(), "[prog] one\n") == 0);
    write_text(log, "o\n\x1b[31m\r\x7f\ttab\n");
    UNIT_CHECK(strcmp(support_log(), "[prog] two\n[prog] ?[31m??\ttab\n") == 0);
    memset(long_line, 'x', sizeof(long_line));
    UNIT_OK(object_write(log, support_in(long_line, 230), &done));
    UNIT_EQUAL(strlen(support_log()), strlen("[prog] ") + 224 + 1);
    uint64_t position = 1;
    UNIT_OK(object_fs_seek(log, 5, COCO_FS_SEEK_RELATIVE, &position));
    UNIT_EQUAL(position, 0);
    UNIT_EQUAL(object_seek(log, 0, COCO_SEEK_SET, &position), ERR_NOTSUPP); // the call says SPIPE
    UNIT_EQUAL(object_truncate(log, 0, &(uint64_t){0}), ERR_UNKNOWN);
    UNIT_EQUAL(object_read(log, support_out(1), &done), ERR_NOTSUPP);
    UNIT_OK(object_write(log, support_in_at(UINT64_MAX, 0), &done));
    UNIT_EQUAL(object_write(log, support_in_at(UINT64_MAX, 1), &done), ERR_INVAL);
    UNIT_EQUAL(object_write(log, support_in_at(USER_UNMAPPED, 1), &done), ERR_FAULT);
    object_put(log); // what is left is a line, too
    UNIT_CHECK(strcmp(support_log(), "[prog] xxxxxx\n") == 0);
}

UNIT_TEST(log_ring_and_its_view_hold_the_latest_bytes)
{
    char line[101];
    char text[300];
    uint64_t start;
    uint64_t end;
    uint64_t from = 0;
    size_t done;
    struct vfs_node *view;

    support_start();
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(line, sizeof(line), "%099u", i);
        line[99] = '\n';
        log_ring_append(&(struct log_entry){.text = line, .len = 100, .label = ""});
    }
    log_ring_bounds(&start, &end);
    UNIT_EQUAL(end - start, LOG_RING_SIZE);
    UNIT_EQUAL(log_ring_read(&from, text, 100), 100);
    UNIT_EQUAL(from, start);
    from = end - 100;
    UNIT_EQUAL(log_ring_read(&from, text, sizeof(text)), 100);
    UNIT_CHECK(memcmp(text, line, 100) == 0);
    from = end;
    UNIT_EQUAL(log_ring_read(&from, text, sizeof(text)), 0);
    UNIT_OK(vfs_lookup(vfs_origin_root(fs_root()), "/Log/logfile", VFS_UPSTREAM, &view));
    UNIT_EQUAL(vfs_size(view), LOG_RING_SIZE);
    UNIT_OK(vfs_read(view, support_out(700), LOG_RING_SIZE - 600, &done));
    UNIT_EQUAL(done, 600);
    UNIT_OK(user_copy_in(text, user_memory(500), 100));
    UNIT_CHECK(memcmp(text, line, 100) == 0);
    UNIT_OK(vfs_read(view, support_out_at(UINT64_MAX, 5), LOG_RING_SIZE, &done));
    UNIT_EQUAL(done, 0);
    vfs_node_put(view);
}

/// The newest record and its text.
static struct coco_log_record newest(char *text)
{
    struct coco_log_record record;

    UNIT_CHECK(log_ring_fetch(log_ring_next() - 1, &record, text));
    text[record.text_len] = '\0';
    return record;
}

UNIT_TEST(log_records_say_what_lines_do_not)
{
    char text[COCO_LOG_TEXT_MAX + 1];
    struct object *log;

    support_start();
    UNIT_OK(log_object_create("a] [b\n", &log));
    UNIT_CHECK(strcmp(log_object_label(log), "a? ?b?") == 0);
    write_text(log, "[init] text\n");
    struct coco_log_record record = newest(text);
    UNIT_CHECK(strcmp(text, "[init] text") == 0 && strcmp(record.label, "a? ?b?") == 0);
    UNIT_CHECK(record.process == log_writer() && record.priority == LOG_PRIORITY_PLAIN);
    UNIT_CHECK(record.flags == 0);
    log_object_write(log, 3, "x\x1b\xc3\xa4\xc2\x85", 6);
    record = newest(text);
    UNIT_CHECK(record.priority == 3 && strcmp(text, "x?\xc3\xa4??") == 0);
    klog(LOG_WARN, "of the kernel");
    record = newest(text);
    UNIT_CHECK(record.flags == COCO_LOG_KERNEL && record.process == 0 && record.label[0] == '\0');
    UNIT_CHECK(record.priority == LOG_SEVERITY_WARNING);
    UNIT_CHECK(strcmp(text, "warning: of the kernel") == 0);
    object_put(log);
}

UNIT_TEST(log_records_and_bytes_run_out_apart)
{
    char text[COCO_LOG_TEXT_MAX + 1];
    struct coco_log_record record;
    const struct log_entry small = {.text = "s\n", .len = 2, .label = ""};
    uint64_t start;
    uint64_t end;

    support_start();
    for (unsigned i = 0; i < 3 * LOG_RING_RECORDS; i++) {
        log_ring_append(&small);
    }
    UNIT_EQUAL(log_ring_next() - log_ring_oldest(), LOG_RING_RECORDS);
    log_ring_bounds(&start, &end);
    UNIT_EQUAL(end - start, LOG_RING_SIZE);
    UNIT_CHECK(log_ring_fetch(0, &record, text) && record.sequence == log_ring_oldest());
    UNIT_CHECK(!log_ring_fetch(log_ring_next(), &record, text));
    UNIT_CHECK(!log_ring_fetch(UINT64_MAX, &record, text));
}

UNIT_TEST(log_sources_are_shared_and_limited)
{
    const struct coco_log_options options = {
        .size = sizeof(options), .rate = 1, .burst = 2, .label = "slow"};
    struct object *log;
    struct object *second;

    support_start();
    UNIT_OK(log_object_create_with(&options, &log));
    UNIT_OK(log_object_derive(log, &second));
    (void)support_log();
    write_text(log, "1\n");
    write_text(second, "2\nbegun");
    write_text(log, "3\n4\n5\n");
    object_put(log);
    UNIT_CHECK(strcmp(support_log(), "[slow] 1\n[slow] 2\n[slow] 3\n") == 0);
    object_put(second); // with the rest of a line, which is dropped, too
    UNIT_CHECK(strcmp(support_log(), "[slow] 3 messages dropped\n") == 0);
}

UNIT_TEST(log_readers_go_on_where_they_were)
{
    const struct log_entry line = {.text = "line\n", .len = 5, .label = ""};
    struct coco_log_record record;
    struct object *reader;
    size_t done;

    support_start();
    UNIT_OK(log_reader_create(&reader));
    UNIT_EQUAL(log_reader_seek(reader, COCO_LOG_END), log_ring_next());
    UNIT_EQUAL(object_events(reader), 0);
    log_ring_append(&line);
    log_ring_append(&line);
    UNIT_EQUAL(object_events(reader), COCO_EVENT_READ);
    UNIT_EQUAL(log_reader_read(reader, support_out_at(USER_UNMAPPED, 400), 0, &done), ERR_FAULT);
    UNIT_OK(log_reader_read(reader, support_out(100), 0, &done)); // there is room for one
    UNIT_EQUAL(done, sizeof(record) + 8);
    support_get(&record, sizeof(record));
    UNIT_EQUAL(record.sequence, log_ring_next() - 2);
    for (unsigned i = 0; i < LOG_RING_RECORDS + 9; i++) {
        log_ring_append(&line);
    }
    UNIT_OK(log_reader_read(reader, support_out(100), 0, &done));
    support_get(&record, sizeof(record));
    UNIT_EQUAL(record.lost, 10);
    object_put(reader);
}
