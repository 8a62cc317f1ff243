/* This file writes down what stands in a certificate. */
#include "os/tls_certificate.h"

#include "os/tcp.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

static const struct {
	int nid;
	const char *name;
} key_rows[] = {
	{ EVP_PKEY_RSA, "RSA" },         { EVP_PKEY_RSA_PSS, "RSA-PSS" }, { EVP_PKEY_EC, "EC" },
	{ EVP_PKEY_ED25519, "Ed25519" }, { EVP_PKEY_ED448, "Ed448" },     { EVP_PKEY_DSA, "DSA" },
};

/* A NUL would end the text early and show "good.example" for
 * "good.example\0.evil.example". */
static const char *text_of(struct arena *arena, const unsigned char *at, int len)
{
	size_t n = len < 0 ? 0 : (size_t)len, to = 0;
	char *text;

	if (n > TLS_TEXT_MAX)
		n = TLS_TEXT_MAX;
	text = arena_alloc(arena, n * 3 + 1);
	for (size_t i = 0; text && i < n; i++) {
		if (at[i] != 0) {
			text[to++] = (char)at[i];
			continue;
		}
		text[to++] = '\\';
		text[to++] = '0';
		text[to++] = '0';
	}
	return text;
}

static const char *name_line(struct arena *arena, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	const char *line = NULL;
	char *at;
	long len;

	if (!bio)
		return NULL;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		len = BIO_get_mem_data(bio, &at);
		line = text_of(arena, (const unsigned char *)at, (int)len);
	}
	BIO_free(bio);
	return line;
}

static const char *name_part(struct arena *arena, const X509_NAME *name, int nid)
{
	int at = X509_NAME_get_index_by_NID(name, nid, -1), len;
	const char *text = NULL;
	unsigned char *utf8;

	if (at < 0)
		return NULL;
	len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len < 0)
		return NULL;
	text = text_of(arena, utf8, len);
	OPENSSL_free(utf8);
	return text;
}

static const char *address_text(struct arena *arena, const ASN1_OCTET_STRING *address)
{
	int len = ASN1_STRING_length(address);
	struct view bytes = view_of(ASN1_STRING_get0_data(address), len < 0 ? 0 : (size_t)len);
	char text[TCP_ADDRESS_MAX];

	return tcp_address_text(bytes, text) ? arena_strdup(arena, text) : NULL;
}

static void read_names(struct arena *arena, X509 *certificate, struct tls_certificate *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && out->n_names < TLS_NAMES_MAX; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const char *text = NULL;

		if (name->type == GEN_DNS)
			text = text_of(arena, ASN1_STRING_get0_data(name->d.dNSName),
				       ASN1_STRING_length(name->d.dNSName));
		else if (name->type == GEN_IPADD)
			text = address_text(arena, name->d.iPAddress);
		if (text)
			out->names[out->n_names++] = text;
	}
	GENERAL_NAMES_free(names);
}

static void read_access(struct arena *arena, X509 *certificate, struct tls_certificate *out)
{
	AUTHORITY_INFO_ACCESS *all = X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL);

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all); i++) {
		const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(all, i);
		int method = OBJ_obj2nid(one->method);

		if (one->location->type != GEN_URI)
			continue;
		if (method == NID_ad_OCSP)
			out->has_ocsp = true;
		else if (method == NID_ad_ca_issuers && !out->aia_issuers_url)
			out->aia_issuers_url = text_of(
				arena, ASN1_STRING_get0_data(one->location->d.uniformResourceIdentifier),
				ASN1_STRING_length(one->location->d.uniformResourceIdentifier));
	}
	AUTHORITY_INFO_ACCESS_free(all);
}

static wall_time time_of(const ASN1_TIME *time)
{
	ASN1_TIME *zero = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;

	if (!zero || ASN1_TIME_diff(&days, &seconds, zero, time) != 1)
		days = seconds = 0;
	ASN1_TIME_free(zero);
	return (wall_time)days * 86400 + seconds;
}

static void read_key(X509 *certificate, struct tls_certificate *out)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	int bits;

	out->key_type = "unknown";
	if (!key)
		return;
	for (size_t i = 0; i < sizeof key_rows / sizeof key_rows[0]; i++)
		if (EVP_PKEY_get_base_id(key) == key_rows[i].nid)
			out->key_type = key_rows[i].name;
	bits = EVP_PKEY_get_bits(key);
	out->key_bits = bits > 0 ? (unsigned)bits : 0;
}

static const char *fingerprint(struct arena *arena, X509 *certificate)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char *text;

	if (X509_digest(certificate, EVP_sha256(), sum, &len) != 1)
		return NULL;
	text = arena_alloc(arena, 2 * (size_t)len + 1);
	for (unsigned i = 0; text && i < len; i++) {
		text[2 * i] = digits[sum[i] >> 4];
		text[2 * i + 1] = digits[sum[i] & 15];
	}
	return text;
}

void tls_certificate_read(struct arena *arena, X509 *certificate, struct tls_certificate *out)
{
	const X509_NAME *subject = X509_get_subject_name(certificate),
			*issuer = X509_get_issuer_name(certificate);

	*out = (struct tls_certificate){
		.subject = name_line(arena, subject),
		.issuer = name_line(arena, issuer),
		.subject_cn = name_part(arena, subject, NID_commonName),
		.issuer_cn = name_part(arena, issuer, NID_commonName),
		.issuer_o = name_part(arena, issuer, NID_organizationName),
		.not_before = time_of(X509_get0_notBefore(certificate)),
		.not_after = time_of(X509_get0_notAfter(certificate)),
		.signature = OBJ_nid2ln(X509_get_signature_nid(certificate)),
		.sha256 = fingerprint(arena, certificate),
		.is_self_issued = X509_NAME_cmp(subject, issuer) == 0,
		.is_ca = X509_check_ca(certificate) == 1,
		.has_scts = X509_get_ext_by_NID(certificate, NID_ct_precert_scts, -1) >= 0,
	};
	read_key(certificate, out);
	read_names(arena, certificate, out);
	read_access(arena, certificate, out);
	ERR_clear_error();
}
