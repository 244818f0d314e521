public import ArgumentParser
import Kernels
import Network

extension Precision: ExpressibleByArgument {}
extension CellKind: ExpressibleByArgument {}
