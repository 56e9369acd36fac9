// How the calls of the four engines are written in flight recordings.
#pragma once

#include "base/flight_codec.hpp"
#include "contract/block_store.hpp"
#include "contract/datagram_peer.hpp"
#include "contract/pulled_link.hpp"
#include "contract/stream_session.hpp"

namespace strowger::contract {

/// A refusal as its number after 0, a success as 1 and its value.
struct ResultCodec {
  template <class Result>
  void encode_result(const Result& result, core::OctetWriter& writer) {
    base::put(writer, result.has_value());
    if (!result) {
      base::put(writer, result.error());
    } else if constexpr (!std::is_void_v<typename Result::value_type>) {
      base::put(writer, *result);
    }
  }
};

struct PulledCodec : ResultCodec {
  void encode(const PulledLink::Source&, core::OctetWriter&) {}
  void encode(const PulledLink::Command& command, core::OctetWriter& writer) {
    base::put(writer, command.message);
  }
  void encode(const PulledLink::Action& action, core::OctetWriter& writer) {
    base::put(writer, action.kind);
    base::put(writer, action.message);
  }
  void decode(core::OctetReader&, PulledLink::Source&) {}
  void decode(core::OctetReader& reader, PulledLink::Command& command) {
    base::take(reader, command.message);
  }
};

struct DatagramCodec : ResultCodec {
  void encode(const core::Address& source, core::OctetWriter& writer) { base::put(writer, source); }
  void encode(const DatagramPeer::Event& event, core::OctetWriter& writer) {
    base::put(writer, event.to);
  }
  void encode(const DatagramPeer::Command& command, core::OctetWriter& writer) {
    base::put(writer, command.index());
    if (const auto* ask = std::get_if<DatagramPeer::Ask>(&command)) {
      base::put(writer, ask->to);
      base::put(writer, ask->text);
    } else {
      const auto& answer = std::get<DatagramPeer::Answer>(command);
      base::put(writer, answer.to);
      base::put(writer, answer.number);
      base::put(writer, answer.text);
    }
  }
  void encode(const DatagramPeer::Action& action, core::OctetWriter& writer) {
    base::put(writer, action.kind);
    base::put(writer, action.peer);
    base::put(writer, action.number);
    base::put(writer, action.octets);
  }
  void decode(core::OctetReader& reader, core::Address& source) { base::take(reader, source); }
  void decode(core::OctetReader& reader, DatagramPeer::Event& event) {
    base::take(reader, event.to);
  }
  void decode(core::OctetReader& reader, DatagramPeer::Command& command) {
    std::size_t index = 0;
    base::take(reader, index);
    if (index == 0) {
      auto& ask = command.emplace<DatagramPeer::Ask>();
      base::take(reader, ask.to);
      base::take(reader, ask.text);
    } else {
      auto& answer = command.emplace<DatagramPeer::Answer>();
      base::take(reader, answer.to);
      base::take(reader, answer.number);
      base::take(reader, answer.text);
    }
  }
};

struct StreamCodec : ResultCodec {
  void encode(const StreamSession::Source& source, core::OctetWriter& writer) {
    base::put(writer, source.connection);
  }
  void encode(const StreamSession::Event& event, core::OctetWriter& writer) {
    base::put(writer, event.index());
    std::visit([&](const auto& one) { encode(one.flow, writer); }, event);
  }
  void encode(const StreamSession::Command& command, core::OctetWriter& writer) {
    encode(command.to, writer);
    base::put(writer, command.text);
  }
  void encode(const StreamSession::Action& action, core::OctetWriter& writer) {
    base::put(writer, action.kind);
    encode(action.flow, writer);
    base::put(writer, action.octets);
  }
  void decode(core::OctetReader& reader, StreamSession::Source& source) {
    base::take(reader, source.connection);
  }
  void decode(core::OctetReader& reader, StreamSession::Event& event) {
    std::size_t index = 0;
    base::take(reader, index);
    StreamSession::Source flow;
    decode(reader, flow);
    if (index == 0) {
      event = StreamSession::FlowOpened{flow};
    } else {
      event = StreamSession::FlowClosed{flow};
    }
  }
  void decode(core::OctetReader& reader, StreamSession::Command& command) {
    decode(reader, command.to);
    base::take(reader, command.text);
  }
};

struct BlockCodec : ResultCodec {
  void encode(const BlockStore::Event& event, core::OctetWriter& writer) {
    base::put(writer, event.tag);
    base::put(writer, event.ok);
    base::put(writer, event.octets);
  }
  void encode(const BlockStore::Command& command, core::OctetWriter& writer) {
    base::put(writer, command.index());
    if (const auto* get = std::get_if<BlockStore::Get>(&command)) {
      base::put(writer, get->user);
      base::put(writer, get->block);
    } else if (const auto* put = std::get_if<BlockStore::Put>(&command)) {
      base::put(writer, put->block);
      base::put(writer, put->octets);
    }
  }
  void encode(const BlockStore::Action& action, core::OctetWriter& writer) {
    base::put(writer, action.kind);
    base::put(writer, action.tag);
    base::put(writer, action.block);
    base::put(writer, action.octets);
  }
  void decode(core::OctetReader& reader, BlockStore::Event& event) {
    base::take(reader, event.tag);
    base::take(reader, event.ok);
    base::take(reader, event.octets);
  }
  void decode(core::OctetReader& reader, BlockStore::Command& command) {
    std::size_t index = 0;
    base::take(reader, index);
    if (index == 0) {
      auto& get = command.emplace<BlockStore::Get>();
      base::take(reader, get.user);
      base::take(reader, get.block);
    } else if (index == 1) {
      auto& put = command.emplace<BlockStore::Put>();
      base::take(reader, put.block);
      base::take(reader, put.octets);
    } else {
      command.emplace<BlockStore::Flush>();
    }
  }
};

}  // namespace strowger::contract
