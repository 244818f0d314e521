import Datasets
import Kernels

/// A value that is one of a few words in the file.
public protocol ConfigurationChoice: RawRepresentable<String>, CaseIterable, Sendable, Equatable {}

extension Configuration {
    /// What a text is cut into.
    public enum TextUnit: String, ConfigurationChoice {
        /// Unicode scalars of a UTF-8 text.
        case character
        case byte
    }

    /// At which time steps the model speaks.
    public enum HeadPlacement: String, ConfigurationChoice {
        /// Where the kind of data asks.
        case auto
        case every
        case last
    }

    /// Whose rule draws the initial weights.
    public enum InitializationScheme: String, ConfigurationChoice {
        /// All uniform within 1/√hidden.
        case pytorch
        /// Glorot uniform, orthogonal recurrent weights, forget bias 1.
        case keras
    }

    /// What is done with symbols that the model of the first weights doesn't know.
    public enum NewSymbols: String, ConfigurationChoice {
        case refuse
        /// They get a new model's weights; those of the other symbols are taken symbol by symbol.
        case initialize
    }

    /// The learning rate over the epochs.
    public enum RateSchedule: String, ConfigurationChoice {
        case constant
        /// Multiplied by a factor every so many epochs.
        case step
    }

    /// How the gates of a time step are shared out to threads. Gives the same bits either way.
    public enum GateDivision: String, ConfigurationChoice {
        /// A task has all four gates of its units: one barrier a time step.
        case fused
        /// A task has one gate: two barriers a time step.
        case split
    }

    /// In which order gradients are summed over ranks.
    public enum ReductionOrder: String, ConfigurationChoice {
        /// The fixed tree over shards: the same bits on any number of ranks.
        case exact
        /// MPI's own order.
        case fast
    }
}

extension Configuration {
    /// What follows when a checkpoint can't be written.
    public enum CheckpointErrorPolicy: String, ConfigurationChoice {
        case stop
        case `continue`
    }

    /// Whether a live view stands at the bottom of the terminal.
    public enum LiveDisplay: String, ConfigurationChoice {
        /// Where the program's own output is a terminal, or mpirun's is.
        case auto
        case on
        case off
    }

    /// What becomes of a step whose loss or gradient is not finite.
    public enum NonFinitePolicy: String, ConfigurationChoice {
        case stop
        case skip
    }
}

extension Precision: ConfigurationChoice {}

extension TableReading.Delimiter: ConfigurationChoice {}
extension TableReading.Decimal: ConfigurationChoice {}
extension TableReading.Header: ConfigurationChoice {}
extension TableReading.Missing: ConfigurationChoice {}
extension TableReading.Order: ConfigurationChoice {}
