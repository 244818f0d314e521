/// Name of a checkpoint's directory: `step-00001200`, the step with at least eight digits.
enum CheckpointName {
    private static let prefix = "step-"

    static func name(ofStep step: Int) -> String {
        let digits = String(step)
        return prefix + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// The step that `name` says; nil if it isn't exactly a checkpoint's name.
    static func step(in name: String) -> Int? {
        guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step >= 0 else { return nil }
        return self.name(ofStep: step) == name ? step : nil
    }
}
