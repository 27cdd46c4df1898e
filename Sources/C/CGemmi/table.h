// What the readers of this folder make of a file.
#ifndef CGEMMI_TABLE_H
#define CGEMMI_TABLE_H

#include <gemmi/symmetry.hpp>
#include <gemmi/unitcell.hpp>
#include <string>
#include <vector>

struct Table {
  std::vector<gemmi::Miller> indices;
  std::vector<double> plus;   // of h k l; not-a-number where there is none
  std::vector<double> minus;  // of -h -k -l; empty if the file holds no pairs
  const gemmi::SpaceGroup *group = nullptr;
  gemmi::UnitCell cell;
  std::string column, others;
  bool isIntensity = false;
};

// What a column holds, best first; the order in which columns are chosen unless one is asked for.
enum class Rank { amplitude, amplitudePair, intensity, intensityPair, half, calculated, map, none };

// Names separated by commas.
std::string listed(const std::vector<std::string> &names);

// The name of the partner of one of an anomalous pair: F(+) and F(-), F_plus and F_minus; empty if it is none.
std::string partner(const std::string &name, bool &isPlus);

// What the name of an amplitude tells: measured, calculated, or a coefficient of a map.
Rank rankOf(const std::string &name);

Table fromMTZ(const char *bytes, size_t size, const std::string &wanted);
Table fromCIF(const char *bytes, size_t size, const std::string &wanted);

#endif
