// Reading: comments are taken out line by line, then each line is a section header, a directive or
// an entry. Templates are copied into a section when its header is read, as Asterisk does, so that
// a template must stand before its users.
#include <filesystem>
#include <unordered_map>

#include "base/conf.hpp"
#include "base/text.hpp"

namespace strowger::base {
namespace {

// Bounds against files that include or inherit without end. Asterisk's include depth is 10 too.
constexpr std::size_t max_include_depth = 10;
constexpr std::size_t max_files = 1'000;
constexpr std::size_t max_entries = 1'000'000;
constexpr std::size_t max_errors = 100;

/// Takes comments out of lines; remembers block comments (";--" to "--;", nested) from line to
/// line.
class CommentFilter {
 public:
  /// The line without comments, "\;" turned into ";".
  std::string filter(std::string_view line, int number) {
    std::string kept;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string_view rest = line.substr(i);
      if (depth_ > 0 && rest.starts_with("--;")) {
        --depth_;
        i += 2;
      } else if (rest.starts_with("\\;")) {
        kept += depth_ == 0 ? ";" : "";
        ++i;
      } else if (opens_block(rest)) {
        opened_at_ = depth_++ == 0 ? number : opened_at_;
        i += 2;
      } else if (depth_ == 0 && rest.front() == ';') {
        break;
      } else if (depth_ == 0) {
        kept += rest.front();
      }
    }
    return kept;
  }

  /// The line of a block comment that is still open, or 0.
  [[nodiscard]] int open_since() const { return depth_ > 0 ? opened_at_ : 0; }

 private:
  /// ";--", but not ";---", which people draw lines with.
  static bool opens_block(std::string_view rest) {
    return rest.starts_with(";--") && !rest.starts_with(";---");
  }

  std::size_t depth_ = 0;
  int opened_at_ = 0;
};

class Reader {
 public:
  Reader(const std::string& path, const ConfSource& source)
      : folder_(std::filesystem::path(path).parent_path()), source_(source) {}

  core::Result<ConfFile, std::vector<ConfError>> run(const std::string& path) {
    if (const auto text = source_(path)) {
      read_text(path, *text);
    } else {
      fail({path, 0}, "the file can't be read: is it there, and may this user read it?");
    }
    if (!errors_.empty()) {
      return core::fail(std::move(errors_));
    }
    ConfFile file;
    for (Section& section : sections_) {
      if (!section.is_template) {
        file.sections.push_back(std::move(section.section));
      }
    }
    return file;
  }

 private:
  struct Section {
    ConfSection section;
    bool is_template = false;
  };

  void fail(const ConfPlace& place, std::string text) {
    if (errors_.size() < max_errors) {
      errors_.push_back({place, std::move(text)});
    }
  }

  void read_text(const std::string& path, std::string_view text) {
    open_files_.push_back(std::filesystem::path(path).lexically_normal().string());
    if (text.starts_with("\xEF\xBB\xBF")) {
      text.remove_prefix(3);
    }
    CommentFilter comments;
    for (int number = 1; !text.empty() && errors_.size() < max_errors; ++number) {
      const std::size_t end = text.find('\n');
      const std::string line = comments.filter(text.substr(0, end), number);
      read_line(trimmed(line), {path, number});
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    if (comments.open_since() != 0) {
      fail({path, comments.open_since()}, "the comment that begins with ;-- has no --;");
    }
    open_files_.pop_back();
  }

  void read_line(std::string_view line, const ConfPlace& place) {
    if (line.empty()) {
      return;
    }
    if (line.front() == '[') {
      read_header(line, place);
    } else if (line.front() == '#') {
      read_directive(line, place);
    } else {
      read_entry(line, place);
    }
  }

  // ---- [name](option,option)

  void read_header(std::string_view line, const ConfPlace& place) {
    current_ = npos;
    lost_ = true;  // until it turns out well: entries of a bad section are not reported one by one
    const std::size_t close = line.find(']');
    if (close == std::string_view::npos) {
      return fail(place, "the section's name has no closing ]");
    }
    const std::string name(trimmed(line.substr(1, close - 1)));
    if (name.empty()) {
      return fail(place, "the section has no name");
    }
    std::string_view options = trimmed(line.substr(close + 1));
    if (!options.empty() && (options.front() != '(' || options.back() != ')')) {
      return fail(place, "after [" + name + "] only (template,...), (!) or (+) may follow, not '" +
                             std::string(options) + "'");
    }
    if (!options.empty()) {
      options = options.substr(1, options.size() - 2);
    }
    open_section(name, options, place);
  }

  void open_section(const std::string& name, std::string_view options, const ConfPlace& place) {
    Section opened{{name, {}, place}, false};
    bool append = false;
    while (!options.empty()) {
      const std::size_t comma = options.find(',');
      const std::string_view option = trimmed(options.substr(0, comma));
      options = comma == std::string_view::npos ? std::string_view() : options.substr(comma + 1);
      if (option == "!") {
        opened.is_template = true;
      } else if (option == "+") {
        append = true;
      } else if (!inherit(opened.section, option, place)) {
        return;
      }
    }
    if (append) {
      return append_to(name, opened, place);
    }
    by_name_.try_emplace(lower(name), sections_.size());
    enter(sections_.size());
    sections_.push_back(std::move(opened));
  }

  void enter(std::size_t section) {
    current_ = section;
    lost_ = false;
  }

  bool inherit(ConfSection& heir, std::string_view option, const ConfPlace& place) {
    const auto found = by_name_.find(lower(option));
    if (found == by_name_.end()) {
      fail(place, "[" + heir.name + "] wants the template '" + std::string(option) +
                      "', which does not stand above it" + suggestion(option));
      return false;
    }
    const ConfSection& ancestor = sections_[found->second].section;
    if (!count_entries(ancestor.entries.size(), place)) {
      return false;
    }
    heir.entries.insert(heir.entries.end(), ancestor.entries.begin(), ancestor.entries.end());
    return true;
  }

  void append_to(const std::string& name, const Section& opened, const ConfPlace& place) {
    const auto found = by_name_.find(lower(name));
    if (found == by_name_.end()) {
      return fail(place, "[" + name + "](+) adds to a section that does not stand above it" +
                             suggestion(name));
    }
    enter(found->second);
    Section& section = sections_[current_];
    section.is_template = section.is_template || opened.is_template;
    section.section.entries.insert(section.section.entries.end(), opened.section.entries.begin(),
                                   opened.section.entries.end());
  }

  std::string suggestion(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Section& section : sections_) {
      names.emplace_back(section.section.name);
    }
    const auto near = nearest(name, names);
    return near ? ": did you mean '" + std::string(*near) + "'?" : "";
  }

  bool count_entries(std::size_t more, const ConfPlace& place) {
    if (more > max_entries - entries_) {
      fail(place, "more than " + std::to_string(max_entries) + " entries, templates included");
      return false;
    }
    entries_ += more;
    return true;
  }

  // ---- #include file

  void read_directive(std::string_view line, const ConfPlace& place) {
    const std::size_t blank = line.find_first_of(" \t\"<");
    const std::string_view word = line.substr(0, blank);
    const bool must_exist = word != "#tryinclude";
    if (must_exist && word != "#include") {
      return fail(place, "unknown directive '" + std::string(word) +
                             "': only #include and #tryinclude are known");
    }
    std::string_view name =
        blank == std::string_view::npos ? std::string_view() : trimmed(line.substr(blank));
    if (name.size() >= 2 && ((name.front() == '"' && name.back() == '"') ||
                             (name.front() == '<' && name.back() == '>'))) {
      name = name.substr(1, name.size() - 2);
    }
    if (name.empty()) {
      return fail(place, std::string(word) + " needs the name of a file");
    }
    include((folder_ / name).lexically_normal().string(), must_exist, place);
  }

  void include(const std::string& path, bool must_exist, const ConfPlace& place) {
    for (const std::string& open : open_files_) {
      if (open == path) {
        return fail(place, "'" + path + "' includes itself, by way of this line");
      }
    }
    if (open_files_.size() > max_include_depth || ++files_ > max_files) {
      return fail(place, "too many files within files: at most " +
                             std::to_string(max_include_depth) + " deep and " +
                             std::to_string(max_files) + " in all");
    }
    const auto text = source_(path);
    if (!text) {
      return must_exist ? fail(place, "the included file '" + path + "' can't be read") : void();
    }
    // The included file begins within the current section; afterwards the section is ours again.
    const std::size_t mine = current_;
    const bool mine_lost = lost_;
    read_text(path, *text);
    current_ = mine;
    lost_ = mine_lost;
  }

  // ---- key = value

  void read_entry(std::string_view line, const ConfPlace& place) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return fail(place,
                  "expected key = value, [section] or #include, not '" + std::string(line) + "'");
    }
    ConfEntry entry;
    entry.place = place;
    entry.object = line.substr(equals + 1).starts_with('>');
    std::string_view key = line.substr(0, equals);
    const bool extends = key.ends_with('+');
    key = trimmed(extends ? key.substr(0, key.size() - 1) : key);
    entry.key = key;
    entry.value = trimmed(line.substr(equals + (entry.object ? 2 : 1)));
    if (entry.key.empty()) {
      return fail(place, "there is no key in front of '='");
    }
    if (current_ == npos) {
      return lost_ ? void()
                   : fail(place, "'" + entry.key + "' stands in no section: begin with [name]");
    }
    if (count_entries(1, place)) {
      add(std::move(entry), extends);
    }
  }

  /// "key += value" lengthens the value that the section has by now, from a template or by itself.
  void add(ConfEntry entry, bool extends) {
    ConfSection& section = sections_[current_].section;
    if (extends) {
      if (const ConfEntry* before = section.find(entry.key)) {
        entry.value = before->value + entry.value;
      }
    }
    section.entries.push_back(std::move(entry));
  }

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  std::filesystem::path folder_;
  const ConfSource& source_;
  std::vector<Section> sections_;
  std::unordered_map<std::string, std::size_t> by_name_;  // first of that name, in lower case
  std::size_t current_ = npos;
  bool lost_ = false;  // within a section whose header was wrong, and reported
  std::vector<std::string> open_files_;
  std::size_t files_ = 0;
  std::size_t entries_ = 0;
  std::vector<ConfError> errors_;
};

}  // namespace

core::Result<ConfFile, std::vector<ConfError>> read_conf(const std::string& path,
                                                         const ConfSource& source) {
  return Reader(path, source).run(path);
}

}  // namespace strowger::base
