import FrameIO
import Physics

extension CommandLineRequest {
  /// Reads the headers of the mask and of the header image, in this order, so that values of the image replace those of
  /// the mask (docs/reference/10-command-line.md §2).
  mutating func applyHeaders(_ files: InputFiles) throws(RequestError) {
    if let path = files.mask {
      let image = try SMVImage(path, flag: "-mask", compatibility)
      simulation.apply(image.header, isMask: true, compatibility)
      simulation.mask = try image.mask()
    }
    if let path = files.header {
      let start = try FileBytes.start(of: path, for: "-img", upTo: SMVImage.startSize)
      if CBFHeader.isCBF(start.bytes) {
        // Some programs write thousands of lines in front of the pixels.
        let isWhole = start.isAll || CBFHeader.dataStart(start.bytes) != nil
        let bytes = isWhole ? start.bytes : try FileBytes.read(path, for: "-img", upTo: CBFHeader.longestText)
        let header = try CBFHeader(file: bytes, path: path, flag: "-img")
        header.apply(to: &simulation)
        if header.isSwung {
          notes.append("-img \(path): the header tells a two-theta and not its axis: it is left out")
        }
      } else {
        let image = try SMVImage(start: start, path: path, flag: "-img", compatibility)
        simulation.apply(image.header, isMask: false, compatibility)
        headerCentre = HeaderCentre(image.header, simulation)
        if !compatibility.has(.headerKeysAreSubstrings), image.header.dtrek?.isSwung == true {
          notes.append("-img \(path): the header tells a turned detector, and not so that it could be taken over")
        }
      }
    }
  }

  /// Reads the files that the command line names, and makes the experiment by filling in omitted values.
  /// - Parameter clockSeed: The seed, from the clock, in place of a missing misset or noise seed.
  /// - Throws: `RequestError` with the option or file, the problem and the remedy.
  public func experiment(clockSeed: Int) throws(RequestError) -> Experiment {
    var (loaded, notes) = try loaded(clockSeed: clockSeed)
    let experiment: Experiment
    do {
      experiment = try Experiment(resolving: loaded, compatibility: compatibility)
    } catch {
      throw inTypedWords(RequestError(error))
    }
    if let path = inputs.header, let note = headerCentre?.note(experiment, simulation) {
      notes.append("-img \(path): \(note)")
    }
    return experiment.adding(notes: experiment.remarks.map(\.note) + notes)
  }

  /// The request with the contents of the files that the command line names, and notes for the user.
  /// - Parameter clockSeed: The seed, from the clock, in place of a missing misset or noise seed.
  /// - Throws: `RequestError` with the file, the problem and the remedy.
  public func loaded(clockSeed: Int) throws(RequestError) -> (request: SimulationRequest, notes: [String]) {
    var loaded = simulation
    var notes: [String] = []
    if let path = inputs.header, !simulation.assumptions.isEmpty {
      notes.append(
        "-img \(path) and the options do not tell all of the camera: assumed are "
          + simulation.assumptions.joined(separator: ", "))
    }
    loaded.clockSeed = clockSeed
    if let path = inputs.matrix { loaded.matrix = try MatrixFile.read(path) }
    if let path = inputs.reflections {
      let (table, remarks) = try ReflectionFile.table(
        path, defaultAmplitude: simulation.defaultAmplitude ?? 0, compatibility)
      loaded.structureFactors = .table(table)
      notes += remarks
    } else if simulation.structureFactors == nil, let path = cachePath {
      let table = try ReflectionCache.read(path, defaultAmplitude: simulation.defaultAmplitude ?? 0)
      loaded.structureFactors = .table(table)
      notes.append("structure factors are read from \(path), as there is no -hkl (Q-34)")
    }
    if let path = inputs.sources { loaded.sources = try SourceFile.read(path, compatibility) }
    for path in inputs.unused {
      _ = try FileBytes.read(path, for: "structure factor curve", limit: FileBytes.limit(ofKind: 100 << 20))
    }
    return (loaded, notes)
  }

  /// Whether a crystal and structure factors are given. Without them the reference program prints its usage.
  public var isComplete: Bool {
    let hasAmplitudes =
      inputs.reflections != nil || cachePath != nil || (simulation.defaultAmplitude ?? 0) != 0
      || simulation.structureFactors != nil
    return hasAmplitudes && (inputs.matrix != nil || simulation.matrix != nil || !simulation.cell.isEmpty)
  }

  /// A copy of the request that also reads a reflection cache in the working directory which no option names, as the C
  /// program does. Simulations for tests and comparisons read only files that were named.
  public func readingStrayCache() -> CommandLineRequest {
    var request = self
    request.readsStrayCache = true
    return request
  }

  /// The reflection cache to read: the cache that was named or, with `readsStrayCache` and `Quirk.strayCacheUsed`, a
  /// cache of the default name in the working directory. Nil if the file does not exist.
  var cachePath: String? {
    let stray = readsStrayCache && compatibility.has(.strayCacheUsed) ? ReflectionCache.defaultName : nil
    return (inputs.cache ?? stray).flatMap { ReflectionCache.exists($0) ? $0 : nil }
  }
}
