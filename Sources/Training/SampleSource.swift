public import Kernels

/// Generates samples with a model during training. Has no effect on training.
public protocol SampleSource: AnyObject {
    /// Text generated with these parameters: the same text for the same parameters.
    func text(_ parameters: FloatView) -> String
}
