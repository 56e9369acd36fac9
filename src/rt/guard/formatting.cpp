// The guard of real-time sections: formatting, by the C library, by {fmt} and by streams. It takes
// locales, locks and memory, and a time that depends on the text.
#include <cstdarg>
#include <cstdio>
#include <ctime>

#include <syslog.h>

#include "rt/guard/refuse.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using strowger::rt::guard::refuse;

// NOLINTBEGIN: names and parameters are the libraries'
extern "C" {

STROWGER_GUARD(int, vsnprintf, (char* to, std::size_t size, const char* format, va_list list),
               (to, size, format, list))
STROWGER_GUARD(int, vsprintf, (char* to, const char* format, va_list list), (to, format, list))
STROWGER_GUARD(int, vfprintf, (FILE * file, const char* format, va_list list), (file, format, list))
STROWGER_GUARD_SYMBOL(int, guard_vprintf, "vprintf", "vprintf", (const char* format, va_list list),
                      (format, list))
STROWGER_GUARD(int, vdprintf, (int file, const char* format, va_list list), (file, format, list))
STROWGER_GUARD(int, vasprintf, (char** to, const char* format, va_list list), (to, format, list))
STROWGER_GUARD(void, vsyslog, (int priority, const char* format, va_list list),
               (priority, format, list))
STROWGER_GUARD(std::size_t, strftime,
               (char* to, std::size_t size, const char* format, const std::tm* when),
               (to, size, format, when))
STROWGER_GUARD(std::tm*, localtime_r, (const std::time_t* when, std::tm* to), (when, to))
STROWGER_GUARD(std::tm*, localtime, (const std::time_t* when), (when))

// What the compiler makes of the same functions where _FORTIFY_SOURCE is set, as in the packages of
// Debian.
STROWGER_GUARD(int, __vsnprintf_chk,
               (char* to, std::size_t size, int flag, std::size_t room, const char* format,
                va_list list),
               (to, size, flag, room, format, list))
STROWGER_GUARD(int, __vfprintf_chk, (FILE * file, int flag, const char* format, va_list list),
               (file, flag, format, list))

#define STROWGER_GUARD_FORMAT(name, parameters, call) \
  int name parameters {                               \
    refuse(#name);                                    \
    va_list list;                                     \
    va_start(list, format);                           \
    const int length = call;                          \
    va_end(list);                                     \
    return length;                                    \
  }

STROWGER_GUARD_FORMAT(snprintf, (char* to, std::size_t size, const char* format, ...),
                      vsnprintf(to, size, format, list))
STROWGER_GUARD_FORMAT(sprintf, (char* to, const char* format, ...), vsprintf(to, format, list))
STROWGER_GUARD_FORMAT(fprintf, (FILE * file, const char* format, ...), vfprintf(file, format, list))
STROWGER_GUARD_FORMAT(printf, (const char* format, ...), vfprintf(stdout, format, list))
STROWGER_GUARD_FORMAT(dprintf, (int file, const char* format, ...), vdprintf(file, format, list))
STROWGER_GUARD_FORMAT(asprintf, (char** to, const char* format, ...), vasprintf(to, format, list))
STROWGER_GUARD_FORMAT(__snprintf_chk,
                      (char* to, std::size_t size, int flag, std::size_t room, const char* format,
                       ...),
                      __vsnprintf_chk(to, size, flag, room, format, list))
STROWGER_GUARD_FORMAT(__fprintf_chk, (FILE * file, int flag, const char* format, ...),
                      __vfprintf_chk(file, flag, format, list))
#undef STROWGER_GUARD_FORMAT

void syslog(int priority, const char* format, ...) {
  refuse("syslog");
  va_list list;
  va_start(list, format);
  vsyslog(priority, format, list);
  va_end(list);
}

}  // extern "C"

// Functions of C++ stand here under their symbols. {fmt}: all its others come to this one; views
// and argument lists are two words each and passed as such.
#define STROWGER_FMT_SYMBOL                                                                 \
  "_ZN3fmt2v96detail10vformat_toIcEEvRNS1_6bufferIT_EENS0_17basic_string_viewIS4_EENS0_"    \
  "17basic_format_argsINS0_20basic_format_contextINSt11conditionalIXsrSt7is_sameINS0_"      \
  "13type_identityIS4_E4typeEcE5valueENS0_8appenderESt20back_insert_iteratorINS3_ISF_EEEE4" \
  "typeESF_EEEENS1_10locale_refE"

STROWGER_GUARD_SYMBOL(void, guard_fmt, STROWGER_FMT_SYMBOL, "fmt::format",
                      (void* buffer, const char* text, std::size_t size, unsigned long long kinds,
                       const void* values, const void* locale),
                      (buffer, text, size, kinds, values, locale))
STROWGER_GUARD_SYMBOL(void*, guard_text,
                      "_ZSt16__ostream_insertIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_"
                      "PKS3_l",
                      "std::ostream <<", (void* stream, const char* text, long size),
                      (stream, text, size))
STROWGER_GUARD_SYMBOL(void*, guard_long, "_ZNSo9_M_insertIlEERSoT_", "std::ostream <<",
                      (void* stream, long value), (stream, value))
STROWGER_GUARD_SYMBOL(void*, guard_unsigned_long, "_ZNSo9_M_insertImEERSoT_", "std::ostream <<",
                      (void* stream, unsigned long value), (stream, value))
STROWGER_GUARD_SYMBOL(void*, guard_double, "_ZNSo9_M_insertIdEERSoT_", "std::ostream <<",
                      (void* stream, double value), (stream, value))
STROWGER_GUARD_SYMBOL(void*, guard_bool, "_ZNSo9_M_insertIbEERSoT_", "std::ostream <<",
                      (void* stream, bool value), (stream, value))
#undef STROWGER_FMT_SYMBOL
// NOLINTEND

#endif
