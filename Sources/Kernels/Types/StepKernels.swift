/// The loops over the pixels of a block for one step: one cell of one domain, one source.
package protocol StepKernels: AnyObject, Sendable {
  /// A step with one structure factor for all: adds `factor` × squared lattice factors to the sums.
  /// - Returns: Whether a pixel is so close to a node that the pixel has to be looked at again.
  func addUniformStep(
    of block: borrowing ScatteringBlock, cell: StepCell, factor: Double, to sums: RunningSums
  ) -> Bool
  /// The squared lattice factors of a step and, unless `tableIndices` is nil, where the reflections are in the table.
  /// - Returns: Whether a pixel is so close to a node that the pixel has to be looked at again.
  func latticeTerms(
    of block: borrowing ScatteringBlock, cell: StepCell, into terms: BlockOutput, tableIndices: TableIndices?
  ) -> Bool
  /// Adds `factor` × `terms` to the sums.
  func addTerms(_ terms: BlockInput, count: Int, times factor: Double, to sums: RunningSums)
  /// Adds `weight` × amplitudes of the table, squared, × `terms` to the sums.
  func addTabulated(
    of block: borrowing ScatteringBlock, at tableIndices: TableIndices, terms: BlockInput, weight: Double,
    to sums: RunningSums)
  /// The fractional indices of a step.
  func fractionalIndices(of block: borrowing ScatteringBlock, cell: StepCell, into indices: BlockIndices)
  /// Adds weight × squared amplitudes × `terms` to the sums. An amplitude is interpolated at `indices` where its pixel
  /// interpolates and the table reaches, and that of the nearest reflection elsewhere.
  func addInterpolated(
    of block: borrowing ScatteringBlock, at indices: BlockIndices, terms: BlockInput, by interpolation: Interpolation,
    to sums: RunningSums)
  /// Multiplies sums by factors; where `skipsZeros`, only those whose term is not zero.
  func multiply(_ sums: BlockOutput, count: Int, by factors: BlockInput, terms: BlockInput, skipsZeros: Bool)
}
