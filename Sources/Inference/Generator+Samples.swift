extension Generator {
    /// Samples that go through the model together; more take more memory and hardly less time.
    private static let samplesPerPass = 32

    /// Continues one prompt `count` times, each by up to `length` symbols. Sample i is drawn with the random numbers of text i, so it doesn't depend on
    /// `count`, and the first sample is the text that is generated alone.
    /// - Parameters:
    ///   - isEnd: whether a text, including the prompt, is complete.
    ///   - finished: called with each sample in order, and its text including the prompt; returns whether to go on.
    public func generateSamples(
        from prompt: [Int32], count: Int, length: Int, isEnd: ([Int32]) -> Bool = { _ in false }, finished: (_ sample: Int, _ text: [Int32]) -> Bool
    ) {
        for first in stride(from: 0, to: count, by: Self.samplesPerPass) {
            let prompts = Array(repeating: prompt, count: min(Self.samplesPerPass, count - first))
            for (place, text) in generate(from: prompts, length: length, firstIndex: first, isEnd: isEnd).enumerated() {
                guard finished(first + place, text) else { return }
            }
        }
    }
}
