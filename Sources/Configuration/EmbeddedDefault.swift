extension Configuration {
    /// The configuration if no file is given: the embedded Reber grammar as a next-symbol language model.
    /// Needs no data: 8,000 training sequences, of which 4,000 are different.
    public static let embeddedDefaultText = """
        {
          "data": {"kind": "embeddedReber", "trainingExamples": 4000},
          "model": {"hidden": 24},
          "training": {"batch": 8, "epochs": 2},
          "optimizer": {"learningRate": 0.03, "schedule": "step", "decayFactor": 0.2}
        }

        """

    /// The embedded default, with `overrides` applied.
    /// - Throws: ``ConfigurationError`` with the errors of the overrides.
    public static func embeddedDefault(overrides: [String] = []) throws(ConfigurationError) -> Configuration {
        try parse(Array(embeddedDefaultText.utf8), name: "embedded default", overrides: overrides)
    }
}
