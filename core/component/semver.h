/*
 * core/component/semver.h: versions as interface names have them: Semantic Versioning 2.0, or a
 * canonical prefix of one ("1", "0.2": Explainer.md "Canonical Interface Name").
 */
#ifndef AETHER_COMPONENT_SEMVER_H
#define AETHER_COMPONENT_SEMVER_H

#include "core/base/bytes.h"

/* Numbers above UINT32_MAX - 2 are that. A part that is not there is 0. */
struct component_semver {
    uint32_t major, minor, patch;
    struct bytes prerelease; /* behind the '-' */
};

bool MUST_CHECK component_semver_parse(struct bytes text, struct component_semver *out_version);

static inline bool component_semver_is_valid(struct bytes text)
{
    struct component_semver version;
    return component_semver_parse(text, &version);
}

#endif
