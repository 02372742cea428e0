/*
 * node/api/reply_internal.h: what the files of replies share.
 */
#ifndef AETHER_NODE_API_REPLY_INTERNAL_H
#define AETHER_NODE_API_REPLY_INTERNAL_H

#include "core/base/cbor.h"
#include "node/api/reply.h"

/* Each writes a whole reply; MALFORMED: main's CBOR is not of its shape. */
enum status reply_put_status(struct api_out *out, struct bytes details, struct report *why);
enum status reply_put_metrics(struct api_out *out, const struct api_counts *counts,
                              struct bytes metrics, struct report *why);
enum status reply_put_manifest(struct api_out *out, const struct message_manifest_is *manifest,
                               struct report *why);

#endif
