/*
 * node/aetherd/enroll.c: a certificate to the lines of the policy file that name its key.
 *
 * An operator is known by SHA-256 of the public key (SubjectPublicKeyInfo), so a new certificate
 * for the same key needs no new line. Nothing else of the certificate counts: its dates and its
 * issuer are not looked at, the handshake proves the key.
 */
#include "node/aetherd/enroll.h"

#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "node/supervisor/supervisor.h"

#define NAME_MAX_SHOWN 64

static X509 *read_certificate(const char *path)
{
    X509 *certificate = NULL;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        supervisor_say("%s can not be opened", path);
        return NULL;
    }
    certificate = PEM_read_X509(file, NULL, NULL, NULL);
    if (certificate == NULL)
        supervisor_say("%s holds no certificate in PEM (-----BEGIN CERTIFICATE-----)", path);
    (void)fclose(file);
    return certificate;
}

/* The common name, of which only plain characters are shown. */
static void read_name(const X509 *certificate, char out_name[NAME_MAX_SHOWN])
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    int len = X509_NAME_get_text_by_NID(subject, NID_commonName, out_name, NAME_MAX_SHOWN);
    if (len <= 0)
        (void)snprintf(out_name, NAME_MAX_SHOWN, "no name");
    for (char *c = out_name; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static bool write_lines(FILE *out, const X509 *certificate)
{
    uint8_t *spki = NULL, digest[SHA256_DIGEST_LENGTH];
    char hex[2 * SHA256_DIGEST_LENGTH + 1], name[NAME_MAX_SHOWN];
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    if (len <= 0)
        return false;
    (void)SHA256(spki, (size_t)len, digest);
    OPENSSL_free(spki);
    for (size_t i = 0; i < sizeof digest; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    read_name(certificate, name);
    return fprintf(out, "[operators]\noperator = %s # %s\n", hex, name) > 0;
}

static bool append_lines(const char *policy, const X509 *certificate)
{
    FILE *file = fopen(policy, "ae");
    if (file == NULL) {
        supervisor_say("%s can not be appended to", policy);
        return false;
    }
    bool is_written = fputc('\n', file) != EOF && write_lines(file, certificate);
    is_written = fclose(file) == 0 && is_written;
    if (is_written)
        supervisor_say("appended to %s; restart aetherd to let it count", policy);
    return is_written;
}

int enroll(const char *certificate, const char *policy)
{
    X509 *read = read_certificate(certificate);
    if (read == NULL)
        return SUPERVISOR_WRONG_WORDS;
    bool is_written = write_lines(stdout, read);
    if (is_written && policy != NULL)
        is_written = append_lines(policy, read);
    X509_free(read);
    return is_written ? SUPERVISOR_STOPPED : SUPERVISOR_NOT_STARTED;
}
