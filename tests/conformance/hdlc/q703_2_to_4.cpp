// Framing by Q.703 (07/96), clauses 2.3.2, 2.3.7, 3 and 4, on lines written out bit by bit, the
// first bit sent standing first. ISO/IEC 13239 says the same of flags, transparency and check bits,
// and its abort and idle line are those of the last cases.
#include <algorithm>
#include <iterator>

#include <gtest/gtest.h>

#include "hdlc/line_fixture.hpp"

namespace strowger::hdlc::test {
namespace {

using Kind = ReceiverEvent::Kind;
using Kinds = std::vector<Kind>;
using Octets = std::vector<core::Octet>;

constexpr const char* flag = "01111110";

/// A fill-in unit: BSN and FSN 127, both indicator bits 1, length indicator 0. Its first 16 bits
/// are ones and cancel the sixteen ones that the division begins with; eight zeros leave nothing;
/// so the remainder is zero and is sent inverted, as ones.
const Octets fisu_of_ones{0xFF, 0xFF, 0x00};
constexpr const char* fisu_of_ones_line =
    "11111 0 11111 0 11111 0 1  00000000  "  // 16 ones, with zeros inserted
    "11111 0 11111 0 11111 0 1";             // the check bits

/// BSN and FSN 0, both indicator bits 1: no five ones anywhere, so nothing is inserted.
const Octets fisu_of_zeros{0x80, 0x80, 0x00};
constexpr const char* fisu_of_zeros_line = "00000001 00000001 00000000  0011011101100010";

/// A status unit "out of service" behind the same header: length indicator 1, status 3.
const Octets sios{0xFF, 0xFF, 0x01, 0x03};
constexpr const char* sios_line =
    "11111 0 11111 0 11111 0 1  10000000  11000000  001111 0100101011";

/// Blanks are for the reader.
std::string line_of(const std::string& spaced) {
  std::string bits;
  std::copy_if(spaced.begin(), spaced.end(), std::back_inserter(bits),
               [](char bit) { return bit != ' '; });
  return bits;
}
std::string between_flags(const std::string& spaced) {
  return flag + line_of(spaced) + flag;
}
/// The line of a good unit whose first bit has been turned.
std::string damaged() {
  std::string bits = line_of(fisu_of_zeros_line);
  bits[0] = '1';
  return bits;
}

TEST(Q703, Q703_2_3_2_a_flag_is_a_zero_six_ones_and_a_zero) {
  EXPECT_EQ(sent({}, 2), std::string(flag) + flag);
}

TEST(Q703, Q703_2_3_2_the_closing_flag_of_one_unit_is_the_opening_flag_of_the_next) {
  const std::string line = sent({fisu_of_zeros, fisu_of_zeros});
  const std::string wanted = between_flags(fisu_of_zeros_line) + line_of(fisu_of_zeros_line) + flag;
  EXPECT_EQ(line.substr(0, wanted.size()), wanted);
  EXPECT_EQ(frames_in(wanted), Frames({fisu_of_zeros, fisu_of_zeros}));
}

TEST(Q703, Q703_2_3_7_check_bits_of_vectors_worked_by_hand) {
  struct Vector {
    Octets unit;
    const char* line;
  };
  for (const Vector& vector :
       {Vector{fisu_of_ones, fisu_of_ones_line}, Vector{fisu_of_zeros, fisu_of_zeros_line},
        Vector{sios, sios_line}}) {
    const std::string wanted = between_flags(vector.line);
    EXPECT_EQ(sent({vector.unit}).substr(0, wanted.size()), wanted);
    EXPECT_EQ(frames_in(wanted), Frames({vector.unit}));
  }
}

TEST(Q703, Q703_2_3_7_any_one_bit_turned_is_found_or_leaves_no_unit) {
  const std::string good = between_flags(fisu_of_zeros_line);
  for (std::size_t bit = 8; bit < good.size() - 8; ++bit) {
    std::string line = good;
    line[bit] = line[bit] == '0' ? '1' : '0';
    EXPECT_EQ(frames_in(line), Frames()) << "bit " << bit;
  }
}

TEST(Q703, Q703_3_1_1_each_unit_has_an_opening_flag) {
  // The same bits with no flag before them are no unit.
  EXPECT_EQ(frames_in(line_of(fisu_of_zeros_line) + flag), Frames());
}

TEST(Q703, Q703_3_1_2_a_unit_ends_with_its_closing_flag) {
  EXPECT_EQ(frames_in(flag + line_of(fisu_of_zeros_line)), Frames());
  EXPECT_EQ(frames_in(between_flags(fisu_of_zeros_line)), Frames({fisu_of_zeros}));
}

TEST(Q703, Q703_3_2_1_a_zero_is_inserted_after_five_ones_across_octets_too) {
  // 0xF8 0x1F: the ones of the first octet run on into the second.
  const Octets unit{0xF8, 0x1F, 0x00};
  const std::string wanted = between_flags("00011111 0 11111 0 000  00000000  1100011001011001");
  EXPECT_EQ(sent({unit}).substr(0, wanted.size()), wanted);
}

TEST(Q703, Q703_3_2_2_a_zero_behind_five_ones_is_deleted) {
  EXPECT_EQ(frames_in(between_flags(fisu_of_ones_line)), Frames({fisu_of_ones}));
}

TEST(Q703, Q703_3_2_no_flag_is_imitated_by_what_a_unit_holds) {
  const Octets flags(4, 0x7E);
  const std::string line = sent({flags});
  const std::string wanted =
      between_flags("011111 0 10  011111 0 10  011111 0 10  011111 0 10  1110110000010110");
  EXPECT_EQ(line.substr(0, wanted.size()), wanted);
  EXPECT_EQ(frames_in(wanted), Frames({flags}));
}

TEST(Q703, Q703_4_1_1_a_flag_that_another_follows_opens_nothing) {
  const std::string line =
      std::string(flag) + flag + between_flags(fisu_of_zeros_line) + flag + flag;
  EXPECT_EQ(frames_in(line), Frames({fisu_of_zeros}));
  EXPECT_EQ(errors_in(line), Kinds());
}

TEST(Q703, Q703_4_1_2_seven_ones_begin_octet_counting) {
  const std::string begin = between_flags(fisu_of_zeros_line);
  EXPECT_EQ(errors_in(begin + "1111111"), Kinds({Kind::abort}));
  EXPECT_EQ(errors_in(begin + "0111111" + "0"), Kinds()) << "six are a flag";
}

TEST(Q703, Q703_4_1_3_a_unit_of_less_than_six_octets_with_its_flag_is_in_error) {
  // Flag, four octets: two of the unit and its check bits.
  const std::string line = between_flags(fisu_of_zeros_line) + sent({{0x80, 0x80}}).substr(8);
  EXPECT_EQ(errors_in(line), Kinds({Kind::too_short}));
  EXPECT_TRUE(is_unit_in_error(Kind::too_short));
}

TEST(Q703, Q703_4_1_3_a_unit_of_no_whole_octets_is_in_error) {
  const std::string line =
      between_flags(fisu_of_zeros_line) + line_of(fisu_of_zeros_line) + "0" + flag;
  EXPECT_EQ(errors_in(line), Kinds({Kind::no_octets}));
  EXPECT_TRUE(is_unit_in_error(Kind::no_octets));
}

TEST(Q703, Q703_4_1_3_more_than_m_plus_seven_octets_begin_octet_counting) {
  // m is 272: with flag, header, service octet and check bits 279, so 276 of the unit itself.
  const Octets longest(276, 0x55);
  EXPECT_EQ(frames_in(sent({longest})), Frames({longest}));
  const Octets longer(277, 0x55);
  EXPECT_EQ(frames_in(sent({longer})), Frames());
  EXPECT_EQ(errors_in(between_flags(fisu_of_zeros_line) + sent({longer}).substr(8)),
            Kinds({Kind::too_long}));
}

TEST(Q703, Q703_4_1_4_sixteen_octets_counted_are_one_unit_in_error) {
  const std::string begin = between_flags(fisu_of_zeros_line);
  const std::string silence(std::size_t{8} * 16, '1');
  EXPECT_EQ(errors_in(begin + silence), Kinds({Kind::abort, Kind::octets}));
  EXPECT_EQ(errors_in(begin + silence + silence), Kinds({Kind::abort, Kind::octets, Kind::octets}));
  EXPECT_TRUE(is_unit_in_error(Kind::octets));
}

TEST(Q703, Q703_4_1_4_the_next_good_unit_is_accepted_and_ends_octet_counting) {
  const std::string begin = between_flags(fisu_of_zeros_line);
  const std::string line = begin + "11111111" + between_flags(damaged()) +
                           line_of(fisu_of_ones_line) + flag +
                           std::string(std::size_t{8} * 40, '0');
  EXPECT_EQ(frames_in(line), Frames({fisu_of_zeros, fisu_of_ones}));
  const Kinds errors = errors_in(line);
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0], Kind::abort);
  EXPECT_EQ(std::count(errors.begin(), errors.end(), Kind::wrong_check), 0)
      << "the octets counted stand for what is damaged meanwhile";
}

TEST(Q703, Q703_4_2_wrong_check_bits_are_a_unit_in_error) {
  EXPECT_EQ(errors_in(between_flags(fisu_of_zeros_line) + damaged() + flag),
            Kinds({Kind::wrong_check}));
  EXPECT_TRUE(is_unit_in_error(Kind::wrong_check));
}

TEST(Hdlc, an_abort_is_seven_ones_and_breaks_off_what_was_under_way) {
  const std::string half = line_of(fisu_of_zeros_line).substr(0, 20);
  const std::string line =
      between_flags(fisu_of_zeros_line) + half + "1111111" + between_flags(fisu_of_ones_line);
  EXPECT_EQ(frames_in(line), Frames({fisu_of_zeros, fisu_of_ones}));
}

TEST(Hdlc, fifteen_ones_are_an_idle_line) {
  Receiver receiver;
  const auto line = octets_of_line("0" + std::string(23, '1'));
  receiver.input(line, [](const ReceiverEvent&) {});
  EXPECT_TRUE(receiver.line_idle());
}

}  // namespace
}  // namespace strowger::hdlc::test
