/*
 * tests/support/json_check.h: any bytes through api's streaming reader: what must hold of it.
 *
 * Whole and in pieces it says the same: events, text, refusal and where. The first byte says how
 * the pieces are cut and whether arrays in arrays are taken as bytes, and the rest is the text.
 * Checks begin `report` themselves.
 */
#ifndef AETHER_TESTS_JSON_CHECK_H
#define AETHER_TESTS_JSON_CHECK_H

#include "core/base/report.h"

enum status json_check(struct bytes input, struct report *report);

/* A frame's payload through the request parser, whole and in pieces, and the reply to it when it is
 * refused: which must be JSON itself. */
enum status frame_check(struct bytes input, struct report *report);

#endif
