// SPDX-License-Identifier: MIT
// find_package: expat CONFIG -> expat::expat
// pkg-config: expat
// output: 2
#include <expat.h>
#include <stdio.h>
#include <string.h>

static void start(void *count, const XML_Char *name, const XML_Char **attributes)
{
    (void)name;
    (void)attributes;
    ++*(int *)count;
}

int main(void)
{
    const char text[] = "<a><b/></a>";
    XML_Parser parser = XML_ParserCreate(NULL);
    int count = 0;

    XML_SetUserData(parser, &count);
    XML_SetStartElementHandler(parser, start);
    if (XML_Parse(parser, text, (int)strlen(text), 1) != XML_STATUS_OK) {
        return 1;
    }
    XML_ParserFree(parser);
    printf("%d\n", count);
    return 0;
}
