/*
 * core/wasm/full/classes.h: which operand classes the handlers are built for: all, for hosts.
 *
 * Chosen by include path; see core/wasm/small/classes.h for the other choice and the conventions.
 * A pinned local is in its slot as well (written through), so pairs that are rare are left out:
 * the slot serves.
 */
#ifndef AETHER_WASM_CLASSES_H
#define AETHER_WASM_CLASSES_H

#define CLASS_PAIR_LIST(X, ...)                                                                    \
    X(S, S, __VA_ARGS__)                                                                           \
    X(A, S, __VA_ARGS__)                                                                           \
    X(S, A, __VA_ARGS__)                                                                           \
    X(S, I, __VA_ARGS__)                                                                           \
    X(A, I, __VA_ARGS__)                                                                           \
    X(P, S, __VA_ARGS__)                                                                           \
    X(Q, S, __VA_ARGS__)                                                                           \
    X(S, P, __VA_ARGS__)                                                                           \
    X(S, Q, __VA_ARGS__)                                                                           \
    X(P, A, __VA_ARGS__)                                                                           \
    X(Q, A, __VA_ARGS__)                                                                           \
    X(A, P, __VA_ARGS__)                                                                           \
    X(A, Q, __VA_ARGS__)                                                                           \
    X(P, Q, __VA_ARGS__)                                                                           \
    X(Q, P, __VA_ARGS__)                                                                           \
    X(P, I, __VA_ARGS__)                                                                           \
    X(Q, I, __VA_ARGS__)

#define CLASS_SOURCE_LIST(X, ...)                                                                  \
    X(S, __VA_ARGS__) X(A, __VA_ARGS__) X(P, __VA_ARGS__) X(Q, __VA_ARGS__)

#define CLASS_ADDRESS_LIST(X, ...)                                                                 \
    X(S, __VA_ARGS__)                                                                              \
    X(A, __VA_ARGS__) X(I, __VA_ARGS__) X(P, __VA_ARGS__) X(Q, __VA_ARGS__)

#define CLASS_STORED_LIST(X, ...)                                                                  \
    X(S, __VA_ARGS__)                                                                              \
    X(A, __VA_ARGS__) X(I, __VA_ARGS__) X(P, __VA_ARGS__) X(Q, __VA_ARGS__)

#define CLASS_RESULT_LIST(X, ...)                                                                  \
    X(S, __VA_ARGS__)                                                                              \
    X(A, __VA_ARGS__) X(B, __VA_ARGS__) X(P, __VA_ARGS__) X(Q, __VA_ARGS__)
#define CLASS_FLAG_LIST(X, ...) X(S, __VA_ARGS__) X(A, __VA_ARGS__) X(B, __VA_ARGS__)

#define CLASS_FLOAT_PAIR_LIST(X, ...) X(S, S, __VA_ARGS__) X(F, S, __VA_ARGS__) X(S, F, __VA_ARGS__)

#define CLASS_FLOAT_SOURCE_LIST(X, ...) X(S, __VA_ARGS__) X(F, __VA_ARGS__)

#define CLASS_FLOAT_RESULT_LIST(X, ...) X(S, __VA_ARGS__) X(F, __VA_ARGS__) X(B, __VA_ARGS__)

#define CLASS_MOVE_LIST(X, ...)                                                                    \
    X(S, S, __VA_ARGS__)                                                                           \
    X(A, S, __VA_ARGS__)                                                                           \
    X(F, S, __VA_ARGS__)                                                                           \
    X(I, S, __VA_ARGS__)                                                                           \
    X(K, S, __VA_ARGS__)                                                                           \
    X(S, P, __VA_ARGS__)                                                                           \
    X(S, Q, __VA_ARGS__)                                                                           \
    X(A, P, __VA_ARGS__)                                                                           \
    X(A, Q, __VA_ARGS__)                                                                           \
    X(I, P, __VA_ARGS__)                                                                           \
    X(I, Q, __VA_ARGS__)

#endif
