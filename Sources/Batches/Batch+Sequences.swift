extension Batch {
    /// Some of its sequences, in the order given, as a batch.
    /// - Parameters:
    ///   - chosen: places of sequences, each in `0..<sequenceCount`.
    ///   - timeCount: time steps of the new batch; nil for those of its longest sequence.
    public func sequences(_ chosen: some Collection<Int>, timeCount: Int? = nil) -> Batch {
        let times = 0..<(timeCount ?? chosen.map { lengths[$0] }.max() ?? 0)
        func columns<Element>(_ values: [Element], width: Int = 1, times: Range<Int>) -> [Element] {
            Array(unsafeUninitializedCapacity: times.count * chosen.count * width) { target, count in
                for time in times {
                    for sequence in chosen {
                        let first = (time * sequenceCount + sequence) * width
                        for place in first..<first + width {
                            target.initializeElement(at: count, to: values[place])
                            count += 1
                        }
                    }
                }
            }
        }
        let ownInputs = inputs.map { input -> Input in
            switch input {
            case .tokens(let tokens): .tokens(columns(tokens, times: times))
            case .vectors(let values, let featureCount): .vectors(columns(values, width: featureCount, times: times), featureCount: featureCount)
            case .characters(let words):
                .characters(WordCharacters(times.flatMap { time in chosen.map { words[time * sequenceCount + $0] } }))
            }
        }
        let ownTarget: Target?
        switch target {
        case nil: ownTarget = nil
        case .tokenEveryStep(let tokens): ownTarget = .tokenEveryStep(columns(tokens, times: times))
        case .classAtEnd(let classes): ownTarget = .classAtEnd(columns(classes, times: 0..<1))
        case .vectorEveryStep(let values, let outputCount):
            ownTarget = .vectorEveryStep(columns(values, width: outputCount, times: times), outputCount: outputCount)
        case .transcripts(let symbols): ownTarget = .transcripts(chosen.map { symbols[$0] })
        case .vectorAtEnd(let values, let outputCount): ownTarget = .vectorAtEnd(columns(values, width: outputCount, times: 0..<1), outputCount: outputCount)
        }
        return Batch(
            timeCount: times.count, lengths: chosen.map { lengths[$0] }, inputs: ownInputs, target: ownTarget, globalIndices: chosen.map { globalIndices[$0] })
    }
}
