/*
 * greeter.c: one function of typed values, and no import at all: what it gets is what it has.
 */
#include <stdlib.h>
#include <string.h>

#include "greeter.h"

#define AGE_MAX 150

bool exports_greeter_greet(greeter_person_t *who, greeter_string_t *ret, greeter_refusal_t *err)
{
    static const char hello[] = "Hello, ";
    size_t len = sizeof hello - 1;
    if (who->name.len == 0) {
        err->tag = GREETER_REFUSAL_NO_NAME;
        return false;
    }
    if (who->age.is_some && who->age.val > AGE_MAX) {
        err->tag = GREETER_REFUSAL_TOO_OLD;
        err->val.too_old = who->age.val;
        return false;
    }
    ret->ptr = malloc(len + who->name.len);
    if (ret->ptr == NULL)
        abort();
    memcpy(ret->ptr, hello, len);
    memcpy(ret->ptr + len, who->name.ptr, who->name.len);
    ret->len = len + who->name.len;
    return true;
}
