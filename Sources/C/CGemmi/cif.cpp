#if __has_include(<gemmi/mtz.hpp>) && __has_include(<tao/pegtl.hpp>)

#include <cmath>
#include <gemmi/cif.hpp>
#include <gemmi/numb.hpp>
#include <stdexcept>

#include "table.h"

namespace {

using gemmi::cif::Block;
using gemmi::cif::Loop;

// Names of mmCIF have a point after the category; those of SHELX and of the core dictionary have an underscore.
std::string lowered(std::string text) {
  for (char &letter : text) letter = char(std::tolower((unsigned char)letter));
  return text;
}

std::string plain(std::string tag) {
  tag = lowered(tag);
  for (const char *start : {"_refln.", "_refln_"})
    if (tag.compare(0, 7, start) == 0) return tag.substr(7);
  return "";
}

int columnOf(const Loop &loop, const std::string &name) {
  for (size_t place = 0; place < loop.tags.size(); ++place)
    if (plain(loop.tags[place]) == lowered(name)) return int(place);
  return -1;
}

// The loop of reflections; null if the block has none.
const Loop *reflections(const Block &block) {
  for (const gemmi::cif::Item &item : block.items)
    if (item.type == gemmi::cif::ItemType::Loop && columnOf(item.loop, "index_h") >= 0 &&
        columnOf(item.loop, "index_k") >= 0 && columnOf(item.loop, "index_l") >= 0)
      return &item.loop;
  return nullptr;
}

// The value of the first name that has one; empty if none has.
std::string valueOf(const Block &block, std::initializer_list<const char *> names) {
  for (const char *name : names)
    if (const std::string *value = block.find_value(name))
      if (!gemmi::cif::is_null(*value)) return gemmi::cif::as_string(*value);
  return "";
}

gemmi::UnitCell cellOf(const Block &block) {
  gemmi::UnitCell cell;
  double numbers[6];
  const char *names[6] = {"length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"};
  for (int index = 0; index < 6; ++index) {
    const std::string modern = std::string("_cell.") + names[index], old = std::string("_cell_") + names[index];
    numbers[index] = gemmi::cif::as_number(valueOf(block, {modern.c_str(), old.c_str()}));
    if (!std::isfinite(numbers[index])) return cell;
  }
  cell.set(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
  return cell;
}

const gemmi::SpaceGroup *groupOf(Block &block) {
  const std::string name = valueOf(
      block, {"_symmetry.space_group_name_H-M", "_space_group.name_H-M_alt", "_symmetry_space_group_name_H-M",
              "_space_group_name_H-M_alt"});
  if (!name.empty())
    if (const gemmi::SpaceGroup *group = gemmi::find_spacegroup_by_name(name)) return group;
  const std::string number = valueOf(block, {"_symmetry.Int_Tables_number", "_space_group.IT_number",
                                             "_symmetry_Int_Tables_number", "_space_group_IT_number"});
  // The symmetry operators determine the setting of the group; its number does not.
  for (const char *tag : {"_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz",
                          "_space_group_symop.operation_xyz", "_symmetry_equiv.pos_as_xyz"}) {
    std::vector<gemmi::Op> operators;
    for (const std::string &text : block.find_values(tag)) {
      if (operators.size() >= 192) return nullptr;
      operators.push_back(gemmi::parse_triplet(gemmi::cif::as_string(text)));
    }
    if (operators.empty()) continue;
    if (const gemmi::SpaceGroup *group = gemmi::find_spacegroup_by_ops(gemmi::split_centering_vectors(operators)))
      return group;
  }
  return number.empty() ? nullptr : gemmi::find_spacegroup_by_number(gemmi::cif::as_int(number, 0));
}

// Refuses an index of more than six digits, which could overflow to another index.
int indexOf(const std::string &text) {
  const size_t start = !text.empty() && (text[0] == '-' || text[0] == '+');
  const size_t digits = text.size() - start;
  if (digits < 1 || digits > 6 || text.find_first_not_of("0123456789", start) != std::string::npos)
    throw std::runtime_error("an index is no whole number below 1e6: " + text.substr(0, 40));
  return std::stoi(text);
}

bool isIntensity(const std::string &name) {
  const std::string text = lowered(name);
  return text.find("intensity_") == 0 || text.find("f_squared_") == 0 || text.find("pdbx_i_") == 0;
}

// The columns that can be taken, in the order of choice; `plus` has the values of h k l, `minus` those of -h -k -l.
struct Candidate {
  const char *plus, *minus;
  bool isChosen;  // whether it is taken without being named
};
const Candidate candidates[] = {
    {"F_meas_au", nullptr, true},
    {"F_meas", nullptr, true},
    {"F_meas_uncorrected", nullptr, true},
    {"pdbx_F_plus", "pdbx_F_minus", true},
    {"intensity_meas", nullptr, true},
    {"F_squared_meas", nullptr, true},
    {"pdbx_I_plus", "pdbx_I_minus", true},
    {"F_calc_au", nullptr, true},
    {"F_calc", nullptr, true},
    {"F_squared_calc", nullptr, true},
    {"intensity_calc", nullptr, true},
    {"pdbx_F_calc_with_solvent", nullptr, true},
    {"pdbx_FWT", nullptr, false},
    {"pdbx_DELFWT", nullptr, false},
};

Table tableOf(Block &block, const Loop &loop, const Candidate &choice) {
  Table table;
  const int plus = columnOf(loop, choice.plus), minus = choice.minus == nullptr ? -1 : columnOf(loop, choice.minus);
  table.column = choice.plus + (minus < 0 ? std::string() : std::string(" and ") + choice.minus);
  table.isIntensity = isIntensity(choice.plus);
  table.group = groupOf(block);
  table.cell = cellOf(block);
  const int places[3] = {columnOf(loop, "index_h"), columnOf(loop, "index_k"), columnOf(loop, "index_l")};
  const size_t rows = loop.values.size() / loop.width();
  table.indices.reserve(rows);
  table.plus.reserve(rows);
  if (minus >= 0) table.minus.reserve(rows);
  for (size_t row = 0; row < loop.values.size(); row += loop.width()) {
    table.indices.push_back(
        {{indexOf(loop.values[row + places[0]]), indexOf(loop.values[row + places[1]]), indexOf(loop.values[row + places[2]])}});
    table.plus.push_back(plus < 0 ? NAN : gemmi::cif::as_number(loop.values[row + plus]));
    if (minus >= 0) table.minus.push_back(gemmi::cif::as_number(loop.values[row + minus]));
  }
  return table;
}

}  // namespace

Table fromCIF(const char *bytes, size_t size, const std::string &wanted) {
  gemmi::cif::Document document = gemmi::cif::read_memory(bytes, size, "mmCIF");
  std::vector<std::string> names;
  bool hasMap = false;
  for (Block &block : document.blocks) {
    const Loop *loop = reflections(block);
    if (loop == nullptr) continue;
    std::vector<const Candidate *> there;
    for (const Candidate &candidate : candidates)
      if (columnOf(*loop, candidate.plus) >= 0 || (candidate.minus != nullptr && columnOf(*loop, candidate.minus) >= 0))
        there.push_back(&candidate);
    for (const std::string &tag : loop->tags) names.push_back(plain(tag));
    const Candidate *best = nullptr;
    for (const Candidate *candidate : there) {
      hasMap = hasMap || !candidate->isChosen;
      const bool isWanted = lowered(candidate->plus) == lowered(wanted) ||
                            (candidate->minus != nullptr && lowered(candidate->minus) == lowered(wanted));
      if (best == nullptr && (wanted.empty() ? candidate->isChosen : isWanted)) best = candidate;
    }
    if (best == nullptr) {
      if (!wanted.empty() && columnOf(*loop, wanted) >= 0)
        throw std::runtime_error("column " + wanted + " holds neither amplitudes nor intensities that are known");
      continue;
    }
    Table table = tableOf(block, *loop, *best);
    std::vector<std::string> others;
    for (const Candidate *candidate : there)
      if (candidate != best) others.push_back(candidate->plus);
    table.others = listed(others);
    return table;
  }
  if (names.empty()) throw std::runtime_error("there is no loop of reflections (_refln) in it");
  throw std::runtime_error((!wanted.empty() ? "there is no column " + wanted
                            : hasMap        ? "only coefficients of maps are there, which are taken if they are named"
                                            : "no column holds amplitudes or intensities") +
                           std::string("; there are ") + listed(names));
}

#endif
