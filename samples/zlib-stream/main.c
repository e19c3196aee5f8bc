// SPDX-License-Identifier: MIT
// zlib-stream: compress standard input to standard output in gzip format, or undo it.
//
//   zlib-stream < FILE > FILE.gz
//   zlib-stream -d < FILE.gz > FILE
//
// An ordinary C program: standard streams, malloc inside zlib, exit status 0 on success.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#define CHUNK 65536
#define GZIP_WINDOW (15 + 16) /* largest window, gzip header and trailer */

static unsigned char input[CHUNK], output[CHUNK];

static void fail(const char *what)
{
    fprintf(stderr, "zlib-stream: %s\n", what);
    exit(1);
}

/// Writes what zlib has put into `output`.
static void drain(const z_stream *stream)
{
    size_t count = CHUNK - stream->avail_out;
    if (fwrite(output, 1, count, stdout) != count) {
        fail(strerror(errno));
    }
}

/// Fills `input`; returns true when there is no more after it.
static bool fill(z_stream *stream)
{
    stream->avail_in = (uInt)fread(input, 1, CHUNK, stdin);
    stream->next_in = input;
    if (ferror(stdin)) {
        fail(strerror(errno));
    }
    return feof(stdin) != 0;
}

static void compress_stream(void)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        fail("not enough memory");
    }
    bool last;
    do {
        last = fill(&stream);
        do {
            stream.next_out = output;
            stream.avail_out = CHUNK;
            deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
            drain(&stream);
        } while (stream.avail_out == 0);
    } while (!last);
    deflateEnd(&stream);
}

static void expand_stream(void)
{
    z_stream stream = {0};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) {
        fail("not enough memory");
    }
    int status = Z_OK;
    bool last = false;
    while (!last && status != Z_STREAM_END) {
        last = fill(&stream);
        do {
            stream.next_out = output;
            stream.avail_out = CHUNK;
            status = inflate(&stream, Z_NO_FLUSH);
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
                fail(stream.msg ? stream.msg : "input is not gzip data");
            }
            drain(&stream);
        } while (stream.avail_out == 0 && status != Z_STREAM_END);
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) {
        fail("input ends too early");
    }
}

int main(int argc, char **argv)
{
    bool expand = argc == 2 && strcmp(argv[1], "-d") == 0;
    if (argc > 1 && !expand) {
        fprintf(stderr, "usage: zlib-stream [-d] < INPUT > OUTPUT\n");
        return 2;
    }
    if (expand) {
        expand_stream();
    } else {
        compress_stream();
    }
    if (fflush(stdout) != 0) {
        fail(strerror(errno));
    }
    return 0;
}
