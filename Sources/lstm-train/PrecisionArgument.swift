public import ArgumentParser
import Kernels
import Layers
import Models

extension Precision: ExpressibleByArgument {}
extension CellKind: ExpressibleByArgument {}
extension LayerNormPlace: ExpressibleByArgument {}
