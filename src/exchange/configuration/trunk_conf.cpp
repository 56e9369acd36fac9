#include "exchange/configuration/trunk_conf.hpp"

#include <stdexcept>

#include "ss7_trunk/span_signalling.hpp"
#include "ss7_trunk/ss7_conf.hpp"
#include "tdm/tdm_conf.hpp"
#include "tdm/trunks.hpp"
#include "tdm_transports/open_lines.hpp"

namespace strowger::exchange {
namespace {

void append(const base::ConfFile& file, std::string& text) {
  for (const base::ConfSection& section : file.sections) {
    text += "[" + section.name + "]\n";
    for (const base::ConfEntry& entry : section.entries) {
      text += entry.key + "=" + entry.value + "\n";
    }
  }
}

/// Nobody: the spans are made to be judged, and never started.
struct Nobody final : tdm::EventListener {
  void on_event(const tdm::Event& /*event*/) override {}
};

void judge(const tdm::TdmConfig& config, const base::ConfPlace& place,
           std::vector<base::ConfError>& errors) {
  for (const std::string& fault : tdm_transports::faults_of_transports(config)) {
    errors.push_back({place, fault});
  }
  try {
    Nobody nobody;
    const tdm::Trunks trunks(config, nobody, ss7_trunk::signalling_factory());
  } catch (const std::invalid_argument& fault) {
    errors.push_back({place, fault.what()});
  }
}

}  // namespace

TrunkConf load_trunk_conf(const base::ConfFile* tdm, const base::ConfFile* ss7,
                          const std::string& host, std::vector<base::ConfError>& errors,
                          std::vector<base::ConfError>& notices) {
  TrunkConf conf;
  if (tdm != nullptr) {
    const std::size_t before = errors.size();
    conf.tdm = tdm::load_tdm_conf(*tdm, errors, notices);
    append(*tdm, conf.text);
    if (errors.size() == before && !conf.tdm.spans.empty()) {
      judge(conf.tdm, tdm->sections.front().place, errors);
    }
  }
  if (ss7 != nullptr) {
    conf.ss7 = ss7_trunk::load_ss7_conf(*ss7, conf.tdm, host, errors, notices);
    append(*ss7, conf.text);
  }
  return conf;
}

}  // namespace strowger::exchange
