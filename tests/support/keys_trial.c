/*
 * tests/support/keys_trial.c: see keys_trial.h.
 */
#include "tests/support/keys_trial.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tests/support/test.h"

enum status keys_trial_settings(struct keys_trial *trial, const struct settings *settings,
                                int directory)
{
    *trial = (struct keys_trial){.settings = malloc(sizeof *trial->settings)};
    assert_non_null(trial->settings);
    *trial->settings = *settings;
    report_init(&trial->report);
    assert_int_equal(keys_answer_init(&trial->answer), STATUS_OK);
    return keys_open(trial->settings, directory, -1, &trial->keys, &trial->report);
}

void keys_trial_open(struct keys_trial *trial, int directory)
{
    struct settings *settings = calloc(1, sizeof *settings);
    assert_non_null(settings);
    settings->is_dev = true;
    const enum status status = keys_trial_settings(trial, settings, directory);
    free(settings);
    if (status != STATUS_OK)
        fail_msg("keys_open: %s: %s", status_text(status), trial->report.text);
}

void keys_trial_close(struct keys_trial *trial)
{
    keys_close(trial->keys);
    keys_answer_fini(&trial->answer);
    free(trial->settings);
}

const union message_any *keys_trial_ask(struct keys_trial *trial, enum message_type type,
                                        const union message_any *request,
                                        enum message_type expected)
{
    keys_answer_wipe(&trial->answer);
    keys_answer(trial->keys, type, request, &trial->answer);
    if (trial->answer.type == MESSAGE_FAILED && expected != MESSAGE_FAILED)
        fail_msg("%s: %.*s", message_name(type), (int)trial->answer.any.failed.text.len,
                 (const char *)trial->answer.any.failed.text.data);
    assert_int_equal(trial->answer.type, expected);
    assert_int_equal(trial->answer.any.id, request->id);
    return &trial->answer.any;
}

void keys_trial_refused(struct keys_trial *trial, enum message_type type,
                        const union message_any *request, enum message_failure code)
{
    const union message_any *answer = keys_trial_ask(trial, type, request, MESSAGE_FAILED);
    assert_int_equal(answer->failed.code, code);
    assert_true(answer->failed.text.len > 0);
}

void keys_trial_spki(uint8_t out_spki[static 91])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    uint8_t *at = out_spki;
    assert_non_null(key);
    assert_int_equal(i2d_PUBKEY(key, NULL), 91);
    assert_int_equal(i2d_PUBKEY(key, &at), 91);
    EVP_PKEY_free(key);
}
