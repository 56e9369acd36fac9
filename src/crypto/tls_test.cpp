#include "crypto/tls.hpp"

#include <array>
#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/certificate.hpp"

namespace strowger::crypto {
namespace {

using State = TlsSession::State;

constexpr core::WallTime test_now{1'800'000'000'000'000'000};  // 2027

CertificatePair make_pair_for(std::vector<std::string> names, core::WallTime now) {
  CertificateRequest request;
  request.dns_names = std::move(names);
  request.addresses = {"127.0.0.1", "::1"};
  request.now = now;
  auto pair = make_self_signed(request);
  EXPECT_TRUE(pair);
  return *pair;
}

core::WallTime system_now() {
  timespec clock{};
  ::clock_gettime(CLOCK_REALTIME, &clock);
  return {std::int64_t{clock.tv_sec} * 1'000'000'000};
}

/// Moves what either side has to say to the other until both are silent.
void exchange(TlsSession& a, TlsSession& b) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& [from, to] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
      const std::string octets(core::text_of(from->output()));
      from->output_taken(octets.size());
      to->feed(core::octets_of(octets));
      moved = moved || !octets.empty();
    }
  }
}

std::string read_all(TlsSession& session) {
  std::string all;
  std::array<core::Octet, 100> room{};
  while (const std::size_t count = session.read(room)) {
    all += core::text_of(core::Octets(room).first(count));
  }
  return all;
}

class Tls : public testing::Test {
 protected:
  CertificatePair pair_ = make_pair_for({"pbx.example"}, system_now());
  std::shared_ptr<TlsContext> server_ = TlsContext::server(pair_, {"sip", "http/1.1"}).value();
};

TEST_F(Tls, carries_octets_both_ways_and_closes_in_order) {
  const auto client_context = TlsContext::client_trusting(pair_.certificate_pem).value();
  const auto client = client_context->open("pbx.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  ASSERT_EQ(client->state(), State::open) << client->error();
  ASSERT_EQ(server->state(), State::open) << server->error();
  EXPECT_EQ(client->version(), "TLSv1.3");
  const std::string large(40'000, 'x');
  EXPECT_EQ(client->write(core::octets_of(large)), large.size());
  EXPECT_EQ(server->write(core::octets_of("hello")), 5U);
  exchange(*client, *server);
  EXPECT_EQ(read_all(*server), large);
  EXPECT_EQ(read_all(*client), "hello");
  client->shutdown();
  exchange(*client, *server);
  EXPECT_EQ(read_all(*server), "");
  EXPECT_EQ(server->state(), State::closed);
}

TEST_F(Tls, takes_ciphertext_octet_by_octet) {
  const auto client_context = TlsContext::client_trusting(pair_.certificate_pem).value();
  const auto client = client_context->open("127.0.0.1");
  const auto server = server_->open("");
  for (int round = 0; round < 4; ++round) {
    for (const auto& [from, to] :
         {std::pair{client.get(), server.get()}, std::pair{server.get(), client.get()}}) {
      while (!from->output().empty()) {
        const core::Octet octet = from->output().front();
        from->output_taken(1);
        to->feed({&octet, 1});
      }
    }
  }
  EXPECT_EQ(client->state(), State::open) << client->error();
  EXPECT_EQ(server->state(), State::open) << server->error();
}

TEST_F(Tls, keeps_what_has_not_left_in_front_of_what_is_written_then) {
  const auto client_context = TlsContext::client_trusting(pair_.certificate_pem).value();
  const auto client = client_context->open("pbx.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  (void)read_all(*client);
  EXPECT_FALSE(server->has_input());
  std::string wire;
  std::string said;
  for (int i = 0; i < 200; ++i) {
    const std::string text(static_cast<std::size_t>(i) * 37 + 1, static_cast<char>('a' + i % 26));
    said += text;
    ASSERT_EQ(client->write(core::octets_of(text)), text.size());
    const core::Octets part = client->output().first(client->output().size() * 2 / 3);
    wire += core::text_of(part);
    client->output_taken(part.size());
  }
  wire += core::text_of(client->output());
  client->output_taken(client->output().size() + 1'000);
  EXPECT_TRUE(client->output().empty());
  server->feed(core::octets_of(wire));
  EXPECT_TRUE(server->has_input());
  EXPECT_EQ(read_all(*server), said);
  EXPECT_FALSE(server->has_input());
}

TEST_F(Tls, refuses_a_certificate_for_another_name) {
  const auto client_context = TlsContext::client_trusting(pair_.certificate_pem).value();
  for (const char* name : {"other.example", "192.0.2.1", ""}) {
    const auto client = client_context->open(name);
    const auto server = server_->open("");
    exchange(*client, *server);
    EXPECT_EQ(client->state(), State::failed) << name;
    EXPECT_NE(client->error().find("certificate verify failed"), std::string::npos)
        << client->error();
    EXPECT_EQ(server->state(), State::failed) << "told by an alert";
  }
}

TEST_F(Tls, refuses_a_certificate_nobody_vouches_for) {
  const auto client = TlsContext::client({}).value()->open("pbx.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  EXPECT_EQ(client->state(), State::failed);
  EXPECT_NE(client->error().find("self-signed"), std::string::npos) << client->error();
}

TEST_F(Tls, refuses_a_certificate_that_has_run_out) {
  const CertificatePair old = make_pair_for({"pbx.example"}, core::WallTime{0});
  const auto server = TlsContext::server(old).value()->open("");
  const auto client = TlsContext::client_trusting(old.certificate_pem).value()->open("pbx.example");
  exchange(*client, *server);
  EXPECT_EQ(client->state(), State::failed);
  EXPECT_NE(client->error().find("expired"), std::string::npos) << client->error();
}

TEST_F(Tls, takes_any_certificate_only_when_told_to) {
  TlsClientOptions options;
  options.verify = false;
  const auto client = TlsContext::client(options).value()->open("whoever.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  EXPECT_EQ(client->state(), State::open) << client->error();
}

TEST_F(Tls, agrees_on_the_servers_preferred_protocol) {
  const auto context =
      TlsContext::client_trusting(pair_.certificate_pem, {"http/1.1", "sip"}).value();
  const auto client = context->open("pbx.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  EXPECT_EQ(client->alpn(), "sip");
  EXPECT_EQ(server->alpn(), "sip");
}

TEST_F(Tls, refuses_a_peer_without_a_common_protocol) {
  const auto context = TlsContext::client_trusting(pair_.certificate_pem, {"h2"}).value();
  const auto client = context->open("pbx.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  EXPECT_EQ(server->state(), State::failed);
  EXPECT_EQ(client->state(), State::failed);
}

TEST_F(Tls, fails_on_noise_instead_of_a_handshake) {
  const auto server = server_->open("");
  server->feed(core::octets_of("OPTIONS sip:pbx.example SIP/2.0\r\n\r\n"));
  EXPECT_EQ(server->state(), State::failed);
  EXPECT_FALSE(server->error().empty());
  EXPECT_EQ(server->write(core::octets_of("x")), 0U);
}

TEST_F(Tls, fails_on_a_forged_record) {
  const auto client_context = TlsContext::client_trusting(pair_.certificate_pem).value();
  const auto client = client_context->open("pbx.example");
  const auto server = server_->open("");
  exchange(*client, *server);
  client->write(core::octets_of("money: 100"));
  std::string record(core::text_of(client->output()));
  record.back() = static_cast<char>(record.back() ^ 1);
  server->feed(core::octets_of(record));
  EXPECT_EQ(read_all(*server), "");
  EXPECT_EQ(server->state(), State::failed);
}

class CertificateFiles : public testing::Test {
 public:
  CertificateFiles() {
    std::string pattern = testing::TempDir() + "strowger-certificate-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    request_.now = test_now;
  }
  ~CertificateFiles() override {
    ::unlink(certificate().c_str());
    ::unlink(key().c_str());
    ::rmdir(folder_.c_str());
  }

 protected:
  std::string certificate() const { return folder_ + "/tls.crt"; }
  std::string key() const { return folder_ + "/tls.key"; }

  std::string folder_;
  CertificateRequest request_;
};

TEST_F(CertificateFiles, are_made_once_with_a_private_key_file) {
  EXPECT_EQ(ensure_certificate_files(certificate(), key(), request_), true);
  EXPECT_EQ(ensure_certificate_files(certificate(), key(), request_), false);
  struct stat status {};
  ASSERT_EQ(::stat(key().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_TRUE(TlsContext::server(TlsServerOptions{certificate(), key(), {}}));
}

TEST_F(CertificateFiles, are_not_made_where_one_of_the_two_is_there) {
  std::ofstream(key()) << "somebody's key";
  const auto made = ensure_certificate_files(certificate(), key(), request_);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().text.find("tls.crt is not"), std::string::npos) << made.error().text;
}

TEST_F(CertificateFiles, name_the_folder_that_is_missing) {
  const auto made =
      ensure_certificate_files(folder_ + "/no/tls.crt", folder_ + "/no/tls.key", request_);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().text.find("No such file"), std::string::npos) << made.error().text;
}

TEST_F(CertificateFiles, that_are_wrong_are_named_in_the_error) {
  const auto missing = TlsContext::server(TlsServerOptions{certificate(), key(), {}});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().text.find("tls.crt"), std::string::npos) << missing.error().text;
  ASSERT_TRUE(ensure_certificate_files(certificate(), key(), request_));
  std::ofstream(key()) << make_pair_for({}, test_now).key_pem;
  const auto mismatch = TlsContext::server(TlsServerOptions{certificate(), key(), {}});
  ASSERT_FALSE(mismatch);
  EXPECT_NE(mismatch.error().text.find("tls.key"), std::string::npos) << mismatch.error().text;
  TlsClientOptions options;
  options.ca_path = folder_ + "/none.pem";
  EXPECT_FALSE(TlsContext::client(options));
}

TEST(MakeSelfSigned, refuses_an_address_that_is_none) {
  CertificateRequest request;
  request.addresses = {"pbx"};
  const auto pair = make_self_signed(request);
  ASSERT_FALSE(pair);
  EXPECT_FALSE(pair.error().text.empty());
}

}  // namespace
}  // namespace strowger::crypto
