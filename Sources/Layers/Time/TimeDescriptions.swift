import Kernels

/// A convolution over time.
public struct ConvolutionDescription: Sendable, Hashable {
    /// Numbers of its output at a time step.
    public var channels: Int
    /// Steps that an output is computed from.
    public var width: Int
    /// Steps from one output to the next.
    public var stride: Int
    /// Steps from one that an output is computed from to the next one.
    public var dilation: Int
    public var padding: ConvolutionPadding
    /// Groups of channels: each is computed from its own part of the input.
    public var groups: Int
    public var activation: DenseActivation

    public init(
        channels: Int, width: Int, stride: Int = 1, dilation: Int = 1, padding: ConvolutionPadding = .same, groups: Int = 1, activation: DenseActivation = .linear
    ) {
        (self.channels, self.width, self.stride, self.dilation) = (channels, width, stride, dilation)
        (self.padding, self.groups, self.activation) = (padding, groups, activation)
    }

    /// Steps from the first one that an output is computed from to the last one, both included.
    public var extent: Int { (width - 1) * dilation + 1 }

    /// How many steps come out.
    public var stepChange: StepChange {
        switch padding {
        case .valid: width == 1 && stride == 1 ? .none : .windows(extent: extent, stride: stride)
        case .same, .causal: stride == 1 ? .none : .every(stride)
        }
    }

    /// Whether an output depends on steps after its own, or the number of steps changes.
    package var needsWholeSequence: Bool { stepChange != .none || (padding != .causal && width > 1) }

    /// Steps before the ones read that it needs for the first outputs: its state, where it can go on from an earlier part of a sequence.
    var carriedStepCount: Int { needsWholeSequence ? 0 : extent - 1 }

    /// The first step that output `step` is computed from, of a sequence of `length` steps. Steps before the first and after the last count as zeros.
    @inline(__always)
    func firstStep(ofOutput step: Int, length: Int) -> Int { step * stride - paddingBefore(length: length) }

    /// Zeros that are put before a sequence.
    @inline(__always)
    func paddingBefore(length: Int) -> Int {
        switch padding {
        case .causal: extent - 1
        case .valid: 0
        // As Keras has it; with stride 1 as PyTorch too.
        case .same: max(0, ((length + stride - 1) / stride - 1) * stride + extent - length) / 2
        }
    }
}

/// What stands before and after a sequence in a convolution.
public enum ConvolutionPadding: String, Sendable, Hashable, CaseIterable {
    /// Zeros on both sides, so that with stride 1 there are as many outputs as steps.
    case same
    /// Nothing: each output is computed from steps within the sequence.
    case valid
    /// Zeros before it: no output depends on later steps.
    case causal
}

/// A block of two causal convolutions with a residual connection (Bai, Kolter & Koltun 2018).
public struct TemporalBlockDescription: Sendable, Hashable {
    public var channels: Int
    /// Steps that an output of each convolution is computed from.
    public var width: Int
    public var dilation: Int
    /// Probability with which a channel is set to 0 in training, after each convolution.
    public var dropout: Double
    /// Whether length and direction of each channel's weights are parameters of their own, in both convolutions.
    public var hasWeightNorm = false

    public init(channels: Int, width: Int, dilation: Int = 1, dropout: Double = 0) {
        (self.channels, self.width, self.dilation, self.dropout) = (channels, width, dilation, dropout)
    }

    /// Weights of both convolutions, if the block reads `inputWidth` numbers.
    func weightCount(reading inputWidth: Int) -> Int { channels * width * (inputWidth + channels) }

    /// Each of the two.
    package var convolution: ConvolutionDescription {
        ConvolutionDescription(channels: channels, width: width, dilation: dilation, padding: .causal, activation: .relu)
    }
}

/// Pooling over time: one step of each sequence.
public struct PoolDescription: Sendable, Hashable {
    public var method: PoolMethod
    /// Units of attention's hidden layer; 0 for as many as the layer reads.
    public var units: Int

    public init(method: PoolMethod, units: Int = 0) { (self.method, self.units) = (method, units) }

    /// Units of attention's hidden layer over rows of `inputWidth`.
    package func attentionUnits(reading inputWidth: Int) -> Int { units == 0 ? inputWidth : units }
}

/// What a sequence's steps become.
public enum PoolMethod: String, Sendable, Hashable, CaseIterable {
    /// Each unit's mean over them.
    case mean
    /// Each unit's largest value.
    case max
    /// The last one of them.
    case last
    /// Their mean with trained weights (Yang et al. 2016).
    case attention
}

/// Every so many steps one is kept.
public struct SubsampleDescription: Sendable, Hashable {
    public var factor: Int

    public init(factor: Int) { self.factor = factor }
}

/// So many steps side by side become one.
public struct StackDescription: Sendable, Hashable {
    public var frames: Int

    public init(frames: Int) { self.frames = frames }
}

extension ConvolutionDescription {
    /// Sums, outputs and gradients of a step; the steps that it is computed from, and the products for their gradients.
    func keptFloats(_ precision: Precision, inputWidth: Int) -> Double {
        let isSingle = precision == .float32
        return Double(channels) * (isSingle ? 3 : 4) + Double(width * inputWidth) * (isSingle ? 2 : 1.5)
    }
}

extension TemporalBlockDescription {
    /// Both convolutions, their dropout, and outputs and gradients of the block, of the projection too where there is one.
    func keptFloats(_ precision: Precision, inputWidth: Int) -> Double {
        let perOutput = precision == .float32 ? 1 : 1.5
        let own = (dropout > 0 ? 2 * perOutput : 0) + perOutput + 1 + (inputWidth == channels ? 0 : 2 * perOutput + 2)
        return convolution.keptFloats(precision, inputWidth: inputWidth) + convolution.keptFloats(precision, inputWidth: channels) + own * Double(channels)
    }
}
