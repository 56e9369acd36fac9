// Owners of OpenSSL's objects. For the .cpp files of this library only: no other header includes
// it, so that OpenSSL stays behind one door.
#pragma once

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace strowger::crypto {

template <auto free_function>
struct OpensslFree {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

inline void free_bio(BIO* bio) {
  BIO_free(bio);
}

using EvpMd = std::unique_ptr<EVP_MD, OpensslFree<EVP_MD_free>>;
using EvpMdCtx = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using EvpMac = std::unique_ptr<EVP_MAC, OpensslFree<EVP_MAC_free>>;
using EvpMacCtx = std::unique_ptr<EVP_MAC_CTX, OpensslFree<EVP_MAC_CTX_free>>;
using EvpPkey = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;
using X509Pointer = std::unique_ptr<X509, OpensslFree<X509_free>>;
using X509Extension = std::unique_ptr<X509_EXTENSION, OpensslFree<X509_EXTENSION_free>>;
using BioPointer = std::unique_ptr<BIO, OpensslFree<free_bio>>;
using SslCtx = std::unique_ptr<SSL_CTX, OpensslFree<SSL_CTX_free>>;
using SslPointer = std::unique_ptr<SSL, OpensslFree<SSL_free>>;

}  // namespace strowger::crypto
