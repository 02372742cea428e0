/*
 * node/message/shown.h: sentences of others, as people get to see them.
 *
 * What a cell or another role says may hold anything. Shown is what text_escaped (core/base/text.h)
 * makes of it; quotes and backslashes stay as they are, so that a sentence in which names are
 * escaped already does not change. Not here: names, which are escaped whole.
 */
#ifndef AETHER_NODE_MESSAGE_SHOWN_H
#define AETHER_NODE_MESSAGE_SHOWN_H

#include "core/base/text.h"

/* One line, whatever is in it. */
void message_shown_line(struct text_sink out, struct bytes text);
/* Several: newlines stay, too. */
void message_shown_lines(struct text_sink out, struct bytes text);

#endif
