/* This file takes the anchors from Windows' own certificate store. */
#include "os/tls_context.h"

#include <windows.h>

#include <wincrypt.h>

bool tls_anchors_add(SSL_CTX *ctx)
{
	HCERTSTORE root = CertOpenSystemStoreW(0, L"ROOT");
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	PCCERT_CONTEXT found = NULL;

	if (!root)
		return false;
	while ((found = CertEnumCertificatesInStore(root, found)) != NULL) {
		const unsigned char *der = found->pbCertEncoded;
		X509 *certificate = d2i_X509(NULL, &der, (long)found->cbCertEncoded);

		/* One that cannot be read, or is there twice, is none of ours to mend. */
		if (certificate)
			(void)X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	CertCloseStore(root, 0);
	return true;
}
