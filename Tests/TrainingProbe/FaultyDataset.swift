import Batches
import Datasets

/// Another dataset with corrupted data on one rank.
struct FaultyDataset: Dataset {
    let own: any Dataset
    let faults: [Fault]
    let rank: Int

    init(_ own: any Dataset, faults: [Fault], rank: Int) {
        self.own = own
        self.faults = faults
        self.rank = rank
    }

    var task: any LearningTask { own.task }
    var description: String { own.description }
    var meaning: (any DataMeaning)? { own.meaning }
    var input: InputKind { own.input }
    var vocabulary: Vocabulary? { own.vocabulary }
    var carriesState: Bool { own.carriesState }
    var longestTimeCount: Int { own.longestTimeCount }
    var fingerprint: UInt64 { own.fingerprint }

    func batches(of pass: DataPass) -> any BatchSequence {
        guard case .training = pass else { return own.batches(of: pass) }
        return FaultyBatches(own: own.batches(of: pass), faults: faults, rank: rank)
    }

    func batchCount(of pass: DataPass) -> Int { batches(of: pass).batchCount }
    func coverage(of part: DataPart) -> DataCoverage { own.coverage(of: part) }
}

struct FaultyBatches: BatchSequence {
    let own: any BatchSequence
    let faults: [Fault]
    let rank: Int

    private var omitted: Int? { faults.first { $0.kind == .omit }?.place }
    private func place(_ batch: Int) -> Int { omitted.map { batch < $0 ? batch : batch + 1 } ?? batch }

    var batchCount: Int { own.batchCount - (omitted == nil ? 0 : 1) }
    func sequenceCount(ofBatch batch: Int) -> Int { own.sequenceCount(ofBatch: place(batch)) }
    func targetCount(ofBatch batch: Int) -> Int { own.targetCount(ofBatch: place(batch)) }

    func sequences(at places: Range<Int>, ofBatch batch: Int) -> Batch {
        var found = own.sequences(at: places, ofBatch: place(batch))
        for fault in faults where fault.rank == rank && fault.place == batch {
            switch fault.kind {
            case .input:
                guard case .vectors(var values, let featureCount) = found.input else { continue }
                // In the second sequence, at the first time step.
                values[featureCount] = .nan
                found.input = .vectors(values, featureCount: featureCount)
            case .loss:
                guard case .vectorAtEnd(var values, let outputCount) = found.target else { continue }
                values[outputCount] = 1e30
                found.target = .vectorAtEnd(values, outputCount: outputCount)
            case .loop: while true {}
            case .gradient, .flip, .omit: continue
            }
        }
        return found
    }
}
