/*
 * core/component/text.h: values and calls as text, in the syntax of WAVE (the one that
 * `wasmtime run --invoke` takes).
 *
 *   bool            true false
 *   integers        42 -1             decimal, no leading '+'
 *   f32 f64         1.5 -2e10 inf -inf nan
 *   char            'x' '\n' '\u{1F600}'
 *   string          "text" with \\ \' \" \t \n \r \u{...}; """ over several lines """
 *   list            [1, 2]; as many as the type says, where it does
 *   map             [("key", 1), ("other", 2)]: a list of tuples
 *   tuple           (1, "x")
 *   record          {name: "x", age: 3}; fields in any order, options may be left out; {:} for none
 *   variant, enum   case   case(payload)
 *   option          some(x) none; x alone where x can not be taken for one of these
 *   result          ok(x) err(x) ok err; x alone for ok(x), likewise
 *   flags           {read, write} {}
 *   names           %record is the name "record" that is no keyword
 *   white space and // comments to the end of a line between any two tokens
 *
 * What is printed is one line, and parses back to the same value (NaN: to the canonical one).
 * Handles have no text: printed as <handle N>, and not parsed.
 *
 * Not here: JSON (json.h).
 */
#ifndef AETHER_COMPONENT_TEXT_H
#define AETHER_COMPONENT_TEXT_H

#include "core/component/value.h"

/* All of `text` as one value of the type. MALFORMED: what was expected, and the offset in `text`;
 * INVALID: the type has no text; NO_MEMORY. Strings without escapes point into `text`. */
enum status MUST_CHECK component_text_parse(struct bytes text, const struct component_type *type,
                                            struct arena *arena, struct component_value *out_value,
                                            struct report *report);

/* `value` must have the form of `type`; the text has no newline and no NUL at its end. */
enum status MUST_CHECK component_text_print(const struct component_value *value,
                                            const struct component_type *type, struct arena *arena,
                                            struct bytes *out_text);

/* A call: f(1, "x"), iface#f(...), ns:pkg/iface@1.0#f(...); '.' may stand for '#'. Without
 * parentheses it is a name with no arguments. All three point into the text. */
struct component_text_call {
    struct bytes interface; /* empty: none said */
    struct bytes func;
    struct bytes text; /* the whole */
    size_t args_at;    /* where the '(' is; text.len: there is none */
};

enum status MUST_CHECK component_text_call_split(struct bytes text,
                                                 struct component_text_call *out_call,
                                                 struct report *report);

/* The arguments, as many as `type` has parameters; options at the end may be left out.
 * `*out_params` is an array of param_count in the arena. */
enum status MUST_CHECK component_text_call_params(const struct component_text_call *call,
                                                  const struct component_func_type *type,
                                                  struct arena *arena,
                                                  struct component_value **out_params,
                                                  struct report *report);

#endif
