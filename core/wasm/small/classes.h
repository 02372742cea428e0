/*
 * core/wasm/small/classes.h: which operand classes the handlers are built for: few, for the metal
 * cell (an image of at most 768 KiB) and for the sanitizer build.
 *
 * Chosen by include path; core/wasm/full/classes.h is the other choice. Semantics, fuel and traps
 * are the same: a combination that is not built is done by another one and a move.
 *   S slot, A integer accumulator, I immediate, P and Q pinned locals, F float accumulator.
 * Orders matter: sources are S, A, then P, Q; results S, A (or F), then B (both), then P, Q.
 */
#ifndef AETHER_WASM_CLASSES_H
#define AETHER_WASM_CLASSES_H

/* Two integer operands. */
#define CLASS_PAIR_LIST(X, ...)                                                                    \
    X(S, S, __VA_ARGS__)                                                                           \
    X(A, S, __VA_ARGS__)                                                                           \
    X(S, A, __VA_ARGS__)                                                                           \
    X(S, I, __VA_ARGS__)                                                                           \
    X(A, I, __VA_ARGS__)

/* One integer operand. */
#define CLASS_SOURCE_LIST(X, ...) X(S, __VA_ARGS__) X(A, __VA_ARGS__)

/* An address: the immediate is in the offset. */
#define CLASS_ADDRESS_LIST(X, ...) X(S, __VA_ARGS__) X(A, __VA_ARGS__) X(I, __VA_ARGS__)

/* What an integer store writes. */
#define CLASS_STORED_LIST(X, ...) X(S, __VA_ARGS__) X(A, __VA_ARGS__) X(I, __VA_ARGS__)

/* Where integer results go; flags are those of compares, divisions and truncations. */
#define CLASS_RESULT_LIST(X, ...) X(S, __VA_ARGS__) X(A, __VA_ARGS__) X(B, __VA_ARGS__)
#define CLASS_FLAG_LIST(X, ...)   X(S, __VA_ARGS__) X(A, __VA_ARGS__)

/* Two float operands. */
#define CLASS_FLOAT_PAIR_LIST(X, ...) X(S, S, __VA_ARGS__) X(F, S, __VA_ARGS__)

/* One float operand. */
#define CLASS_FLOAT_SOURCE_LIST(X, ...) X(S, __VA_ARGS__)

/* Where float results go. */
#define CLASS_FLOAT_RESULT_LIST(X, ...) X(S, __VA_ARGS__) X(F, __VA_ARGS__)

/* Moves: from, to. */
#define CLASS_MOVE_LIST(X, ...)                                                                    \
    X(S, S, __VA_ARGS__)                                                                           \
    X(A, S, __VA_ARGS__)                                                                           \
    X(F, S, __VA_ARGS__)                                                                           \
    X(I, S, __VA_ARGS__)                                                                           \
    X(K, S, __VA_ARGS__)

#endif
