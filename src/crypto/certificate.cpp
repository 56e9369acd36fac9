#include "crypto/certificate.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/openssl_error.hpp"
#include "crypto/openssl_handles.hpp"

namespace strowger::crypto {
namespace {

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const X509Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string alternative_names(const CertificateRequest& request) {
  std::string names;
  for (const std::string& name : request.dns_names) {
    names += (names.empty() ? "DNS:" : ",DNS:") + name;
  }
  for (const std::string& address : request.addresses) {
    names += (names.empty() ? "IP:" : ",IP:") + address;
  }
  return names;
}

/// RFC 5280 clause 4.1.2.2: positive, at most 20 octets, not to be guessed.
bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) {
    return false;
  }
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7FU) | 0x40U);
  std::unique_ptr<BIGNUM, OpensslFree<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, const CertificateRequest& request) {
  time_t now = static_cast<time_t>(request.now.seconds());
  return X509_time_adj_ex(X509_getm_notBefore(certificate), -1, 0, &now) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), request.valid_days, 0, &now) != nullptr;
}

bool set_names(X509* certificate, const CertificateRequest& request) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto* const name = reinterpret_cast<const unsigned char*>(request.common_name.c_str());
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) != 1 ||
      X509_set_issuer_name(certificate, subject) != 1) {
    return false;
  }
  const std::string names = alternative_names(request);
  return (names.empty() || add_extension(certificate, NID_subject_alt_name, names)) &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(certificate, NID_subject_key_identifier, "hash");
}

CryptoError file_error(const std::string& path) {
  return {path + " can't be written: " + std::generic_category().message(errno)};
}

/// Written beside its place and renamed, so that a crash leaves no half of a key.
Result<void> write_file(const std::string& path, const std::string& text, mode_t mode) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) {
    return core::fail(file_error(path));
  }
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(beside.c_str(), path.c_str()) != 0) {
    const CryptoError error = file_error(path);
    ::unlink(beside.c_str());
    return core::fail(error);
  }
  return {};
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

Result<CertificatePair> make_self_signed(const CertificateRequest& request) {
  const EvpPkey key(EVP_EC_gen("P-256"));
  const X509Pointer certificate(X509_new());
  if (!key || !certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !set_serial(certificate.get()) || !set_validity(certificate.get(), request) ||
      X509_set_pubkey(certificate.get(), key.get()) != 1 ||
      !set_names(certificate.get(), request) ||
      X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
    return core::fail(CryptoError{"a self-signed certificate for " + request.common_name +
                                  " can't be made: " + take_openssl_error()});
  }
  const BioPointer certificate_out(BIO_new(BIO_s_mem()));
  const BioPointer key_out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate_out.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return core::fail(CryptoError{"a certificate can't be written: " + take_openssl_error()});
  }
  return CertificatePair{text_of(certificate_out.get()), text_of(key_out.get())};
}

Result<bool> ensure_certificate_files(const std::string& certificate_file,
                                      const std::string& key_file,
                                      const CertificateRequest& request) {
  const bool has_certificate = exists(certificate_file);
  const bool has_key = exists(key_file);
  if (has_certificate && has_key) {
    return false;
  }
  if (has_certificate || has_key) {
    return core::fail(CryptoError{(has_key ? key_file : certificate_file) + " is there but " +
                                  (has_key ? certificate_file : key_file) +
                                  " is not; bring the missing file back, or remove both to have " +
                                  "a new pair made"});
  }
  const auto pair = make_self_signed(request);
  if (!pair) {
    return core::fail(pair.error());
  }
  if (const auto written = write_file(key_file, pair->key_pem, 0600); !written) {
    return core::fail(written.error());
  }
  if (const auto written = write_file(certificate_file, pair->certificate_pem, 0644); !written) {
    ::unlink(key_file.c_str());
    return core::fail(written.error());
  }
  return true;
}

}  // namespace strowger::crypto
