import CVector
public import Kernels
import NumberText

/// An error message if this processor lacks instructions that the program was built with; nil if it has them all.
public func processorMismatch() -> String? {
    let missing = String(cString: missingInstructionSets())
    guard !missing.isEmpty else { return nil }
    return """
        lstm-train: this processor lacks \(missing), which this binary was built with. \
        Build it here, or for every machine of a mixed cluster with LSTM_TRAIN_MARCH=x86-64-v3 swift build -c release.
        """
}

/// The vector instructions that this binary uses: "AVX2".
public func instructionSet() -> String { String(cString: builtInstructionSet()) }

/// The vector extensions that this processor has but the build doesn't use: "AVX-512, AVX512_BF16"; empty if it uses them all.
public func unusedInstructionSets() -> String { String(cString: CVector.unusedInstructionSets()) }

/// Whether the build uses one instruction for a product of two pairs of bfloat16. It may not be the faster way: see ``PairSpeed``.
public var bfloat16IsNative: Bool { hasBFloat16Products() != 0 }

/// The implementation of bfloat16 products on this processor, and its speed: "bfloat16 by two FMAs a pair, 0.65 × float32's rate".
public func bfloat16Arithmetic() -> String {
    let speed = PairSpeed.measured
    let rate = printed(speed.besideFloat32, "%.2f")
    return "bfloat16 by \(speed.instructionIsFaster ? "one instruction" : "two FMAs") a pair, \(rate) × float32's rate"
}

/// Instruction set and precision of products: "AVX2, float32".
public func arithmetic(_ precision: Precision) -> String {
    switch precision {
    case .float32: "\(instructionSet()), float32"
    case .bfloat16: "\(instructionSet()), \(bfloat16Arithmetic())"
    }
}
