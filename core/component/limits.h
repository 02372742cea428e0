/*
 * core/component/limits.h: what a component may at most have. Over one: STATUS_LIMIT with its name.
 */
#ifndef AETHER_COMPONENT_LIMITS_H
#define AETHER_COMPONENT_LIMITS_H

#define COMPONENT_LIMIT_DEPTH     100u       /* of a type; of components in components */
#define COMPONENT_LIMIT_TYPE_SIZE 1000000u   /* effective size: nodes when everything is unfolded */
#define COMPONENT_LIMIT_SIZE      (1u << 28) /* a value in memory is smaller, without lists' */
#define COMPONENT_LIMIT_NAME      100000u    /* bytes of a name */
#define COMPONENT_LIMIT_FIELDS    10000u     /* of one record, variant, enum, tuple */
#define COMPONENT_LIMIT_PARAMS    1000u
#define COMPONENT_LIMIT_ITEMS     100000u /* imports, exports, arguments, of one thing */
#define COMPONENT_LIMIT_STEPS     1000000u
#define COMPONENT_LIMIT_RESOURCES 100000u /* numbers of a graph */
/* Nodes of types that instantiations, imports and exports of one component may copy or compare, and
 * the next for each byte of it. Components of WASI 0.2 take less than one for 20 bytes. */
#define COMPONENT_LIMIT_WORK      1000000u
#define COMPONENT_WORK_PER_BYTE   2u
#define COMPONENT_LIMIT_INSTANCES 10000u /* component and core instances at run time */
#define COMPONENT_LIMIT_HANDLES   1000000u

#endif
