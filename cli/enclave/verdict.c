/*
 * cli/enclave/verdict.c: what was verified of a server, line by line.
 */
#include "cli/enclave/connection.h"
#include "core/crypto/sha256.h"

static const char *const result_words[] = {"not asked", "ok", "FAILED"};
static const char *const kind_words[] = {"none", "tpm", "sgx"};
static const char *const origin_words[] = {"issuer", "pinned", "chain"};

static void put_row(FILE *out, const char *name, struct bytes value)
{
    (void)fprintf(out, "  %-12s ", name);
    cli_print_hex(out, value);
    (void)fputc('\n', out);
}

static void print_tpm(const struct attest_verdict *verdict, FILE *out)
{
    (void)fprintf(out, "  %-12s ", "key's name");
    cli_print_hex(out, bytes_of(verdict->ak_name, sizeof verdict->ak_name));
    (void)fprintf(out, "  (--ak pins it)\n");
    put_row(out, "PCR digest", bytes_of(verdict->pcr_digest, 32));
    for (unsigned i = 0; i < ATTEST_PCRS_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "PCR %u", i);
        if ((verdict->pcr_mask >> i & 1) != 0)
            put_row(out, name, bytes_of(verdict->pcr_values[i], 32));
    }
    (void)fprintf(out, "  %-12s %u resets, %u restarts, clock %llu ms, firmware %016llx\n", "TPM",
                  verdict->reset_count, verdict->restart_count,
                  (unsigned long long)verdict->clock_ms, (unsigned long long)verdict->firmware);
}

static void print_kind(const struct attest_verdict *verdict, FILE *out)
{
    if (verdict->kind == ATTEST_EVIDENCE_NONE) {
        (void)fputs("  evidence     none: nothing says on what machine it runs, or what\n", out);
        return;
    }
    if (verdict->kind == ATTEST_EVIDENCE_SGX) {
        put_row(out, "MRENCLAVE", bytes_of(verdict->mr_enclave, 32));
        put_row(out, "MRSIGNER", bytes_of(verdict->mr_signer, 32));
        (void)fputs("  not checked  revocation and Intel's TCB status\n", out);
        return;
    }
    if (verdict->origin == ATTEST_ORIGIN_ISSUER)
        (void)fputs("  origin       only the issuer vouches for the attestation key: --ak or "
                    "--tpm-ca asks for more\n",
                    out);
    print_tpm(verdict, out);
}

static void print_text(const struct enclave_connection *connection, FILE *out)
{
    const struct attest_verdict *verdict = &connection->verdict;
    for (int i = 0; i < ATTEST_CHECK_COUNT; i++)
        if (verdict->results[i] != ATTEST_NOT_ASKED)
            (void)fprintf(out, "  %-12s %s\n", attest_check_word((enum attest_check)i),
                          result_words[verdict->results[i]]);
    if (connection->has_session_evidence)
        (void)fputs("  session      the evidence was made for this very connection\n", out);
    if (verdict->is_dev)
        (void)fputs("  --dev        the server was started for development: anyone may load\n",
                    out);
    if (verdict->has_code_hash)
        put_row(out, "code hash", bytes_of(verdict->code_hash, 32));
    put_row(out, "leaf key", bytes_of(verdict->spki_hash, 32));
    put_row(out, "issuer", bytes_of(verdict->issuer_hash, 32));
    print_kind(verdict, out);
}

static void put_member(FILE *out, const char *name, struct bytes value)
{
    (void)fprintf(out, ",\"%s\":\"", name);
    cli_print_hex(out, value);
    (void)fputc('"', out);
}

static void print_pcrs(const struct attest_verdict *verdict, FILE *out)
{
    const char *between = "";
    put_member(out, "ak_name", bytes_of(verdict->ak_name, sizeof verdict->ak_name));
    put_member(out, "pcr_digest", bytes_of(verdict->pcr_digest, 32));
    (void)fputs(",\"pcrs\":{", out);
    for (unsigned i = 0; i < ATTEST_PCRS_MAX; i++) {
        if ((verdict->pcr_mask >> i & 1) == 0)
            continue;
        (void)fprintf(out, "%s\"%u\":\"", between, i);
        cli_print_hex(out, bytes_of(verdict->pcr_values[i], 32));
        (void)fputc('"', out);
        between = ",";
    }
    (void)fprintf(out, "},\"reset_count\":%u,\"restart_count\":%u,\"clock_ms\":%llu",
                  verdict->reset_count, verdict->restart_count,
                  (unsigned long long)verdict->clock_ms);
}

static void print_json(const struct enclave_connection *connection, FILE *out)
{
    const struct attest_verdict *verdict = &connection->verdict;
    (void)fprintf(out, "{\"evidence\":\"%s\",\"dev\":%s,\"session\":%s,\"checks\":{",
                  kind_words[verdict->kind], verdict->is_dev ? "true" : "false",
                  connection->has_session_evidence ? "true" : "false");
    for (int i = 0; i < ATTEST_CHECK_COUNT; i++)
        (void)fprintf(out, "%s\"%s\":\"%s\"", i == 0 ? "" : ",",
                      attest_check_word((enum attest_check)i), result_words[verdict->results[i]]);
    (void)fputc('}', out);
    if (verdict->kind != ATTEST_EVIDENCE_NONE)
        (void)fprintf(out, ",\"origin\":\"%s\"", origin_words[verdict->origin]);
    put_member(out, "leaf_key", bytes_of(verdict->spki_hash, 32));
    put_member(out, "issuer", bytes_of(verdict->issuer_hash, 32));
    if (verdict->has_code_hash)
        put_member(out, "code_hash", bytes_of(verdict->code_hash, 32));
    if (verdict->kind == ATTEST_EVIDENCE_TPM)
        print_pcrs(verdict, out);
    if (verdict->kind == ATTEST_EVIDENCE_SGX) {
        put_member(out, "mr_enclave", bytes_of(verdict->mr_enclave, 32));
        put_member(out, "mr_signer", bytes_of(verdict->mr_signer, 32));
    }
    (void)fputs("}\n", out);
}

void enclave_print_verdict(const struct enclave_connection *connection, FILE *out, bool json)
{
    if (json)
        print_json(connection, out);
    else
        print_text(connection, out);
}

bool enclave_write_chain(const struct enclave_connection *connection, const char *path)
{
    struct enclave_text text;
    if (!enclave_text_open(&text))
        return false;
    bool is_good = true;
    for (uint32_t i = 0; i < connection->chain.count && is_good; i++) {
        char *base64 = NULL;
        struct bytes der = connection->chain.certs[i];
        BIO *bio = BIO_new(BIO_s_mem());
        const uint8_t *p = der.data;
        X509 *certificate = d2i_X509(NULL, &p, (long)der.len);
        is_good = bio != NULL && certificate != NULL && PEM_write_bio_X509(bio, certificate) == 1;
        long len = is_good ? BIO_get_mem_data(bio, &base64) : 0;
        (void)fwrite(base64, 1, len > 0 ? (size_t)len : 0, text.file);
        X509_free(certificate);
        BIO_free(bio);
    }
    is_good = enclave_text_finish(&text) && is_good &&
              cli_write(path, bytes_of(text.data, text.len), 0644);
    enclave_text_close(&text);
    return is_good;
}
