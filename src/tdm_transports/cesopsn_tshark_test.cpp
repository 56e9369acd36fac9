// What we send is read by another program: tshark decodes CESoPSN without RTP (it knows no form
// with RTP). Its absence fails the test.
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>

#include "tdm_transports/ces_fixture.hpp"

namespace strowger::tdm_transports {
namespace {

void put(std::FILE* file, std::initializer_list<std::uint32_t> words) {
  for (const std::uint32_t word : words) {
    (void)std::fwrite(&word, sizeof word, 1, file);
  }
}

/// A capture (link type 101: raw IP) of one UDP datagram a second from port 7000 to 7001.
void write_capture(const std::string& path, const CesStand& stand) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  put(file, {0xA1B2C3D4, 0x00040002, 0, 0, 65535, 101});
  std::uint32_t second = 0;
  for (const auto& datagram : stand.sent) {
    const auto udp = static_cast<std::uint16_t>(8 + datagram.size());
    const auto total = static_cast<std::uint16_t>(20 + udp);
    std::array<core::Octet, 28> headers{};
    core::OctetWriter out(headers);
    out.u16(0x4500);
    out.u16(total);
    out.u32(0);
    out.u16(0x4011);  // TTL 64, UDP
    out.u16(0);
    out.u32(0xC0000201);
    out.u32(0xC0000202);
    out.u16(7000);
    out.u16(7001);
    out.u16(udp);
    put(file, {second++, 0, total, total});
    (void)std::fwrite(headers.data(), 1, headers.size(), file);
    (void)std::fwrite(datagram.data(), 1, datagram.size(), file);
  }
  (void)std::fclose(file);
}

std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::array<char, 512> line{};
  while (pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr) {
    output += line.data();
  }
  if (pipe != nullptr) {
    (void)::pclose(pipe);
  }
  return output;
}

TEST(Cesopsn, is_decoded_by_tshark) {
  CesConfig config;
  config.timeslots = 2;
  config.packet_ms = 1;
  CesStand stand(config);
  for (int i = 0; i < 3; ++i) {
    stand.tick(std::vector<core::Octet>(16, static_cast<core::Octet>(0x21 + i)), i == 1, i == 2);
  }
  const auto path =
      (std::filesystem::temp_directory_path() / "strowger_cesopsn_test.pcap").string();
  write_capture(path, stand);
  const std::string output =
      output_of("tshark -r " + path +
                " -d udp.port==7001,pwcesopsn -T fields -e pwcesopsn.cw.lm -e pwcesopsn.cw.rbit"
                " -e pwcesopsn.cw.seqno -e pwcesopsn.cw.length -e data.data -e _ws.malformed"
                " 2>/dev/null");
  // L and M, R (nothing is heard), sequence, LEN, payload.
  EXPECT_EQ(output,
            "0x00\t1\t0\t20\t21212121212121212121212121212121\t\n"
            "0x08\t1\t1\t4\t\t\n"
            "0x02\t1\t2\t20\t23232323232323232323232323232323\t\n");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace strowger::tdm_transports
