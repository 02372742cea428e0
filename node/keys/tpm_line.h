/*
 * node/keys/tpm_line.h: commands to a TPM and its responses over one descriptor that stays open.
 *
 * ESYS takes this as its TCTI. Those of tpm2-tss do not do for a role that has shut itself in: the
 * one for swtpm connects anew for each command, and all are loaded at run time by name. A device
 * (/dev/tpmrm0) and swtpm's port of commands speak the same: a command's bytes, a response's bytes.
 */
#ifndef AETHER_NODE_KEYS_TPM_LINE_H
#define AETHER_NODE_KEYS_TPM_LINE_H

#include <tss2/tss2_tcti.h>

#include "core/base/report.h"

#define TPM_LINE_MAX     4096u
#define TPM_LINE_MOST_MS 60000 /* no command takes so long; a TPM that does is taken for gone */

struct tpm_line {
    TSS2_TCTI_CONTEXT_COMMON_V1 common; /* first: what ESYS is given */
    int fd;
    bool is_socket;
    bool is_asked; /* a response is to come, or is there */
    size_t have;   /* bytes of it */
    uint8_t response[TPM_LINE_MAX];
};

/* `fd` open already (it stays the caller's), or -1: "device:PATH" is opened or
 * "swtpm:host=ADDRESS,port=NUMBER" connected to. INVALID: neither of these. */
enum status MUST_CHECK tpm_line_open(struct tpm_line *line, const char *tcti, int fd,
                                     struct report *report);
void tpm_line_close(struct tpm_line *line);

#endif
