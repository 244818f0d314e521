public import Kernels

/// Shows what a model that is being trained generates. Changes nothing of the training.
public protocol SampleSource: AnyObject {
    /// What a model with these parameters generates: the same for the same parameters.
    func text(_ parameters: FloatView) -> String
}
