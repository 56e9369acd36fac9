#include "media/service.hpp"

namespace strowger::media {

const char* to_string(MediaError error) {
  switch (error) {
    case MediaError::no_port_free:
      return "no free RTP port: widen rtpstart and rtpend in rtp.conf";
    case MediaError::bad_address:
      return "the local address is none of this machine";
    case MediaError::too_many_ports:
      return "too many media ports: raise maxports in rtp.conf or the limit of open files";
    case MediaError::too_many_conferences:
      return "too many conferences at one time";
    case MediaError::no_such_sound:
      return "no such sound file in the sounds folders";
    case MediaError::other:
      break;
  }
  return "media failed";
}

}  // namespace strowger::media
