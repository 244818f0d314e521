/// A parameter that only some recurrent layers have, beside weights, biases and peepholes.
package struct AdditionalParameter: Sendable, Equatable {
    package enum Kind: Sendable {
        /// Drawn as weights are.
        case weight
        /// 1 at first.
        case gain
        /// 0 at first.
        case bias
    }

    /// Without the module and the layer's number: "weight_hr".
    package let name: String
    package let shape: [Int]
    package let kind: Kind
}

extension RecurrentDescription {
    /// The parameters behind the peepholes, in the order of the flat buffer: PyTorch's name for a projection's weight, and ours for the others.
    package var additionalParameters: [AdditionalParameter] {
        let sums = gateCount * hidden
        var parameters: [AdditionalParameter] = []
        func add(_ name: String, _ shape: [Int], _ kind: AdditionalParameter.Kind) { parameters.append(AdditionalParameter(name: name, shape: shape, kind: kind)) }
        if projection > 0 { add("weight_hr", [projection, hidden], .weight) }
        if layerNorm == .products {
            add("gain_ih", [sums], .gain)
            add("gain_hh", [sums], .gain)
        }
        if layerNorm == .gates { add("gain_gates", [sums], .gain) }
        if layerNorm != .none {
            add("gain_cell", [hidden], .gain)
            add("bias_cell", [hidden], .bias)
        }
        if initialState == .learned {
            add("h0", [outputUnits], .bias)
            if statePartCount > 1 { add("c0", [hidden], .bias) }
        }
        return parameters
    }
}
