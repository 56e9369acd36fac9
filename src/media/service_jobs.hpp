// Jobs that have come back from the media threads.
#pragma once

#include "media/job.hpp"

namespace strowger::media {

/// Frees what a normal thread made; the jobs that are parts of their port stay.
void free_job(Job* job);

}  // namespace strowger::media
