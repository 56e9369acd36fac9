// Places a call from one span to another in the same program, answers it from within the event, and
// hangs up. What is to be seen: requests are answered by events, and the API is called from within
// them without a thought of locks.
//
//   example_03-place-a-call        prints the events of both spans
#include <cstdio>
#include <future>
#include <string>

#include "tdm/trunks.hpp"

namespace {

using namespace strowger;

class User final : public tdm::EventListener {
 public:
  void on_event(const tdm::Event& event) override {
    std::printf("span %u channel %u: %s%s\n", event.span.value(), event.channel.value(),
                std::string(to_string(event.kind)).c_str(),
                event.request.value() != 0 ? "  (the answer to a request)" : "");
    switch (event.kind) {
      case tdm::EventKind::signalling_status_changed:
        if (event.status == tdm::SignallingStatus::up && event.span == tdm::SpanId(1)) {
          place();
        }
        break;
      case tdm::EventKind::start:
        (void)trunks->indicate(event.call, tdm::Indication::ringing);
        (void)trunks->answer(event.call);
        break;
      case tdm::EventKind::up:
      case tdm::EventKind::stop:
        (void)trunks->hang_up(event.call);
        break;
      case tdm::EventKind::released:
        if (event.span == tdm::SpanId(2)) {
          over.set_value();
        }
        break;
      default:
        break;
    }
  }

  void place() {
    tdm::CallerData caller;
    (void)caller.calling.assign("100");
    (void)caller.called.assign("200");
    (void)trunks->place(tdm::Hunt::on_span(tdm::SpanId(1)), caller);
  }

  tdm::Trunks* trunks = nullptr;
  std::promise<void> over;
};

tdm::SpanConfig span(const char* name, const char* peer) {
  tdm::SpanConfig config;
  config.name = name;
  config.signalling = "loopback";
  config.signalling_peer = peer;
  config.channels.resize(1);
  return config;
}

}  // namespace

int main() {
  tdm::TdmConfig config;
  config.spans = {span("here", "there"), span("there", "here")};
  User user;
  tdm::Trunks trunks(config, user);
  user.trunks = &trunks;
  if (!trunks.start_all()) {
    return 1;
  }
  user.over.get_future().wait();
  trunks.stop_all();
  return 0;
}
