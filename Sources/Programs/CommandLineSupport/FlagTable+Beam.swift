import FrameIO
import Physics

extension FlagTable {
  /// Beam options (docs/reference/10-command-line.md §3.3).
  static let beam: [Flag] = [
    .real(
      "-lambda -wave -wavelength", patterns: [.anywhere("-lambda"), .anywhere("-wave")], "Å",
      "wavelength (default 1)", drawn: "0.3...4 | 1"
    ) { $0.simulation.wavelength = .angstroms($1) },
    Flag("-energy", values: "eV", "photon energy, instead of the wavelength", drawn: "3000...30000") {
      request, values throws(RequestError) in
      let energy = try values.real(0)
      guard energy > 0 else {
        throw RequestError(
          values.flag, value: values.words[0], "the energy must be positive", remedy: "give it in eV, such as 12398.42")
      }
      request.simulation.wavelength = .electronVolts(energy)
    },
    .real(
      "-fluence", "photons/m2", "incident photons per area (default: r_e^2 x fluence = 1)",
      drawn: "1~1e30 | 0 | -10...-1"
    ) {
      $0.simulation.photons.append(.fluence($1))
    },
    .real("-flux", "photons/s", "flux; with -exposure and -beamsize an alternative to -fluence", drawn: "1~1e20 | 0") {
      $0.simulation.photons.append(.flux($1))
    },
    .real("-exposure", "s", "exposure time (default 1)", drawn: "0.1...10 | 0 | -1...-0.1") {
      $0.simulation.exposure = $1
    },
    .real("-beamsize", "mm", "size of the beam (default 0.1); cuts the crystal along y and z", drawn: "1e-5...0.2 | -1")
    {
      $0.simulation.beamSize = $1
    },
    .real(
      "-polar", patterns: [.whole("-polar")], "K", "Kahn polarization factor, -1 to 1 (default 0)",
      drawn: "-1...1 | 0 | 1"
    ) {
      $0.simulation.kahnFactor = $1
      $0.simulation.noPolarization = false
    },
    .switching("-nopolar", "no polarization correction") { $0.simulation.noPolarization = true },
    .real("-dispersion", "percent", "spectral width (default 0)", drawn: "0.1...20 | 0 | -1...-0.1") {
      $0.simulation.dispersion = $1
    },
    .integer("-dispsteps", "n", "number of wavelengths (default 2 with a dispersion)", drawn: "2..3 | 1 | 0 | -1") {
      $0.simulation.dispersionSteps = $1
    },
    ignored("-dispstep", "n", use: "-dispsteps"), ignored("-hdiv", "mrad", use: "-hdivrange"),
    ignored("-vdiv", "mrad", use: "-vdivrange"), ignored("-source_distance", "mm", use: "-sourcefile"),
    ignored("-source_dist", "mm", use: "-sourcefile"),
    .real("-divergence", "mrad", "horizontal and vertical divergence, full range", drawn: "0.1...5 | 0 | -1...-0.1") {
      $0.simulation.horizontal.range = $1
      $0.simulation.vertical.range = $1
    },
    .real("-hdivrange", "mrad", "horizontal divergence, full range (default 0)", drawn: "0.1...5 | 0 | -1...-0.1") {
      $0.simulation.horizontal.range = $1
    },
    .real("-vdivrange", "mrad", "vertical divergence, full range (default 0)", drawn: "0.1...5 | 0 | -1...-0.1") {
      $0.simulation.vertical.range = $1
    },
    .real(
      "-hdivstep", patterns: [.whole("-hdivstep")], "mrad", "step of the horizontal divergence", drawn: "0.7...3 | 0"
    ) {
      $0.simulation.horizontal.step = $1
    },
    .integer("-hdivsteps", "n", "number of horizontal steps", drawn: "2..4 | 1 | 0 | -1") {
      $0.simulation.horizontal.count = $1
    },
    .real("-vdivstep", patterns: [.whole("-vdivstep")], "mrad", "step of the vertical divergence", drawn: "0.7...3 | 0")
    {
      $0.simulation.vertical.step = $1
    },
    .integer("-vdivsteps", "n", "number of vertical steps", drawn: "2..4 | 1 | 0 | -1") {
      $0.simulation.vertical.count = $1
    },
    .integer("-divsteps", "n", "number of horizontal and of vertical steps", drawn: "2..4 | 1 | 0 | -1") {
      $0.simulation.horizontal.count = $1
      $0.simulation.vertical.count = $1
    },
    .switching("-round_div", "cut the corners of the divergence grid (default)") {
      $0.simulation.squareDivergence = false
    },
    .switching("-square_div", "keep the corners of the divergence grid") { $0.simulation.squareDivergence = true },
    .file("-sourcefile", "text file of source points: X Y Z weight wavelength(m)", drawn: "@sources | @few") {
      $0.inputs.sources = $1
    },
    .real(
      "-water", "um", "thickness of water around the crystal, for the background (default 0)", drawn: "0.1...40 | 0"
    ) {
      $0.simulation.water = $1
    },
  ]
}
