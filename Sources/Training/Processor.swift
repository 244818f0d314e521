import CVector

/// A sentence if this processor lacks instructions that the program was built with; nil if it has them all.
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
