/*
 * core/component/json.h: values as JSON (RFC 8259), both ways, by type.
 *
 * PLAIN:
 *   bool, integers, floats   true, 42, 1.5; 64-bit integers are numbers; nan, inf and -inf are
 *                            null when printed; null and the strings "nan", "inf", "-inf" are read
 *   char, string             "x"
 *   list, tuple              [..]; a list<u8> is read from a string (its UTF-8), too; a list of a
 *                            fixed length has as many items as the type says
 *   map                      [[key, value], ..]; what comes twice is there twice
 *   record                   {"field": ..}; a field of an option type may be left out
 *   variant                  {"case": payload or null}; "case" alone is read, too
 *   enum                     "case"
 *   option                   null or the value; of an option of an option: null or [value]
 *   result                   {"ok": ..} {"err": ..}; null for no payload
 *   flags                    ["a", "b"]
 *
 * TAGGED: {"type": T, "value": V}. Read: T is the kind's word, and V holds tagged values in turn:
 *   bool, u8 .. s64, f32, f64, char, string   scalars as above; any word of an integer or of a
 *             float does for all of them, where the number fits; "string" does for a char
 *   bytes     a list<u8> as an array of numbers
 *   list      [tagged ..]             tuple    [tagged ..]
 *   map       [[tagged, tagged] ..]
 *   record    [["field", tagged] ..]  flags    ["a", "b"]
 *   enum      "case"                  variant  ["case", null or tagged]
 *   option    null or tagged          result   ["ok", null or tagged]
 * Printed, V is plain: scalars with the word of theirs (s8, s16 as "s32", u8, u16 as "u32", char as
 * "string"), a list<u8> and every empty list as "bytes", other lists and maps as "list", the rest
 * as "record".
 *
 * Reading is strict: no key twice, no unknown key, numbers that fit, valid UTF-8, nothing behind
 * the value.
 */
#ifndef AETHER_COMPONENT_JSON_H
#define AETHER_COMPONENT_JSON_H

#include "core/component/value.h"

enum component_json_form { COMPONENT_JSON_PLAIN, COMPONENT_JSON_TAGGED };

/* MALFORMED: not JSON, or not of the type: what was expected, and the offset in `text`. INVALID:
 * the type has no JSON (handles). Strings without escapes point into `text`. */
enum status MUST_CHECK component_json_parse(struct bytes text, const struct component_type *type,
                                            enum component_json_form form, struct arena *arena,
                                            struct component_value *out_value,
                                            struct report *report);

/* Arguments: an array with one value for each parameter, in their order. MALFORMED as above, or
 * another number of them. `*out_place`: which parameter does not fit, counted from 0; NOT_A_PARAM:
 * it is none of them. */
#define COMPONENT_JSON_NOT_A_PARAM UINT32_MAX
enum status MUST_CHECK component_json_parse_params(struct bytes text,
                                                   const struct component_func_type *type,
                                                   enum component_json_form form,
                                                   struct arena *arena,
                                                   struct component_value **out_params,
                                                   uint32_t *out_place, struct report *report);

/* Handles are printed as the number that their maker calls them. */
enum status MUST_CHECK component_json_print(const struct component_value *value,
                                            const struct component_type *type,
                                            enum component_json_form form, struct arena *arena,
                                            struct bytes *out_text);

#endif
