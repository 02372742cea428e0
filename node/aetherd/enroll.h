/*
 * node/aetherd/enroll.h: `aetherd --enroll CERT.pem`: who may load, unload and shut down.
 */
#ifndef AETHER_NODE_AETHERD_ENROLL_H
#define AETHER_NODE_AETHERD_ENROLL_H

/* Prints the lines of the policy file that make the certificate's key an operator's; with `policy`
 * they are appended to that file, too. An exit status. */
int enroll(const char *certificate, const char *policy);

#endif
