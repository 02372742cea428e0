/*
 * node/world/file.h: the methods of GATE_FILE, by the file that has them.
 */
#ifndef AETHER_NODE_WORLD_FILE_H
#define AETHER_NODE_WORLD_FILE_H

#include "node/world/internal.h"

#endif
