# SPDX-License-Identifier: MIT
"""NAME_fuzz.c: a libFuzzer target of the host around the server's and the client's decoders.

The first 8 bytes of an input say what it is: byte 0 is 0 for a request to the server, 1 for a reply; byte 1
the kind of message, or which operation is replied to; byte 2 how many handles came.
"""

from coconut_interface import names

_COMMON = """
static uint64_t seen; /* folds all that a handler was given, so that the compiler keeps the reads */

static void look(const void *data, uint64_t size)
{
    const uint8_t *bytes = data;
    for (uint64_t i = 0; i < size; i++) {
        seen = seen * 31 + bytes[i];
    }
}

/* On this system no handle exists: even numbers stand for good ones. */
int32_t coco_call_handle(const struct coco_call *call, uint32_t index, uint32_t object, uint32_t rights)
{
    (void)object;
    (void)rights;
    return index < call->handle_count && call->handles[index] % 2 == 0 ? 0 : COCO_EPERM;
}

static void require(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s\\n", what);
        abort();
    }
}

/* What a decoder accepts the encoder makes again, byte for byte: there is one form of each message. */
static void same(const void *message, uint32_t length, const void *again, int32_t made)
{
    require(made >= 0 && (uint32_t)made == length && memcmp(message, again, length) == 0,
            "a message that was accepted is not what the encoder makes");
}
"""

_MAIN = """
static void request(const uint8_t *data, uint32_t length, const uint8_t *control)
{
    static uint64_t reply[COCO_CHANNEL_MESSAGE_MAX / 8];
    struct coco_call call = {.length = length, .reply = reply, .badge = 7};
    uint8_t *message = malloc(length > 0 ? length : 1); /* of its own, so that reads beyond are found */

    require(message != NULL, "out of memory");
    memcpy(message, data, length);
    memset(reply, 0xa5, sizeof(reply));
    call.request = message;
    call.kind = control[1] % 2;
    call.handle_count = control[2] % (COCO_CHANNEL_HANDLES_MAX + 1);
    for (uint32_t i = 0; i < call.handle_count; i++) {
        call.handles[i] = (uint32_t)(control[3] >> i) & 1u;
    }
    seen = 0;
    PREFIX_dispatch(&handlers, &call);
    const struct coco_reply_header *header = (const struct coco_reply_header *)reply;
    require(call.reply_length >= sizeof(*header) && call.reply_length <= sizeof(reply), "length of the reply");
    require(header->status == 0 || call.reply_length == sizeof(*header), "reply with an error");
    require(call.reply_handle_count <= COCO_CHANNEL_HANDLES_MAX, "handles of the reply");
    if (call.kind == COCO_CHANNEL_CALL && header->status == 0 && header->operation != 0) {
        require(reply_of(header->operation, reply, call.reply_length) == 0, "the client refuses the server's reply");
    }
    free(message);
}

static void response(const uint8_t *data, uint32_t length, uint16_t operation)
{
    uint8_t *message = malloc(length > 0 ? length : 1);

    require(message != NULL, "out of memory");
    memcpy(message, data, length);
    (void)reply_of(operation, message, length);
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8 || size - 8 > COCO_CHANNEL_MESSAGE_MAX) {
        return 0;
    }
    if (data[0] % 2 == 0) {
        request(data + 8, (uint32_t)(size - 8), data);
    } else {
        response(data + 8, (uint32_t)(size - 8), operations[data[1] % OPERATION_COUNT]);
    }
    return 0;
}
"""


def _looks(base, item):
    """Statements that read all of an argument or result."""
    if item.variable:
        return [f"    look({base}->{item.name}, {base}->{item.counter} * sizeof(*{base}->{item.name}));"]
    if item.count:
        return [f"    look({base}->{item.name}, sizeof({base}->{item.name}));"]
    return [f"    look(&{base}->{item.name}, sizeof({base}->{item.name}));"]


def _fills(interface, item):
    """Statements that set a result: something that is allowed, mostly."""
    if item.kind == "handle":
        return [f"    results->{item.name} = 5;"]
    lines = []
    if item.variable:
        lines.append(f"    results->{item.counter} = (uint32_t)(seen % {item.max + 1}u);")
        bound, place = f"results->{item.counter}", f"results->{item.name}[i]"
    elif item.count:
        bound, place = str(item.count), f"results->{item.name}[i]"
    else:
        bound, place = "1", f"results->{item.name}"
    if item.kind == "structure":
        body = f"memset(&{place}, 0, sizeof({place}));"
    elif item.kind == "enumeration":
        body = f"{place} = {item.of.values[0][1]}u;"
    elif item.is_bool:
        body = f"{place} = seen % 2 == 0;"
    else:
        kind = names.element(interface, item)
        body = f"{place} = ({kind})(seen % 100 + 1);"
    return [*lines, f"    for (uint32_t i = 0; i < {bound}; i++) {{", f"        {body}", "    }"]


def _handler(interface, operation):
    base = f"{interface.name}_{operation.name}"
    signature = names.handler(interface, operation).replace(f"(*{operation.name})", f"handle_{operation.name}")
    lines = [f"static {signature}", "{"]
    lines.append("    look(&call->badge, sizeof(call->badge));")
    for item in operation.request.fields:
        lines += _looks("arguments", item)
    if operation.request.fields:
        lines += ["    uint64_t again[COCO_CHANNEL_MESSAGE_MAX / 8];",
                  f"    same(call->request, call->length, again, {base}_request_encode(arguments, again));"]
    lines += ["    if (seen % 5 == 1) {", "        return (int32_t)(seen / 5 % 9) - 4; /* errors, known or not */",
              "    }"] if not operation.oneway else []
    for item in operation.reply.fields:
        lines += _fills(interface, item)
    if any(item.variable for item in operation.reply.fields):
        item = next(item for item in operation.reply.fields if item.variable)
        lines += ["    if (seen % 7 == 1) {",
                  f"        results->{item.counter} = {item.max + 1}; /* refused, the server's own fault */", "    }"]
    return [*lines, "    return 0;", "}", ""]


def _replies(interface):
    """A function that decodes the reply of an operation, and encodes it again."""
    lines = ["static int32_t reply_of(uint16_t operation, void *message, uint32_t length)", "{",
             "    uint64_t again[COCO_CHANNEL_MESSAGE_MAX / 8];", "    int32_t status = COCO_ENOSYS;", "",
             "    memcpy(again, message, length < 8 ? length : 8); /* the header: not the encoder's */",
             "    switch (operation) {"]
    for operation in interface.operations:
        if operation.oneway:
            continue
        base = f"{interface.name}_{operation.name}"
        lines.append(f"    case {names.upper(interface, 'operation', operation.name)}: {{")
        if operation.reply.fields:
            lines += [f"        struct {base}_results *results = &(struct {base}_results){{0}};",
                      f"        status = {base}_reply_decode(message, length, results);", "        if (status == 0) {"]
            for item in operation.reply.fields:
                lines += ["        " + line for line in _looks("results", item)]
            lines += [f"            same(message, length, again, {base}_reply_encode(results, again));", "        }"]
        else:
            lines += [f"        status = {base}_reply_decode(message, length);", "        if (status == 0) {",
                      f"            same(message, length, again, {base}_reply_encode(again));", "        }"]
        lines += ["        break;", "    }"]
    return [*lines, "    default:", "        break;", "    }", "    return status;", "}", ""]


def make(interface, source):
    """The text of the file."""
    lines = [*names.head(source),
             f"// Build: clang -g -O1 -fsanitize=fuzzer,address,undefined {interface.name}_fuzz.c {interface.name}_server.c",
             "// with the headers of <coconut/...> in reach. Seeds are in the folder corpus.",
             "#include <stdio.h>", "#include <stdlib.h>", "#include <string.h>", "",
             f'#include "{interface.name}_wire.h"', *_COMMON.rstrip().split("\n"), ""]
    lines += _replies(interface)
    for operation in interface.operations:
        lines += _handler(interface, operation)
    lines.append(f"static const struct {interface.name}_server handlers = {{")
    lines += [f"    .{operation.name} = handle_{operation.name}," for operation in interface.operations]
    lines += ["};", f"#define OPERATION_COUNT {len(interface.operations)}u",
              "static const uint16_t operations[OPERATION_COUNT] = {",
              *[f"    {names.upper(interface, 'operation', op.name)}," for op in interface.operations], "};"]
    return "\n".join(lines) + "\n" + _MAIN.replace("PREFIX", interface.name).rstrip("\n") + "\n"
