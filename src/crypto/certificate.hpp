// A certificate of our own for the first start: TLS works before anybody has ordered a better one.
// Any thread; allocates; the functions on files block.
#pragma once

#include <string>
#include <vector>

#include "core/time.hpp"
#include "crypto/error.hpp"

namespace strowger::crypto {

struct CertificateRequest {
  std::string common_name = "strowger";
  std::vector<std::string> dns_names;  // subjectAltName
  std::vector<std::string> addresses;  // numeric IPv4 and IPv6, subjectAltName
  core::WallTime now;                  // valid from a day before, as clocks of others are slow
  int valid_days = 3650;
};

struct CertificatePair {
  std::string certificate_pem;
  std::string key_pem;
};

/// A self-signed certificate over a fresh P-256 key (RFC 5280; ECDSA with SHA-256).
[[nodiscard]] Result<CertificatePair> make_self_signed(const CertificateRequest& request);

/// Makes the pair and writes it to two files, the key readable by its owner alone, unless both are
/// there already; then they are left as they are. True where files were made. One file without the
/// other is an error: which of them is right nobody can know.
[[nodiscard]] Result<bool> ensure_certificate_files(const std::string& certificate_file,
                                                    const std::string& key_file,
                                                    const CertificateRequest& request);

}  // namespace strowger::crypto
