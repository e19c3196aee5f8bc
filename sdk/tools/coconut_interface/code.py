# SPDX-License-Identifier: MIT
"""NAME_client.c and NAME_server.c."""

from coconut_interface import names


def _transfer(target, index, item, source):
    """Statements that put a handle beside a message."""
    place = f"{target}[{index}]"
    return [f"    {place}.handle = {source}->{item.name};",
            f"    {place}.rights = {names.rights(item) or 'COCO_RIGHTS_SAME'};",
            f"    {place}.flags = {'COCO_TRANSFER_MOVE' if item.move else '0'};",
            f"    {place}.reserved = 0;"]


def _stub(interface, operation):
    base, request, reply = f"{interface.name}_{operation.name}", operation.request, operation.reply
    flags = [flag for flag, wanted in (("COCO_CLIENT_IDEMPOTENT", operation.idempotent),
                                       ("COCO_CLIENT_ONEWAY", operation.oneway)) if wanted]
    arguments = "arguments, " if request.fields else ""
    lines = [names.signature(interface, operation), "{", "    struct coco_client_call call;",
             f"    const int32_t length = {base}_request_encode({arguments}client->request);", "",
             "    if (length < 0) {", "        return length;", "    }",
             "    call.length = (uint32_t)length;",
             f"    call.operation = {names.upper(interface, 'operation', operation.name)};",
             f"    call.flags = {' | '.join(flags) or '0'};",
             f"    call.handle_count = {len(request.handles)};",
             f"    call.reply_handle_count = {len(reply.handles)};"]
    for index, item in enumerate(request.handles):
        lines += _transfer("call.handles", index, item, "arguments")
    if operation.oneway:
        return [*lines, "    return coco_client_call(client, &call);", "}", ""]
    results = ", results" if reply.fields else ""
    lines += ["    const int32_t status = coco_client_call(client, &call);", "    if (status != 0) {",
              "        return status;", "    }",
              f"    if ({base}_reply_decode(client->reply, call.reply_length{results}) != 0) {{",
              "        return coco_client_reject(&call);", "    }"]
    lines += [f"    results->{item.name} = call.reply_handles[{index}];"
              for index, item in enumerate(reply.handles)]
    return [*lines, "    return 0;", "}", ""]


def client(interface, source):
    """The text of NAME_client.c."""
    lines = [*names.head(source), f'#include "{interface.name}_wire.h"', ""]
    for operation in interface.operations:
        lines += _stub(interface, operation)
    return "\n".join(lines[:-1]) + "\n"


def _room(interface, operation):
    """Where a handler finds room for arrays: each behind the longest that can come before it."""
    lines, at = [], operation.reply.fixed
    for item in operation.reply.tails:
        kind = names.element(interface, item)
        lines.append(f"    results.{item.name} = ({kind} *)(void *)((uint8_t *)call->reply + {at});")
        at += item.tail_max
    return lines


def _serve(interface, operation):
    base, request, reply = f"{interface.name}_{operation.name}", operation.request, operation.reply
    kind = "SEND" if operation.oneway else "CALL"
    lines = [f"static int32_t serve_{operation.name}(const struct {interface.name}_server *server, "
             "struct coco_call *call)", "{"]
    if request.fields:
        lines.append(f"    struct {base}_arguments arguments;")
    if reply.fields:
        lines.append(f"    struct {base}_results results;")
    lines += ["    int32_t status;", "",
              f"    if (call->kind != COCO_CHANNEL_{kind} || call->handle_count != {len(request.handles)}) {{",
              "        return COCO_EINVAL;", "    }",
              f"    status = {base}_request_decode(call->request, call->length"
              f"{', &arguments' if request.fields else ''});",
              "    if (status != 0) {", "        return status;", "    }"]
    for index, item in enumerate(request.handles):
        wanted = f"COCO_OBJECT_{item.object}" if item.object else "0"
        lines += [f"    status = coco_call_handle(call, {index}, {wanted}, {names.rights(item) or '0'});",
                  "    if (status != 0) {", "        return status;", "    }",
                  f"    arguments.{item.name} = call->handles[{index}];"]
    lines += [f"    if (server->{operation.name} == NULL) {{", "        return COCO_ENOSYS;", "    }"]
    words = "call" + (", &arguments" if request.fields else "")
    if reply.fields:
        lines += ["    __builtin_memset(&results, 0, sizeof(results));", *_room(interface, operation)]
        words += ", &results"
    lines += [f"    status = server->{operation.name}({words});"]
    return lines + _end(interface, operation, base) + ["}", ""]


def _end(interface, operation, base):
    """Statements from the handler's status to the reply."""
    reply = operation.reply
    if operation.oneway:
        return ["    return status;"]
    lines = ["    if (status < 0) {", "        return status;", "    }"]
    if operation.errors:
        lines += ["    switch (status) {", "    case 0:", "        break;"]
        lines += [f"    case {names.upper(interface, 'error', error)}:" for error in operation.errors]
        lines += ["        return status;", "    default:", "        return COCO_EIO; /* no error of the operation */",
                  "    }"]
    else:
        lines += ["    if (status > 0) {", "        return COCO_EIO; /* the operation has no errors */", "    }"]
    lines += [f"    const int32_t length = {base}_reply_encode({'&results, ' if reply.fields else ''}call->reply);",
              "    if (length < 0) {", "        return COCO_EIO; /* results that cannot be */", "    }",
              "    call->reply_length = (uint32_t)length;"]
    for index, item in enumerate(reply.handles):
        lines += _transfer("call->reply_handles", index, item, "(&results)")
    if reply.handles:
        lines.append(f"    call->reply_handle_count = {len(reply.handles)};")
    return [*lines, "    return 0;"]


def server(interface, source):
    """The text of NAME_server.c."""
    lines = [*names.head(source), f'#include "{interface.name}_wire.h"', ""]
    for operation in interface.operations:
        lines += _serve(interface, operation)
    lines += [f"void {interface.name}_dispatch(const void *operations, struct coco_call *call)", "{",
              f"    const struct {interface.name}_server *server = operations;",
              f"    int32_t status = coco_call_header(call, {names.upper(interface, 'number')}, "
              f"{names.upper(interface, 'major')});", "",
              "    call->reply_handle_count = 0;",
              "    if (status == 0) {",
              "        switch (((const struct coco_request_header *)call->request)->operation) {",
              "        case COCO_OPERATION_DESCRIBE:",
              f"            status = coco_call_describe(call, {names.upper(interface, 'major')}, "
              f"{names.upper(interface, 'minor')});", "            break;"]
    for operation in interface.operations:
        lines += [f"        case {names.upper(interface, 'operation', operation.name)}:",
                  f"            status = serve_{operation.name}(server, call);", "            break;"]
    lines += ["        default:", "            status = COCO_ENOSYS;", "        }", "    }",
              "    coco_call_finish(call, status);", "}"]
    return "\n".join(lines) + "\n"
