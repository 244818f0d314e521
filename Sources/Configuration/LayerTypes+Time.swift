import Layers

// The types of layers over time: convolutions, pooling, and layers that change the number of steps.

extension LayerType {
    static let overTime = [convolution, temporalBlock, pool, subsample, stack]

    private static let widths = 1...4096
    private static let factors = 2...1024

    private static let convolution = LayerType(
        name: "conv1d",
        keys: [
            .integer("channels", \ConvolutionDescription.channels, LayerStack.hiddens, isRequired: true, "Numbers of its output at a time step."),
            .integer("width", \ConvolutionDescription.width, widths, isRequired: true, "Time steps that an output is computed from (PyTorch's kernel_size)."),
            .integer("stride", \ConvolutionDescription.stride, 1...1024, "Time steps from one output to the next."),
            .integer("dilation", \ConvolutionDescription.dilation, 1...65_536, "Time steps from one that an output is computed from to the next."),
            .choice(
                "padding", \ConvolutionDescription.padding,
                "Zeros around a sequence: on both sides, so that it keeps its length; none; or before it only, so that no output depends on later steps."),
            .integer("groups", \ConvolutionDescription.groups, LayerStack.hiddens, "Groups of channels, each computed from its own part of the input."),
            .choice("activation", \ConvolutionDescription.activation, "What is applied to each number of its output."),
        ], initial: ConvolutionDescription(channels: 1, width: 1).layer, includes: { ConvolutionDescription($0) != nil })

    private static let temporalBlock = LayerType(
        name: "tcn",
        keys: [
            .integer("channels", \TemporalBlockDescription.channels, LayerStack.hiddens, isRequired: true, "Numbers of its output at a time step."),
            .integer(
                "width", \TemporalBlockDescription.width, widths, isRequired: true, "Time steps that an output of each of its two convolutions is computed from."),
            .integer("dilation", \TemporalBlockDescription.dilation, 1...65_536, "Time steps from one of them to the next; usually doubled from block to block."),
            .real("dropout", \TemporalBlockDescription.dropout, rates, "Probability with which a channel of a sequence is set to 0 in training."),
            .bool(
                "weightNorm", \TemporalBlockDescription.hasWeightNorm,
                "Whether length and direction of each channel's weights are learned apart (Salimans & Kingma 2016), in both convolutions."),
        ], initial: TemporalBlockDescription(channels: 1, width: 1).layer, includes: { TemporalBlockDescription($0) != nil })

    private static let pool = LayerType(
        name: "pool",
        keys: [
            .choice("method", \PoolDescription.method, "What a sequence's time steps become: their mean, the largest value of each unit, the last one, or a mean with trained weights."),
            .integer("units", \PoolDescription.units, 0...65_536, "Units of attention's hidden layer; 0 for as many as the layer reads.")
                .when("method is \"attention\"") { PoolDescription($0)?.method == .attention },
        ], initial: PoolDescription(method: .mean).layer, includes: { PoolDescription($0) != nil })

    private static let subsample = LayerType(
        name: "subsample",
        keys: [.integer("factor", \SubsampleDescription.factor, factors, isRequired: true, "Of so many time steps the first is kept.")],
        initial: SubsampleDescription(factor: 2).layer, includes: { SubsampleDescription($0) != nil })

    private static let stack = LayerType(
        name: "stack", keys: [.integer("frames", \StackDescription.frames, factors, isRequired: true, "So many time steps, side by side, become one.")],
        initial: StackDescription(frames: 2).layer, includes: { StackDescription($0) != nil })
}

extension ConvolutionDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .convolution(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .convolution(self) }
}

extension TemporalBlockDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .temporalBlock(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .temporalBlock(self) }
}

extension PoolDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .pool(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .pool(self) }
}

extension SubsampleDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .subsample(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .subsample(self) }
}

extension StackDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .stack(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .stack(self) }
}
