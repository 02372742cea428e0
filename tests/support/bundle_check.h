/*
 * tests/support/bundle_check.h: what must hold for bundle_open whatever bytes come.
 *
 * The image's key is signer 1 of tests/support/signer.h. Asserted besides sanitizers' own checks:
 * a refusal writes nothing and says something; what opens lies inside of the input, is canonical
 * (writing the manifest again gives the same bytes) and opens with the signature's word alone.
 */
#ifndef AETHER_TESTS_BUNDLE_CHECK_H
#define AETHER_TESTS_BUNDLE_CHECK_H

#include "core/proof/bundle.h"

/* The fault of an image that does not take unsigned bundles. */
enum outcome_fault bundle_check(struct bytes input);

#endif
