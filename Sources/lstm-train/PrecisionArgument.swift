public import ArgumentParser
import Kernels

extension Precision: ExpressibleByArgument {}
