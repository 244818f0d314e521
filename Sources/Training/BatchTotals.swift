import Batches
package import Datasets
package import Layers

extension BatchTotals {
    /// Of a global batch. Cost: makes all its sequences.
    package init(_ batches: any BatchSequence, ofBatch batch: Int) {
        self.init(lengths: batches.sequences(at: 0..<batches.sequenceCount(ofBatch: batch), ofBatch: batch).lengths)
    }
}
