// The common result of the readers of MTZ and CIF files.
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

// The content of a column, best first: the order in which columns are chosen if none is named.
enum class Rank { amplitude, amplitudePair, intensity, intensityPair, half, calculated, map, none };

// Names separated by commas.
std::string listed(const std::vector<std::string> &names);

// The name of the other column of an anomalous pair, as F(-) for F(+) or F_plus for F_minus; empty for any other name.
std::string partner(const std::string &name, bool &isPlus);

// The rank of an amplitude by its name: measured, calculated, or a coefficient of a map.
Rank rankOf(const std::string &name);

Table fromMTZ(const char *bytes, size_t size, const std::string &wanted);
Table fromCIF(const char *bytes, size_t size, const std::string &wanted);

#endif
