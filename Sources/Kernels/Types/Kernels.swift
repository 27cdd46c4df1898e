/// The inner loops. There is one implementation, `Loops`, compiled in one module per instruction set.
///
/// Unless a protocol says otherwise, its loops work on blocks: arrays with room for `ScatteringBlock.capacity` numbers, of
/// which the first `count`, a multiple of `ScatteringBlock.lanes`, are used.
package protocol Kernels: StepKernels, PixelKernels, ImageKernels, ElementaryKernels {}
