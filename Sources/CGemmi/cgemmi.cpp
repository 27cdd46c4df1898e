#include "cgemmi.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#if __has_include(<gemmi/mtz.hpp>) && __has_include(<tao/pegtl.hpp>)

#include <cctype>
#include <cmath>
#include <gemmi/cif.hpp>
#include <gemmi/mtz.hpp>
#include <gemmi/refln.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Table {
  std::vector<gemmi::Miller> indices;
  std::vector<double> values;
  const gemmi::SpaceGroup *group = nullptr;
  gemmi::UnitCell cell;
  std::string column;
  bool isIntensity = false;
};

// Bytes in memory for gemmi's reader. Its own stream trusts offsets of the file.
class Bytes {
 public:
  Bytes(const char *start, size_t size) : start_(start), size_(size) {}
  bool read(void *buffer, size_t length) {
    if (length > size_ - position_) return false;
    std::memcpy(buffer, start_ + position_, length);
    position_ += length;
    if (length == 80) checkRecord(static_cast<const char *>(buffer));
    return true;
  }
  bool seek(std::ptrdiff_t offset) {
    if (offset < 0 || size_t(offset) >= size_) return false;
    position_ = size_t(offset);
    return true;
  }
  std::string read_rest() {
    std::string rest(start_ + position_, size_ - position_);
    position_ = size_;
    return rest;
  }

 private:
  // Records with counts come before gemmi asks for memory by them.
  void checkRecord(const char *record) {
    std::string name(record, 4);
    for (char &letter : name) letter &= ~0x20;
    size_t place = 0;
    while (place < 80 && record[place] != '\0' && !std::isspace((unsigned char)record[place])) ++place;
    const std::string text(record + place, 80 - place);
    long first = 0, second = 0, third = 0;
    std::sscanf(text.c_str(), "%ld %ld %ld", &first, &second, &third);
    if ((name == "SYMI" && (first < 0 || first > 192)) || (name == "NDIF" && (first < 0 || first > 10000)))
      throw std::runtime_error("the header claims " + std::to_string(first) +
                               (name == "SYMI" ? " symmetry operators" : " datasets"));
    if (name != "NCOL") return;
    if (third != 0) throw std::runtime_error("it holds observations that are not merged; merge them first");
    if (first < 0 || second < 0 || 4.0 * double(first) * double(second) > double(size_))
      throw std::runtime_error("the header claims " + std::to_string(second) + " reflections of " +
                               std::to_string(first) + " columns, more than the file holds");
  }

  const char *start_;
  size_t size_;
  size_t position_ = 0;
};

std::string listed(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The column that was asked for, else the first of amplitude type F or G, else the first of intensity type J.
const gemmi::Mtz::Column &chosen(const gemmi::Mtz &mtz, const std::string &wanted) {
  std::vector<std::string> names;
  for (const gemmi::Mtz::Column &column : mtz.columns) {
    if (column.label == wanted) {
      if (std::strchr("FGJK", column.type) == nullptr)
        throw std::runtime_error("column " + wanted + " is of type " + std::string(1, column.type) +
                                 ", neither amplitudes (F, G) nor intensities (J, K)");
      return column;
    }
    names.push_back(column.label);
  }
  if (!wanted.empty()) throw std::runtime_error("there is no column " + wanted + "; there are " + listed(names));
  for (char type : {'F', 'G', 'J'})
    for (const gemmi::Mtz::Column &column : mtz.columns)
      if (column.type == type) return column;
  throw std::runtime_error("no column holds amplitudes or intensities; there are " + listed(names));
}

Table fromMTZ(const char *bytes, size_t size, const std::string &wanted) {
  gemmi::Mtz mtz;
  mtz.read_stream(Bytes(bytes, size), false);
  // Once more, as a record that is not where it belongs may have been taken.
  if (!mtz.batches.empty() || mtz.nreflections < 0 ||
      80.0 + 4.0 * double(mtz.columns.size()) * double(mtz.nreflections) > double(size))
    throw std::runtime_error("the counts in the header do not fit the file");
  if (mtz.columns.size() < 4) throw std::runtime_error("there are fewer than four columns");
  Bytes stream(bytes, size);
  mtz.read_raw_data(stream);
  const gemmi::Mtz::Column &column = chosen(mtz, wanted);
  Table table;
  table.column = column.label;
  table.isIntensity = column.type == 'J' || column.type == 'K';
  table.group = mtz.spacegroup;
  table.cell = mtz.cell;
  for (size_t row = 0; row < mtz.data.size(); row += mtz.columns.size()) {
    for (int axis = 0; axis < 3; ++axis)
      if (!(std::fabs(mtz.data[row + axis]) < 1e6)) throw std::runtime_error("an index is not a number below 1e6");
    table.indices.push_back({{int(mtz.data[row]), int(mtz.data[row + 1]), int(mtz.data[row + 2])}});
    const float value = mtz.data[row + column.idx];
    table.values.push_back(value == mtz.valm ? NAN : value);
  }
  return table;
}

/// Refuses indices whose digits do not fit: they would come out as others.
void checkIndices(const gemmi::ReflnBlock &block) {
  const gemmi::cif::Loop &loop = *block.default_loop;
  for (size_t column : block.get_hkl_column_indices())
    for (size_t place = column; place < loop.values.size(); place += loop.width()) {
      const std::string &text = loop.values[place];
      const size_t start = !text.empty() && (text[0] == '-' || text[0] == '+');
      const size_t digits = text.size() - start;
      if (digits < 1 || digits > 6 || text.find_first_not_of("0123456789", start) != std::string::npos)
        throw std::runtime_error("an index is no whole number below 1e6: " + text.substr(0, 40));
    }
}

Table fromCIF(const char *bytes, size_t size, const std::string &wanted) {
  gemmi::cif::Document document = gemmi::cif::read_memory(bytes, size, "mmCIF");
  std::vector<gemmi::ReflnBlock> blocks = gemmi::as_refln_blocks(std::move(document.blocks));
  std::vector<std::string> names;
  for (gemmi::ReflnBlock &block : blocks) {
    if (!block.ok()) continue;
    const std::vector<std::string> labels = block.column_labels();
    names.insert(names.end(), labels.begin(), labels.end());
    std::vector<std::string> choices = {"F_meas_au", "F_meas", "F_meas_uncorrected", "F_calc_au", "F_calc",
                                        "intensity_meas", "F_squared_meas", "F_squared_calc"};
    if (!wanted.empty()) choices = {wanted};
    for (const std::string &choice : choices) {
      if (block.find_column_index(choice) < 0) continue;
      Table table;
      table.column = choice;
      table.isIntensity = choice.find("intensity") == 0 || choice.find("F_squared") == 0;
      table.group = block.spacegroup;
      table.cell = block.cell;
      checkIndices(block);
      table.indices = block.make_miller_vector();
      table.values = block.make_vector<double>(choice, NAN);
      return table;
    }
  }
  if (names.empty()) throw std::runtime_error("there is no loop of _refln");
  throw std::runtime_error((wanted.empty() ? "no column holds amplitudes or intensities" : "there is no column " + wanted) +
                           std::string("; there are ") + listed(names));
}

void gather(const Table &table, bool expands, cgemmi_result &result) {
  std::vector<cgemmi_reflection> list, mates;
  gemmi::GroupOps operations;
  const bool hasGroup = table.group != nullptr;
  if (hasGroup) operations = table.group->operations();
  for (size_t row = 0; row < table.indices.size(); ++row) {
    double amplitude = table.values[row];
    if (!std::isfinite(amplitude)) {
      ++result.missing;
      continue;
    }
    if (table.isIntensity) amplitude = amplitude > 0 ? std::sqrt(amplitude) : 0;
    const gemmi::Miller &hkl = table.indices[row];
    list.push_back({hkl[0], hkl[1], hkl[2], amplitude});
    if (!expands) continue;
    auto add = [&](const gemmi::Miller &mate) {
      mates.push_back({mate[0], mate[1], mate[2], amplitude});
      mates.push_back({-mate[0], -mate[1], -mate[2], amplitude});
    };
    add(hkl);
    if (hasGroup)
      for (const gemmi::Op &operation : operations.sym_ops) add(operation.apply_to_hkl(hkl));
  }
  result.listed = list.size();
  list.insert(list.end(), mates.begin(), mates.end());
  if (list.empty()) throw std::runtime_error("no reflection has a value in column " + table.column);
  result.reflections = static_cast<cgemmi_reflection *>(std::malloc(list.size() * sizeof(cgemmi_reflection)));
  if (result.reflections == nullptr) throw std::bad_alloc();
  std::memcpy(result.reflections, list.data(), list.size() * sizeof(cgemmi_reflection));
  result.count = list.size();
  const double cell[6] = {table.cell.a,     table.cell.b,    table.cell.c,
                          table.cell.alpha, table.cell.beta, table.cell.gamma};
  for (int index = 0; index < 6; ++index) result.cell[index] = cell[0] > 1 ? cell[index] : 0;
  std::snprintf(result.space_group, sizeof result.space_group, "%s", hasGroup ? table.group->xhm().c_str() : "");
  std::snprintf(result.column, sizeof result.column, "%s", table.column.c_str());
  result.is_intensity = table.isIntensity;
}

}  // namespace

int cgemmi_is_available(void) { return 1; }

int cgemmi_read(const char *bytes, size_t size, const char *column, int expands, cgemmi_result *result, char *message,
                size_t message_size) {
  std::memset(result, 0, sizeof *result);
  try {
    const std::string wanted = column == nullptr ? "" : column;
    const bool isMTZ = size >= 4 && std::memcmp(bytes, "MTZ ", 4) == 0;
    gather(isMTZ ? fromMTZ(bytes, size, wanted) : fromCIF(bytes, size, wanted), expands != 0, *result);
    return 0;
  } catch (const std::exception &error) {
    std::snprintf(message, message_size, "%s", error.what());
  } catch (...) {
    std::snprintf(message, message_size, "gemmi cannot read it");
  }
  return 1;
}

#else

int cgemmi_is_available(void) { return 0; }

int cgemmi_read(const char *, size_t, const char *, int, cgemmi_result *result, char *message, size_t message_size) {
  std::memset(result, 0, sizeof *result);
  std::snprintf(message, message_size, "this build has no gemmi: install gemmi-dev and tao-pegtl-dev, and build anew");
  return 1;
}

#endif

void cgemmi_free(cgemmi_result *result) {
  std::free(result->reflections);
  result->reflections = nullptr;
  result->count = 0;
}
