/*
 * core/component/json.h: values as JSON (RFC 8259), both ways, by type.
 *
 * PLAIN:
 *   bool, integers, floats   true, 42, 1.5; nan, inf and -inf are null; 64-bit integers are numbers
 *   char, string             "x"
 *   list, tuple              [..]; a list<u8> is read from a string (its UTF-8), too
 *   record                   {"field": ..}; a field of an option type may be left out
 *   variant                  {"case": payload or null}; "case" alone is read, too
 *   enum                     "case"
 *   option                   null or the value; of an option of an option: null or [value]
 *   result                   {"ok": ..} {"err": ..}; null for no payload
 *   flags                    ["a", "b"]
 * TAGGED: {"type": T, "value": V} with T the kind's word and values in values tagged as well:
 *   bool u8 .. s64 f32 f64 char string   scalars as above
 *   bytes     a list<u8>: an array of numbers
 *   list, tuple [tagged ..]; record [["field", tagged] ..]; enum "case"; flags ["a"];
 *   option null or tagged; variant ["case", null or tagged]; result ["ok", null or tagged]
 *   Reading takes wider integers (u32 for u8, u16, char's number) where they fit.
 *
 * Reading is strict: no key twice, no unknown key, numbers that fit, valid UTF-8, nothing behind
 * the value. What is printed parses back to the same value, but nan and inf in PLAIN.
 */
#ifndef AETHER_COMPONENT_JSON_H
#define AETHER_COMPONENT_JSON_H

#include "core/component/value.h"

enum component_json_form { COMPONENT_JSON_PLAIN, COMPONENT_JSON_TAGGED };

/* MALFORMED: not JSON, or not of the type: what was expected, and the offset in `text`. INVALID:
 * the type has no JSON (handles). */
enum status MUST_CHECK component_json_parse(struct bytes text, const struct component_type *type,
                                            enum component_json_form form, struct arena *arena,
                                            struct component_value *out_value,
                                            struct report *report);

enum status MUST_CHECK component_json_print(const struct component_value *value,
                                            const struct component_type *type,
                                            enum component_json_form form, struct arena *arena,
                                            struct bytes *out_text);

#endif
