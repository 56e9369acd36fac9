#include <gtest/gtest.h>

#include "tdm/recorder_fixture.hpp"
#include "tdm/tdm_conf.hpp"

namespace strowger::tdm {
namespace {

TEST(SampleConf, is_right_and_can_be_carried_out) {
  const auto file = base::read_conf("config/tdm.conf", base::disk_conf_source());
  ASSERT_TRUE(file);
  std::vector<base::ConfError> errors, notices;
  const TdmConfig config = load_tdm_conf(*file, errors, notices);
  for (const base::ConfError& error : errors) {
    ADD_FAILURE() << error.message();
  }
  Recorder heard;
  Trunks trunks(config, heard);
  ASSERT_TRUE(trunks.start_all());
  heard.wait_until_up(SpanId(1));
  heard.wait_until_up(SpanId(2));
  const auto placed = trunks.place(Hunt::on_group(*trunks.find_group("left")), CallerData());
  EXPECT_EQ(heard.answer_to(*placed).kind, EventKind::dialing);
  trunks.stop_all();
}

}  // namespace
}  // namespace strowger::tdm
