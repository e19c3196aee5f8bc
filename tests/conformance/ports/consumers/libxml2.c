// SPDX-License-Identifier: MIT
// find_package: LibXml2 -> LibXml2::LibXml2
// pkg-config: libxml-2.0
// output: a
#include <libxml/parser.h>
#include <stdio.h>

int main(void)
{
    xmlDocPtr document = xmlReadMemory("<a><b/></a>", 11, "text.xml", NULL, 0);

    if (document == NULL) {
        return 1;
    }
    puts((const char *)xmlDocGetRootElement(document)->name);
    xmlFreeDoc(document);
    return 0;
}
