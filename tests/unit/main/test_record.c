/* Records of calls: a chain for each app, and what stands in them. */
#include "core/crypto/sha256.h"
#include "core/proof/receipt.h"
#include "node/main/claims.h"
#include "node/main/record.h"
#include "tests/support/test.h"

static struct settings settings; /* large */
static struct hub hub;
static struct app *app;

static void begin(void)
{
    struct report report;
    bool is_taken;
    report_init(&report);
    settings_defaults(&settings);
    memset(settings.cell_hash, 5, 32);
    memset(&hub, 0, sizeof hub);
    hub.settings = &settings;
    hub.apps = calloc(settings.apps_max + 1, sizeof(struct app *));
    receipt_engine_id(hub.engine_id);
    assert_int_equal(pthread_mutex_init(&hub.lock, NULL), 0);
    assert_int_equal(claims_create(&hub, &hub.claims, &report), STATUS_OK);
    assert_int_equal(
        app_reserve(&hub, BYTES_LITERAL("a"), BYTES_LITERAL("a"), &app, &is_taken, &report),
        STATUS_OK);
    memset(app->code_hash, 9, 32);
    app_publish(&hub, app);
}

static void end(void)
{
    app_remove(&hub, app);
    app_release(&hub, app);
    claims_destroy(hub.claims);
    free(hub.apps);
}

static const uint8_t *field(const uint8_t *record, enum receipt_field_id id)
{
    return record + receipt_fields[id].offset;
}

static void make(struct bytes function, uint32_t kind, uint8_t record[static RECEIPT_BYTES],
                 uint8_t hash[static 32])
{
    uint8_t expected[32];
    struct record_call call = {
        .app = app,
        .function = function,
        .outcome = {.kind = kind, .reason = kind == OUTCOME_TRAP ? 14 : 0, .fuel_used = 77},
        .job = {.fuel = 1000, .memory_bytes = 65536}};
    memset(call.params_hash, 1, 32);
    memset(call.result_hash, 2, 32);

    record_make(&hub, app, &call, record, hash);

    sha256_digest(function, expected);
    assert_memory_equal(field(record, RECEIPT_FIELD_entry_hash), expected, 32);
    sha256_digest(bytes_of(record, RECEIPT_BYTES), expected);
    assert_memory_equal(hash, expected, 32);
    assert_memory_equal(field(record, RECEIPT_FIELD_manifest_hash), claims_tree(hub.claims), 32);
    assert_memory_equal(field(record, RECEIPT_FIELD_payload_hash), app->code_hash, 32);
    assert_memory_equal(field(record, RECEIPT_FIELD_image_hash), settings.cell_hash, 32);
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_limit_fuel), 1000);
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_fuel_used), 77);
}

TEST(each_record_names_the_one_before)
{
    static const uint8_t zero[32];
    uint8_t record[RECEIPT_BYTES], hash[32], before[32];
    begin();
    make(BYTES_LITERAL("f"), OUTCOME_RESULT, record, before);
    assert_memory_equal(field(record, RECEIPT_FIELD_previous), zero, 32);
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_flags), RECEIPT_NODE);

    for (uint64_t i = 2; i < 6; i++) {
        make(BYTES_LITERAL("g"), OUTCOME_RESULT, record, hash);
        assert_int_equal(receipt_number(record, RECEIPT_FIELD_cycle), i);
        assert_memory_equal(field(record, RECEIPT_FIELD_previous), before, 32);
        assert_int_equal(receipt_number(record, RECEIPT_FIELD_flags),
                         RECEIPT_NODE | RECEIPT_CHAINED);
        memcpy(before, hash, 32);
    }
    end();
}

TEST(a_result_has_two_hashes_and_a_trap_one)
{
    uint8_t record[RECEIPT_BYTES], hash[32];
    begin();
    make(BYTES_LITERAL("f"), OUTCOME_RESULT, record, hash);
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_telemetry_count), 2);
    assert_int_equal(field(record, RECEIPT_FIELD_telemetry)[0], 32);
    assert_int_equal(field(record, RECEIPT_FIELD_telemetry)[1], 1);
    assert_int_equal(field(record, RECEIPT_FIELD_telemetry)[34], 2);

    make(BYTES_LITERAL("f"), OUTCOME_TRAP, record, hash);
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_telemetry_count), 1);
    assert_int_equal(receipt_number(record, RECEIPT_FIELD_reason), 14);
    end();
}

TEST(a_name_may_be_longer_than_an_entry_of_a_manifest)
{
    static char name[MESSAGE_FUNCTION_MAX];
    uint8_t record[RECEIPT_BYTES], hash[32];
    begin();
    memset(name, 'n', sizeof name);
    make(bytes_of(name, GATE_ENTRY_MAX), OUTCOME_RESULT, record, hash);
    make(bytes_of(name, GATE_ENTRY_MAX + 1), OUTCOME_RESULT, record, hash);
    make(bytes_of(name, sizeof name), OUTCOME_RESULT, record, hash);
    end();
}

TEST(dev_is_unsigned_in_every_record)
{
    uint8_t record[RECEIPT_BYTES], hash[32];
    begin();
    settings.is_dev = true;
    make(BYTES_LITERAL("f"), OUTCOME_RESULT, record, hash);

    assert_int_equal(receipt_number(record, RECEIPT_FIELD_flags), RECEIPT_NODE | RECEIPT_UNSIGNED);
    end();
}

TEST_MAIN(T(each_record_names_the_one_before), T(a_result_has_two_hashes_and_a_trap_one),
          T(a_name_may_be_longer_than_an_entry_of_a_manifest), T(dev_is_unsigned_in_every_record))
