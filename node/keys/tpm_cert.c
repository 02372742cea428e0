/*
 * node/keys/tpm_cert.c: certificates that go with quotes, and the attestation key for who makes
 * one.
 */
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "node/attest/leaf.h"
#include "node/keys/tpm_internal.h"

#define NV_CHUNK 512u

/* Where a TPM's maker puts certificates of endorsement keys (TCG EK Credential Profile 2.2.1.4). */
static const TPM2_HANDLE EK_INDEXES[] = {0x01c0000a, 0x01c00014, 0x01c00016, 0x01c00002};

static void ak_spki(const struct tpm *tpm, uint8_t out[static ATTEST_SPKI_LEN])
{
    static const uint8_t prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                     0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    memcpy(out, prefix, sizeof prefix);
    memcpy(out + sizeof prefix, tpm->ak_point, sizeof tpm->ak_point);
}

enum status tpm_ak_pem(const struct tpm *tpm, struct buffer *out)
{
    uint8_t spki[ATTEST_SPKI_LEN];
    char *text = NULL;
    enum status status = STATUS_NO_MEMORY;
    ak_spki(tpm, spki);
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio != NULL && PEM_write_bio(bio, "PUBLIC KEY", "", spki, sizeof spki) > 0) {
        const long len = BIO_get_mem_data(bio, &text);
        status = buffer_append(out, bytes_of(text, (size_t)len));
    }
    BIO_free(bio);
    return status;
}

/* The DER of `cert` behind those that are there. */
static bool keep(struct tpm *tpm, X509 *cert)
{
    const int len = i2d_X509(cert, NULL);
    if (tpm->cert_count == ATTEST_CERTS_MAX || len <= 0 || (size_t)len > TPM_CERT_MAX)
        return false;
    uint8_t *at = tpm->certs[tpm->cert_count];
    tpm->cert_len[tpm->cert_count++] = (size_t)i2d_X509(cert, &at);
    return true;
}

static bool is_for_ak(const struct tpm *tpm, X509 *cert)
{
    uint8_t spki[ATTEST_SPKI_LEN], *der = NULL;
    ak_spki(tpm, spki);
    const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
    const bool is_same =
        len == (int)sizeof spki && memcmp(der, spki, sizeof spki) == 0; /* both are public */
    OPENSSL_free(der);
    return is_same;
}

enum status tpm_set_certificates(struct tpm *tpm, struct bytes pem, struct report *report)
{
    struct tpm before = *tpm; /* the endorsement key's stays last */
    uint32_t count = 0;
    enum status status = STATUS_OK;
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509 *cert;
    tpm->cert_count = 0;
    while (status == STATUS_OK && bio != NULL &&
           (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (count == 0 && !is_for_ak(tpm, cert))
            status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                 "the first certificate of ak.crt is not for this TPM's "
                                 "attestation key (ak.pem)");
        else if (!keep(tpm, cert))
            status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                 "ak.crt has too many certificates, or too long ones");
        count++;
        X509_free(cert);
    }
    BIO_free(bio);
    if (status == STATUS_OK && count == 0)
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "ak.crt holds no certificate in PEM");
    for (uint32_t i = 0; status == STATUS_OK && i < before.cert_count; i++) {
        if (tpm->cert_count == ATTEST_CERTS_MAX)
            break; /* who gives four knows better than the endorsement key's maker */
        memcpy(tpm->certs[tpm->cert_count], before.certs[i], before.cert_len[i]);
        tpm->cert_len[tpm->cert_count++] = before.cert_len[i];
    }
    return status;
}

static bool read_nv(struct tpm *tpm, ESYS_TR index, uint16_t size, uint8_t *out)
{
    for (uint16_t at = 0; at < size;) {
        const uint16_t left = (uint16_t)(size - at);
        const uint16_t wanted = left < NV_CHUNK ? left : (uint16_t)NV_CHUNK;
        TPM2B_MAX_NV_BUFFER *data = NULL;
        if (Esys_NV_Read(tpm->esys, index, index, ESYS_TR_PASSWORD, ESYS_TR_NONE, ESYS_TR_NONE,
                         wanted, at, &data) != TSS2_RC_SUCCESS)
            return false;
        const bool is_whole = data->size == wanted;
        if (is_whole)
            memcpy(out + at, data->buffer, wanted);
        Esys_Free(data);
        if (!is_whole)
            return false;
        at = (uint16_t)(at + wanted);
    }
    return true;
}

static bool try_index(struct tpm *tpm, TPM2_HANDLE handle)
{
    uint8_t der[TPM_CERT_MAX];
    ESYS_TR index = ESYS_TR_NONE;
    TPM2B_NV_PUBLIC *public = NULL;
    bool is_kept = false;
    if (Esys_TR_FromTPMPublic(tpm->esys, handle, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE,
                              &index) != TSS2_RC_SUCCESS)
        return false;
    if (Esys_NV_ReadPublic(tpm->esys, index, ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &public,
                           NULL) == TSS2_RC_SUCCESS) {
        const uint16_t size = public->nvPublic.dataSize;
        if (size <= sizeof der && read_nv(tpm, index, size, der)) {
            const uint8_t *at = der; /* what is behind the certificate is padding */
            X509 *cert = d2i_X509(NULL, &at, size);
            is_kept = cert != NULL && keep(tpm, cert);
            X509_free(cert);
        }
        Esys_Free(public);
    }
    (void)Esys_TR_Close(tpm->esys, &index); /* our side's number alone */
    return is_kept;
}

void tpm_ek_certificate(struct tpm *tpm)
{
    for (size_t i = 0; i < sizeof EK_INDEXES / sizeof EK_INDEXES[0]; i++)
        if (try_index(tpm, EK_INDEXES[i]))
            return;
}
