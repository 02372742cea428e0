/*
 * tests/unit/component/test_abi_vectors.c: what the reference definitions of the canonical ABI make
 * of some thousand values is what we make of them. ABI_VECTORS=FILE replays another file, of
 * `make abi-vectors`.
 */
#include <stdio.h>

#include "tests/support/abi_vector.h"
#include "tests/support/test.h"

static struct bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long len = ftell(file);
    assert_true(len > 0);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    uint8_t *data = malloc((size_t)len);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)len, file), (size_t)len);
    (void)fclose(file);
    return bytes_of(data, (size_t)len);
}

TEST(every_vector_is_lifted_and_lowered_as_the_definitions_do)
{
    const char *path = getenv("ABI_VECTORS");
    struct bytes file = read_file(path != NULL ? path : "tests/corpus/abi/vectors.bin");
    struct abi_vector_counts counts;
    assert_true(abi_vectors_replay(file, &counts));
    free((void *)(uintptr_t)file.data);
    print_message("%u lifted, %u lowered, %u of them trap, %u with handles\n", counts.lifts,
                  counts.lowers, counts.traps, counts.with_handles);
    if (counts.failed != 0)
        print_message("vector %u: %s\n", counts.first_failed, counts.why);
    assert_int_equal(counts.failed, 0);
    assert_true(counts.lifts != 0 && counts.lowers != 0);
    assert_true(path != NULL || (counts.lifts >= 1000 && counts.lowers >= 1000 &&
                                 counts.traps >= 500 && counts.with_handles >= 200));
}

TEST_MAIN(T(every_vector_is_lifted_and_lowered_as_the_definitions_do))
