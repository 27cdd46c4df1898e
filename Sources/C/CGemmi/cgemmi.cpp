#include "cgemmi.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#if __has_include(<gemmi/mtz.hpp>) && __has_include(<tao/pegtl.hpp>)

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <stdexcept>

#include "table.h"

std::string listed(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string partner(const std::string &name, bool &isPlus) {
  const char *pairs[][2] = {{"(+)", "(-)"}, {"plus", "minus"}, {"PLUS", "MINUS"}, {"Plus", "Minus"}, {"+", "-"}};
  for (const auto &pair : pairs)
    for (int side = 0; side < 2; ++side) {
      const std::string own = pair[side];
      const size_t place = name.rfind(own);
      // A bare sign has to be at the end of the name: the hyphen of F-obs is no sign.
      if (place == std::string::npos || (own.size() == 1 && place + 1 != name.size())) continue;
      isPlus = side == 0;
      return name.substr(0, place) + pair[1 - side] + name.substr(place + own.size());
    }
  return "";
}

Rank rankOf(const std::string &name) {
  std::string text;
  for (char letter : name) text += char(std::toupper((unsigned char)letter));
  auto has = [&](const char *part) { return text.find(part) != std::string::npos; };
  if (has("FWT") || has("FOFC") || has("FO-FC") || has("FODFC") || has("FODC") || has("FEM") || has("MAPCOEF")) return Rank::map;
  if (text.compare(0, 2, "FC") == 0 || has("CALC") || has("MODEL")) return Rank::calculated;
  return Rank::amplitude;
}

namespace {

// Gathers the listed reflections and their symmetry mates: each index once, with its first value.
class Gatherer {
 public:
  Gatherer(const Table &table, bool expands, cgemmi_result &result) : table_(table), result_(result) {
    expands_ = expands;
    if (table.group != nullptr) group_ = table.group->operations();
    operators_ = table.group != nullptr ? group_.sym_ops : std::vector<gemmi::Op>{gemmi::Op::identity()};
    resolve();
  }

  void gather() {
    if (rows_.empty()) throw std::runtime_error("no reflection has a value in column " + table_.column);
    size_t emitted = 0;
    forEach([&](const gemmi::Miller &hkl, double, bool) {
      ++emitted;
      for (int axis = 0; axis < 3; ++axis) {
        low_[axis] = std::min(low_[axis], hkl[axis]);
        high_[axis] = std::max(high_[axis], hkl[axis]);
      }
    });
    double cells = 1;
    for (int axis = 0; axis < 3; ++axis) cells *= double(high_[axis]) - double(low_[axis]) + 1;
    // A grid is used if it takes 256 MB at most, or no more memory than a list of all reflections.
    if (cells <= 33554432 || cells <= 3 * double(emitted))
      throughGrid(size_t(cells));
    else if (emitted <= 67108864)
      throughList(emitted);
    else
      throw std::runtime_error("symmetry makes more than 67108864 reflections of it, spread too widely; use --no-expand");
  }

 private:
  struct Row {
    gemmi::Miller hkl;
    double plus, minus;
  };

  double amplitude(double value) {
    if (!table_.isIntensity || !std::isfinite(value)) return value;
    if (value < 0) ++result_.negative;
    return value > 0 ? std::sqrt(value) : 0;
  }

  // Determines the values of each listed reflection and of its Friedel mate.
  void resolve() {
    const bool isPair = !table_.minus.empty();
    for (size_t row = 0; row < table_.indices.size(); ++row) {
      const gemmi::Miller &hkl = table_.indices[row];
      double plus = amplitude(table_.plus[row]), minus = isPair ? amplitude(table_.minus[row]) : plus;
      if (!std::isfinite(plus) && !std::isfinite(minus)) {
        ++result_.missing;
        continue;
      }
      if (isPair) {
        const bool isCentric = table_.group != nullptr && group_.is_reflection_centric(hkl);
        const bool isSingle = !std::isfinite(plus) || !std::isfinite(minus);
        if (isSingle) {
          plus = minus = std::isfinite(plus) ? plus : minus;
          if (!isCentric) ++result_.single;
        } else if (isCentric && plus != minus) {
          plus = minus = (plus + minus) / 2;
          ++result_.centric;
        }
      }
      rows_.push_back({hkl, plus, minus});
    }
  }

  // Calls the body with the listed reflections first, and then with their symmetry mates.
  template <typename Body>
  void forEach(Body body) {
    auto mate = [](const gemmi::Miller &hkl) { return gemmi::Miller{{-hkl[0], -hkl[1], -hkl[2]}}; };
    const bool isPair = !table_.minus.empty();
    for (const Row &row : rows_) body(row.hkl, row.plus, true);
    if (isPair)
      for (const Row &row : rows_) body(mate(row.hkl), row.minus, false);
    if (!expands_) return;
    for (const gemmi::Op &operation : operators_)
      for (const Row &row : rows_) {
        const gemmi::Miller hkl = operation.apply_to_hkl(row.hkl);
        body(hkl, row.plus, false);
        if (isPair) body(mate(hkl), row.minus, false);
      }
    if (isPair) return;
    // Friedel's law is applied last, because a list may have values for both mates.
    for (const gemmi::Op &operation : operators_)
      for (const Row &row : rows_) body(mate(operation.apply_to_hkl(row.hkl)), row.plus, false);
  }

  void take(size_t count) {
    result_.reflections = static_cast<cgemmi_reflection *>(std::malloc(count * sizeof(cgemmi_reflection)));
    if (result_.reflections == nullptr) throw std::bad_alloc();
    result_.count = count;
  }

  void throughGrid(size_t cells) {
    std::vector<double> grid(cells, NAN);
    size_t count = 0;
    const size_t rowK = size_t(high_[1] - low_[1] + 1), rowL = size_t(high_[2] - low_[2] + 1);
    forEach([&](const gemmi::Miller &hkl, double value, bool isListed) {
      double &cell = grid[(size_t(hkl[0] - low_[0]) * rowK + size_t(hkl[1] - low_[1])) * rowL + size_t(hkl[2] - low_[2])];
      if (std::isnan(cell)) {
        cell = value;
        ++count;
      } else if (isListed) {
        ++result_.repeated;
      }
    });
    take(count);
    size_t place = 0, cell = 0;
    for (int h = low_[0]; h <= high_[0]; ++h)
      for (int k = low_[1]; k <= high_[1]; ++k)
        for (int l = low_[2]; l <= high_[2]; ++l, ++cell)
          if (!std::isnan(grid[cell])) result_.reflections[place++] = {h, k, l, grid[cell]};
  }

  void throughList(size_t emitted) {
    struct Entry {
      std::array<int, 3> hkl;
      size_t number;
      double value;
      bool isListed;
      bool operator<(const Entry &other) const { return hkl != other.hkl ? hkl < other.hkl : number < other.number; }
    };
    std::vector<Entry> entries;
    entries.reserve(emitted);
    forEach([&](const gemmi::Miller &hkl, double value, bool isListed) {
      entries.push_back({hkl, entries.size(), value, isListed});
    });
    std::sort(entries.begin(), entries.end());
    take(entries.size());
    size_t count = 0;
    for (size_t place = 0; place < entries.size(); ++place) {
      const Entry &entry = entries[place];
      if (place > 0 && entry.hkl == entries[place - 1].hkl) {
        if (entry.isListed) ++result_.repeated;
        continue;
      }
      result_.reflections[count++] = {entry.hkl[0], entry.hkl[1], entry.hkl[2], entry.value};
    }
    result_.count = count;
  }

  const Table &table_;
  cgemmi_result &result_;
  bool expands_;
  gemmi::GroupOps group_;
  std::vector<gemmi::Op> operators_;
  std::vector<Row> rows_;
  gemmi::Miller low_{{1000000, 1000000, 1000000}}, high_{{-1000000, -1000000, -1000000}};
};

void gather(const Table &table, bool expands, cgemmi_result &result) {
  Gatherer(table, expands, result).gather();
  const double cell[6] = {table.cell.a,     table.cell.b,    table.cell.c,
                          table.cell.alpha, table.cell.beta, table.cell.gamma};
  for (int index = 0; index < 6; ++index) result.cell[index] = cell[0] > 1 ? cell[index] : 0;
  auto copy = [](char *target, size_t size, const std::string &text) {
    std::snprintf(target, size, "%s%s", text.substr(0, size - 4).c_str(), text.size() > size - 4 ? "..." : "");
  };
  copy(result.space_group, sizeof result.space_group, table.group != nullptr ? table.group->xhm() : "");
  copy(result.column, sizeof result.column, table.column);
  copy(result.others, sizeof result.others, table.others);
  result.is_intensity = table.isIntensity;
  result.is_pair = !table.minus.empty();
}

// Runs a body and turns any C++ exception into a message; returns 0 if done, else 1.
template <typename Body>
int guarded(cgemmi_result *result, char *message, size_t message_size, Body body) {
  std::memset(result, 0, sizeof *result);
  try {
    body();
    return 0;
  } catch (const std::bad_alloc &) {
    std::snprintf(message, message_size, "there is no memory for what it holds");
  } catch (const std::exception &error) {
    std::snprintf(message, message_size, "%s", error.what());
  } catch (...) {
    std::snprintf(message, message_size, "gemmi cannot read it");
  }
  cgemmi_free(result);
  return 1;
}

}  // namespace

int cgemmi_is_available(void) { return 1; }

int cgemmi_read(const char *bytes, size_t size, const char *column, int expands, cgemmi_result *result, char *message,
                size_t message_size) {
  return guarded(result, message, message_size, [&] {
    const std::string wanted = column == nullptr ? "" : column;
    const bool isMTZ = size >= 4 && std::memcmp(bytes, "MTZ ", 4) == 0;
    gather(isMTZ ? fromMTZ(bytes, size, wanted) : fromCIF(bytes, size, wanted), expands != 0, *result);
  });
}

int cgemmi_expand(const cgemmi_reflection *list, size_t count, int group, int expands,
                  cgemmi_result *result, char *message, size_t message_size) {
  return guarded(result, message, message_size, [&] {
    Table table;
    for (size_t row = 0; row < count; ++row) {
      table.indices.push_back({{list[row].h, list[row].k, list[row].l}});
      table.plus.push_back(list[row].amplitude);
    }
    table.isIntensity = true;
    table.group = group > 0 ? gemmi::find_spacegroup_by_number(group) : nullptr;
    gather(table, expands != 0, *result);
  });
}

#else

static int unavailable(cgemmi_result *result, char *message, size_t message_size) {
  std::memset(result, 0, sizeof *result);
  std::snprintf(message, message_size, "this build has no gemmi: install gemmi-dev and tao-pegtl-dev, and build anew");
  return 1;
}

int cgemmi_is_available(void) { return 0; }

int cgemmi_read(const char *, size_t, const char *, int, cgemmi_result *result, char *message, size_t message_size) {
  return unavailable(result, message, message_size);
}

int cgemmi_expand(const cgemmi_reflection *, size_t, int, int, cgemmi_result *result, char *message,
                  size_t message_size) {
  return unavailable(result, message, message_size);
}

#endif

void cgemmi_free(cgemmi_result *result) {
  std::free(result->reflections);
  result->reflections = nullptr;
  result->count = 0;
}
