#if __has_include(<gemmi/mtz.hpp>) && __has_include(<tao/pegtl.hpp>)

#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <gemmi/mtz.hpp>
#include <stdexcept>

#include "table.h"

namespace {

// A stream of bytes in memory for gemmi's reader. gemmi's own stream does not check the offsets in the file.
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
  // Checks the counts in a header record before gemmi allocates memory for them.
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

// A column, and its partner if it belongs to an anomalous pair.
struct Choice {
  const gemmi::Mtz::Column *plus = nullptr, *minus = nullptr;
  Rank rank = Rank::none;
};

Choice choice(const gemmi::Mtz &mtz, const gemmi::Mtz::Column &column) {
  Choice found;
  found.plus = &column;
  if (std::strchr("FGJK", column.type) == nullptr) return found;
  const bool isIntensity = column.type == 'J' || column.type == 'K';
  bool isPlus = true;
  const std::string other = partner(column.label, isPlus);
  if (!other.empty())
    for (const gemmi::Mtz::Column &mate : mtz.columns)
      if (mate.label == other && mate.type == column.type && mate.dataset_id == column.dataset_id) {
        found.plus = isPlus ? &column : &mate;
        found.minus = isPlus ? &mate : &column;
        found.rank = isIntensity ? Rank::intensityPair : Rank::amplitudePair;
        return found;
      }
  if (column.type == 'G' || column.type == 'K')
    found.rank = Rank::half;
  else
    found.rank = isIntensity ? Rank::intensity : rankOf(column.label);
  return found;
}

// The wanted column; if none is named, the first column of the best rank.
Choice chosen(const gemmi::Mtz &mtz, const std::string &wanted, std::string &others) {
  std::vector<std::string> names, candidates;
  Choice best;
  for (const gemmi::Mtz::Column &column : mtz.columns) {
    const Choice found = choice(mtz, column);
    names.push_back(column.label);
    if (column.label == wanted) {
      if (found.rank == Rank::none)
        throw std::runtime_error("column " + wanted + " is of type " + std::string(1, column.type) +
                                 ", neither amplitudes (F, G) nor intensities (J, K)");
      best = found;
    } else if (wanted.empty() && found.rank < Rank::map && found.rank < best.rank) {
      best = found;
    }
    if (found.rank != Rank::none) candidates.push_back(column.label);
  }
  if (!wanted.empty() && best.plus == nullptr)
    throw std::runtime_error("there is no column " + wanted + "; there are " + listed(names));
  if (best.plus == nullptr)
    throw std::runtime_error(candidates.empty()
                                 ? "no column holds amplitudes or intensities; there are " + listed(names)
                                 : "only coefficients of maps are there, which are taken if they are named: " +
                                       listed(candidates));
  std::vector<std::string> rest;
  for (const std::string &name : candidates)
    if (name != best.plus->label && (best.minus == nullptr || name != best.minus->label)) rest.push_back(name);
  others = listed(rest);
  return best;
}

// The positions of the columns of h, k and l, found by type and label in any order.
std::vector<size_t> indexColumns(const gemmi::Mtz &mtz) {
  std::vector<size_t> places, typed;
  for (const gemmi::Mtz::Column &column : mtz.columns)
    if (column.type == 'H') typed.push_back(column.idx);
  for (const char *label : {"H", "K", "L"})
    for (size_t place : typed)
      if (mtz.columns[place].label == label) {
        places.push_back(place);
        break;
      }
  if (places.size() == 3) return places;
  if (typed.size() == 3) return typed;
  throw std::runtime_error("it has no three columns H, K and L of type H");
}

const gemmi::UnitCell &cellOf(const gemmi::Mtz &mtz, const gemmi::Mtz::Column &column) {
  for (const gemmi::Mtz::Dataset &dataset : mtz.datasets)
    if (dataset.id == column.dataset_id && dataset.cell.is_crystal() && dataset.cell.a > 1) return dataset.cell;
  return mtz.cell;
}

}  // namespace

Table fromMTZ(const char *bytes, size_t size, const std::string &wanted) {
  gemmi::Mtz mtz;
  mtz.read_stream(Bytes(bytes, size), false);
  // The counts are checked again, because gemmi may have read a misplaced record.
  if (!mtz.batches.empty() || mtz.nreflections < 0 ||
      80.0 + 4.0 * double(mtz.columns.size()) * double(mtz.nreflections) > double(size))
    throw std::runtime_error("the counts in the header do not fit the file");
  if (mtz.columns.size() < 4) throw std::runtime_error("there are fewer than four columns");
  Bytes stream(bytes, size);
  mtz.read_raw_data(stream);
  Table table;
  const Choice choice = chosen(mtz, wanted, table.others);
  const std::vector<size_t> places = indexColumns(mtz);
  table.column = choice.plus->label + (choice.minus == nullptr ? "" : " and " + choice.minus->label);
  table.isIntensity = choice.plus->type == 'J' || choice.plus->type == 'K';
  table.group = mtz.spacegroup;
  table.cell = cellOf(mtz, *choice.plus);
  auto value = [&](size_t row, const gemmi::Mtz::Column *column) {
    const float number = mtz.data[row + column->idx];
    return number == mtz.valm ? double(NAN) : double(number);
  };
  for (size_t row = 0; row < mtz.data.size(); row += mtz.columns.size()) {
    gemmi::Miller hkl;
    for (int axis = 0; axis < 3; ++axis) {
      const float index = mtz.data[row + places[axis]];
      if (!(std::fabs(index) < 1e6) || index != std::floor(index))
        throw std::runtime_error("an index is not a whole number below 1e6");
      hkl[axis] = int(index);
    }
    table.indices.push_back(hkl);
    table.plus.push_back(value(row, choice.plus));
    if (choice.minus != nullptr) table.minus.push_back(value(row, choice.minus));
  }
  return table;
}

#endif
