#include "ss7_trunk/ss7_conf.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "ss7_trunk/ss7_conf_link.hpp"

namespace strowger::ss7_trunk {
namespace {

using Errors = std::vector<base::ConfError>;

/// chan_ss7's key `subservice` and so on: they belong to what stands above MTP2.
constexpr std::array<std::string_view, 17> linkset_keys{
    "context",     "language",        "variant", "group",      "combined",  "hunting_policy",
    "use_connect", "enable_st",       "noa",     "subservice", "loadshare", "t35",
    "grs",         "dni_chunk_limit", "blockin", "blockout",   "opc"};

class Reader {
 public:
  Reader(const base::ConfFile& file, const tdm::TdmConfig& tdm, const std::string& host,
         Errors& errors, Errors& notices)
      : file_(file), tdm_(tdm), host_(host), errors_(errors), notices_(notices) {}

  Ss7Config read() {
    for (const base::ConfSection& section : file_.sections) {
      read(section);
    }
    Ss7Config config;
    for (const LinkSection& section : links_) {
      place(section, config);
    }
    check(config);
    return config;
  }

 private:
  void read(const base::ConfSection& section) {
    const std::string_view name = section.name;
    if (name.starts_with("linkset-")) {
      read_linkset(section);
    } else if (name.starts_with("link-")) {
      links_.push_back(load_link_section(section, errors_, notices_));
    } else if (name.starts_with("host-")) {
      read_host(section);
    } else if (name == "cluster" || name == "jitter") {
      notices_.push_back({section.place, "[" + section.name + "] needs no setting here"});
    } else {
      errors_.push_back(
          {section.place, "unknown section [" + section.name +
                              "]: sections are [linkset-NAME], [link-NAME], [host-NAME], "
                              "[cluster] and [jitter]"});
    }
  }

  void read_linkset(const base::ConfSection& section) {
    base::ConfKeys keys(section, errors_);
    linksets_[section.name.substr(8)] = keys.boolean("enabled", true);
    for (const std::string_view key : linkset_keys) {
      keep_for_later(keys, key, notices_);
    }
    keep_for_later(keys, "dpc", notices_);
    for (const std::string_view key : {"gt", "transport"}) {
      keys.accepted_without_effect(key, notices_, "it needs no setting here");
    }
    keys.finish();
  }

  /// Sections of other hosts are read for their faults alone.
  void read_host(const base::ConfSection& section) {
    base::ConfKeys keys(section, errors_);
    const bool ours = section.name.substr(5) == host_;
    const bool enabled = keys.boolean("enabled", true);
    if (ours && !enabled) {
      errors_.push_back({section.place, "this host is not enabled"});
    }
    for (const base::ConfEntry* entry : keys.all("links")) {
      if (ours) {
        read_connectors(*entry);
      }
    }
    for (const std::string_view key :
         {"opc", "dpc", "default_linkset", "ssn", "globaltitle", "route", "peers"}) {
      keep_for_later(keys, key, notices_);
    }
    for (const base::ConfEntry& entry : section.entries) {
      if (entry.key.starts_with("if-")) {
        keys.accepted_without_effect(entry.key, notices_, "there is no cluster here");
      }
    }
    keys.finish();
  }

  /// "l1:1,l2:2": a link and the number of the span that it lies in, from 1.
  void read_connectors(const base::ConfEntry& entry) {
    std::string_view rest = entry.value;
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      const std::string part(rest.substr(0, comma));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      const auto colon = part.find(':');
      base::ConfEntry number = entry;
      number.value = colon == std::string::npos ? "" : part.substr(colon + 1);
      const auto connector = number_list(number, 1, 128, errors_);
      if (connector.size() != 1) {
        errors_.push_back({entry.place, "links: NAME:NUMBER, separated by commas, not " + part});
        continue;
      }
      const auto first = part.find_first_not_of(' ');
      connectors_[part.substr(first, colon - first)] = {connector.front(), entry.place};
    }
  }

  [[nodiscard]] std::string span_of(const LinkConfig& link) {
    if (!link.span.empty()) {
      return link.span;
    }
    const auto found = connectors_.find(link.name);
    if (found == connectors_.end()) {
      errors_.push_back({link.place, "which span is link " + link.name +
                                         " in? Say span => NAME here, or links => " + link.name +
                                         ":1 in [host-" + host_ + "]"});
      return {};
    }
    std::uint16_t number = 0;
    for (const tdm::SpanConfig& span : tdm_.spans) {
      using Type = tdm::TrunkType;
      const bool digital =
          span.trunk == Type::e1 || span.trunk == Type::t1 || span.trunk == Type::j1;
      number = static_cast<std::uint16_t>(number + (digital ? 1 : 0));
      if (digital && number == found->second.number) {
        return span.name;
      }
    }
    errors_.push_back({found->second.place, "tdm.conf has no E1, T1 or J1 span number " +
                                                std::to_string(found->second.number)});
    return {};
  }

  void place(const LinkSection& section, Ss7Config& config) {
    const auto linkset = linksets_.find(section.link.linkset);
    if (linkset == linksets_.end() && !section.link.linkset.empty()) {
      errors_.push_back({section.link.place, "there is no [linkset-" + section.link.linkset + "]"});
      return;
    }
    if (!section.enabled || section.schannels.empty() || linkset == linksets_.end() ||
        !linkset->second) {
      return;
    }
    const std::string span = span_of(section.link);
    const auto known =
        std::find_if(tdm_.spans.begin(), tdm_.spans.end(),
                     [&](const tdm::SpanConfig& candidate) { return candidate.name == span; });
    if (known == tdm_.spans.end()) {
      if (!span.empty()) {
        errors_.push_back({section.link.place, "tdm.conf has no span " + span});
      }
      return;
    }
    for (const std::uint16_t timeslot : section.schannels) {
      const bool there = std::any_of(
          known->channels.begin(), known->channels.end(), [&](const tdm::ChannelConfig& channel) {
            return channel.timeslot == timeslot && channel.type == tdm::ChannelType::d;
          });
      if (!there) {
        errors_.push_back({section.link.place, "span " + span + " of tdm.conf has no d-channel " +
                                                   std::to_string(timeslot)});
      }
      LinkConfig link = section.link;
      link.span = span;
      link.timeslot = timeslot;
      if (section.schannels.size() > 1) {
        link.name += "/" + std::to_string(timeslot);
      }
      config.links.push_back(std::move(link));
    }
  }

  void check(const Ss7Config& config) {
    for (std::size_t i = 0; i < config.links.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        const LinkConfig& one = config.links[i];
        const LinkConfig& other = config.links[k];
        if (one.name == other.name) {
          errors_.push_back({one.place, "two links are called " + one.name});
        } else if (one.span == other.span && one.timeslot == other.timeslot) {
          errors_.push_back(
              {one.place, "link " + one.name + " has the timeslot of link " + other.name});
        }
      }
    }
  }

  struct Connector {
    std::uint16_t number = 0;
    base::ConfPlace place;
  };
  const base::ConfFile& file_;
  const tdm::TdmConfig& tdm_;
  const std::string& host_;
  Errors& errors_;
  Errors& notices_;
  std::vector<LinkSection> links_;
  std::map<std::string, bool, std::less<>> linksets_;  // and whether they are enabled
  std::map<std::string, Connector, std::less<>> connectors_;
};

}  // namespace

Ss7Config load_ss7_conf(const base::ConfFile& file, const tdm::TdmConfig& tdm,
                        const std::string& host, Errors& errors, Errors& notices) {
  return Reader(file, tdm, host, errors, notices).read();
}

}  // namespace strowger::ss7_trunk
