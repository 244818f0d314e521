import Audio
public import Batches
import Datasets
import Kernels
import Layers
import Models
import Optimization

/// A value that is one of a few words in the file.
public protocol ConfigurationChoice: RawRepresentable<String>, CaseIterable, Sendable, Equatable {}

extension Configuration {
    /// Which time steps have an output: every or last; and whether the classes of time steps are scored together.
    public enum HeadPlacement: String, ConfigurationChoice {
        /// Chosen by the kind of data.
        case auto
        case every
        case last
        /// Every, with a linear-chain conditional random field.
        case crf
    }

    /// What reads the characters of words, beside their embedding.
    public enum CharacterReading: String, ConfigurationChoice {
        case none
        /// In both directions; the final states of both are the word's.
        case lstm
        case gru
        /// The largest output of each channel is the word's.
        case convolution
    }

    /// Treatment of symbols that aren't in the vocabulary of the initial weights' model.
    public enum NewSymbols: String, ConfigurationChoice {
        case refuse
        /// They are initialized as in a new model; weights of the other symbols are copied symbol by symbol.
        case initialize
    }

    /// The learning rate over the epochs or steps, as ``LearningRate/Schedule`` has it.
    public enum RateSchedule: String, ConfigurationChoice {
        case constant
        /// Multiplied by a factor after every few epochs.
        case step
        case exponential
        case polynomial
        case cosine
        case oneCycle
        case inverseRoot
        /// Multiplied by a factor when the validation loss stops falling.
        case plateau
    }

    /// The loss of a model that predicts numbers, ``Batches/Loss``.
    public enum NumberLossKind: String, ConfigurationChoice {
        case squared
        case absolute
        case huber
        /// Of a series: quantiles in place of a single number.
        case quantile
        /// Of a series: the parameters of a distribution, ``Batches/DistributionFamily``.
        case gaussian, studentT, negativeBinomial

        /// Those whose forecasts have an interval.
        package static let withInterval: [NumberLossKind] = [.quantile, .gaussian, .studentT, .negativeBinomial]
    }

    /// Whether the weights are averaged over steps.
    public enum WeightAveraging: String, ConfigurationChoice {
        case none
        /// Exponential moving average, from the first step on.
        case ema
        /// The mean since a validation's loss was above the lowest of all but the last few (Merity et al. 2018).
        case ntAsgd
    }

    /// Order in which gradients are summed over ranks.
    public enum ReductionOrder: String, ConfigurationChoice {
        /// The fixed tree over shards: the same bits on any number of ranks.
        case exact
        /// MPI's own order.
        case fast
    }
}

extension Configuration {
    /// Reaction to a checkpoint that can't be written.
    public enum CheckpointErrorPolicy: String, ConfigurationChoice {
        case stop
        case `continue`
    }

    /// Whether a live view is shown at the bottom of the terminal.
    public enum LiveDisplay: String, ConfigurationChoice {
        /// If the program's output, or mpirun's, is a terminal.
        case auto
        case on
        case off
    }

    /// Reaction to a sequence whose transcript has no alignment with its time steps.
    public enum UnalignablePolicy: String, ConfigurationChoice {
        case refuse
        case skip
    }

    /// Reaction to a step whose loss or gradient is not finite.
    public enum NonFinitePolicy: String, ConfigurationChoice {
        case stop
        case skip
    }
}

extension Precision: ConfigurationChoice {}
extension TextUnit: ConfigurationChoice {}
extension SequenceFormat: ConfigurationChoice {}
extension SequenceTargetKind: ConfigurationChoice {}
extension TranscriptUnit: ConfigurationChoice {}
extension FrontEnd.Features: ConfigurationChoice {}
extension FrontEnd.Definition: ConfigurationChoice {}
extension MixtureDensity.Family: ConfigurationChoice {}
extension StandardizationRange: ConfigurationChoice {}
extension GateMode: ConfigurationChoice {}
extension ModelDescription.Initialization: ConfigurationChoice {}
extension CellKind: ConfigurationChoice {}
extension ResetPlace: ConfigurationChoice {}
extension ActivationKind: ConfigurationChoice {}
extension GateFunction: ConfigurationChoice {}
extension LayerNormPlace: ConfigurationChoice {}
extension InitialState: ConfigurationChoice {}
extension RMSprop.Form: ConfigurationChoice {}
extension LearningRate.Unit: ConfigurationChoice {}

extension SeriesScale: ConfigurationChoice {}
extension WindowScaling: ConfigurationChoice {}
extension TableReading.Delimiter: ConfigurationChoice {}
extension TableReading.Decimal: ConfigurationChoice {}
extension TableReading.Header: ConfigurationChoice {}
extension TableReading.Missing: ConfigurationChoice {}
extension TableReading.Order: ConfigurationChoice {}
