/*
 * cli/enclave/text.c: texts that grow, through a stream.
 */
#include <stdlib.h>

#include "cli/enclave/enclave.h"

bool enclave_text_open(struct enclave_text *text)
{
    memset(text, 0, sizeof *text);
    text->file = open_memstream(&text->data, &text->len);
    if (text->file == NULL)
        cli_say("memory ran out");
    return text->file != NULL;
}

bool enclave_text_finish(struct enclave_text *text)
{
    bool is_good = text->file != NULL && ferror(text->file) == 0;
    if (text->file != NULL && fclose(text->file) != 0)
        is_good = false;
    text->file = NULL;
    if (!is_good)
        cli_say("memory ran out");
    return is_good;
}

void enclave_text_close(struct enclave_text *text)
{
    if (text->file != NULL)
        (void)fclose(text->file); /* what it holds is not wanted */
    if (text->data != NULL)
        memory_wipe(text->data, text->len); /* a key may have been in it */
    free(text->data);
    memset(text, 0, sizeof *text);
}
