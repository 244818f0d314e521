import Configuration
import StrictJSON
import Testing
import Training

@Suite("Errors in a configuration file")
struct ConfigurationFaultTests {
    /// A file and its complete error message.
    struct Refusal: CustomTestStringConvertible {
        let text: String
        let description: String
        var testDescription: String { text }
        init(_ text: String, _ description: String) { (self.text, self.description) = (text, description) }
    }

    @Test("each error has its own message, with file, line and column", arguments: names + values + kinds + rules + floats + documents)
    func faults(_ refusal: Refusal) {
        expectFaults(refusal.text, "config.json:" + refusal.description)
    }

    private static let names = [
        Refusal("{\"data\": {\"kind\": \"adding\"},\n  \"model\": {\"hiden\": 3}}", "2:13: model.hiden is not a key here. Did you mean 'hidden'?"),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"learning_rate": 1}}"#, "1:44: optimizer.learning_rate is not a key here. Did you mean 'learningRate'?"),
        Refusal(#"{"data": {"kind": "adding"}, "training": {"batchSize": 1}}"#, "1:43: training.batchSize is training.batch here."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"epochs": 1}}"#, "1:40: model.epochs is not a key here. Did you mean 'training.epochs'?"),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"sede": 1}}"#, "1:40: model.sede is not a key here. Did you mean 'training.seed'?"),
        Refusal(
            #"{"data": {"kind": "adding"}, "model": {"wxyz": 1}}"#,
            "1:40: model.wxyz is not a key here. The keys of model are cell, hidden, layers, embedding, embeddingFile, trainEmbedding, tied, head, initialization, initialRange, forgetBias, reset, activation, peepholes, coupledGates, gateActivation, projection, layerNorm, initialState, bidirectional, dropout, recurrentDropout, weightDrop, zoneout, zoneoutCell, embeddingDropout, characters, characterEmbedding, characterUnits, characterWidth, characterLimit, mixture, mixtureFamily, leastDeviation, activationL2, temporalL2, initialWeights and newSymbols."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"\u001b[2J": 1}}"#,
            "1:40: model.\\u001B[2J is not a key here. The keys of model are cell, hidden, layers, embedding, embeddingFile, trainEmbedding, tied, head, initialization, initialRange, forgetBias, reset, activation, peepholes, coupledGates, gateActivation, projection, layerNorm, initialState, bidirectional, dropout, recurrentDropout, weightDrop, zoneout, zoneoutCell, embeddingDropout, characters, characterEmbedding, characterUnits, characterWidth, characterLimit, mixture, mixtureFamily, leastDeviation, activationL2, temporalL2, initialWeights and newSymbols."),
        Refusal(#"{"data": {"kind": "adding"}, "modle": {}}"#, "1:30: modle is not a section here. Did you mean 'model'?"),
        Refusal(#"{"data": {"kind": "adding"}, "hidden": 3}"#, "1:30: hidden is not a section here. Did you mean 'model.hidden'?"),
        Refusal(#"{"data": {"kind": "adding"}, "model.hidden": 3}"#, "1:30: model.hidden is not a section here. Write \"hidden\" inside the section \"model\"."),
        Refusal(
            #"{"data": {"kind": "adding"}, "xyz": {}}"#,
            "1:30: xyz is not a section here. The sections are data, model, training, optimizer, parallelism, checkpoint, integrity and log."),
    ]

    private static let values = [
        Refusal(#"{"data": {"kind": "adding"}, "model": {"hidden": 0}}"#, "1:50: model.hidden is 0; it must be an integer from 1 to 65536."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"hidden": "3"}}"#, "1:50: model.hidden is \"3\"; it must be an integer from 1 to 65536."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"hidden": 3.0}}"#, "1:50: model.hidden is 3.0; it must be an integer from 1 to 65536."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"hidden": null}}"#, "1:50: model.hidden is null; it must be an integer from 1 to 65536."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"hidden": {}}}"#, "1:50: model.hidden is an object; it must be an integer from 1 to 65536."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"hidden": [[]]}}"#, "1:50: model.hidden is a list of 1; it must be an integer from 1 to 65536."),
        Refusal(#"{"data": {"kind": "adding"}, "training": {"seed": 9223372036854775808}}"#,
            "1:51: training.seed is 9223372036854775808; it must be an integer from 0 to 2^63 - 1."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"learningRate": 0}}"#, "1:60: optimizer.learningRate is 0; it must be a number at least 1e-37 and at most 1e+38."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"learningRate": 1e999}}"#, "1:60: optimizer.learningRate is 1e999; it must be a number at least 1e-37 and at most 1e+38."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"beta1": 1}}"#, "1:53: optimizer.beta1 is 1; it must be a number at least 0 and at most 0.9999999."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"decayFactor": 1.5}}"#,
            "1:59: optimizer.decayFactor is 1.5; it must be a number above 0 and at most 1."),
        Refusal(#"{"data": {"kind": "adding"}, "checkpoint": {"best": 1}}"#, "1:53: checkpoint.best is 1; it must be true or false."),
        Refusal(#"{"data": {"kind": "adding"}, "parallelism": {"gates": "fuse"}}"#,
            "1:55: parallelism.gates is \"fuse\"; it must be \"fused\" or \"split\"."),
        Refusal(#"{"data": {"kind": "text", "files": []}}"#,
            "1:36: data.files is []; it must be a string or a list of strings, at least 1 and none empty."),
        Refusal(#"{"data": {"kind": "text", "files": ["a", 1]}}"#,
            "1:36: data.files is [\"a\",1]; it must be a string or a list of strings, at least 1 and none empty."),
        Refusal(#"{"data": {"kind": "series", "files": "a", "columns": ""}}"#,
            "1:54: data.columns is \"\"; it must be a string or a list of strings, none empty, none twice."),
        Refusal(#"{"data": {"kind": "series", "files": "a", "targets": ["a", "a"]}}"#,
            "1:54: data.targets is [\"a\",\"a\"]; it must be a string or a list of strings, none empty, none twice."),
        Refusal(#"{"data": {"kind": "lines"}}"#,
            "1:19: data.kind is \"lines\"; it must be \"text\", \"textWindows\", \"series\", \"sequences\", \"embeddedReber\", \"adding\" or \"temporalOrder\"."),
    ]

    private static let kinds = [
        Refusal("{}",
            "1:1: data.kind is missing; it must be \"text\", \"textWindows\", \"series\", \"sequences\", \"embeddedReber\", \"adding\" or \"temporalOrder\"."),
        Refusal("{\n \"data\": {\"length\": 3}}",
            "2:10: data.kind is missing; it must be \"text\", \"textWindows\", \"series\", \"sequences\", \"embeddedReber\", \"adding\" or \"temporalOrder\"."),
        Refusal(#"{"data": {"kind": "text"}}"#,
            "1:10: data.files is missing; data.kind \"text\" needs it: a string or a list of strings, at least 1 and none empty."),
        Refusal(#"{"data": {"kind": "adding", "files": "a"}}"#,
            "1:38: data.files doesn't go with data.kind \"adding\", only with \"text\", \"textWindows\", \"series\" and \"sequences\". Remove it."),
        Refusal(#"{"data": {"kind": "text", "files": "a", "horizon": 2}}"#,
            "1:52: data.horizon doesn't go with data.kind \"text\", only with \"series\". Remove it."),
        Refusal(#"{"data": {"kind": "embeddedReber", "length": 50}}"#,
            "1:46: data.length doesn't go with data.kind \"embeddedReber\", only with \"text\", \"textWindows\", \"series\", \"adding\" and \"temporalOrder\". Remove it."),
        Refusal(#"{"data": {"kind": "adding", "length": 9}}"#,
            "1:39: data.length is 9; it must be an integer from 10 to 1000000 with data.kind \"adding\"."),
    ]

    private static let rules = [
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"algorithm": "sgd", "beta1": 0.8}}"#,
            "1:73: optimizer.beta1 is 0.8, but optimizer.algorithm is \"sgd\"; it goes with optimizer.algorithm \"adam\", \"adamw\", \"nadam\" or \"lamb\" only. Remove it or set it to 0.9."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"momentum": 0.9}}"#,
            "1:56: optimizer.momentum is 0.9, but optimizer.algorithm is \"adam\"; it goes with optimizer.algorithm \"sgd\" or \"rmsprop\" only. Remove it or set it to 0.0."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"algorithm": "sgd", "nesterov": true}}"#,
            "1:76: optimizer.nesterov is true, but optimizer.momentum is 0.0; it goes with optimizer.momentum above 0 only. Remove it or set it to false."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"decayFactor": 0.2}}"#,
            "1:59: optimizer.decayFactor is 0.2, but optimizer.schedule is \"constant\"; it goes with optimizer.schedule \"step\", \"exponential\" or \"plateau\" only. Remove it or set it to 0.5."),
        Refusal(#"{"data": {"kind": "text", "files": "a", "testFraction": 0.3, "validationFraction": 0.7}}"#,
            "1:57: data.validationFraction is 0.7 and data.testFraction 0.3; together they must be below 1, so that something is left to train on."),
        Refusal(#"{"data": {"kind": "text", "files": "a", "testFraction": 0.95}}"#,
            "1:57: data.validationFraction is 0.1 and data.testFraction 0.95; together they must be below 1, so that something is left to train on."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"embedding": 8}}"#,
            "1:53: model.embedding is 8, but data.kind \"adding\" has numbers, not tokens; it must be 0 there."),
        Refusal(#"{"data": {"kind": "sequences", "files": "a.csv", "label": "y", "unit": "word"}}"#,
            "1:72: data.unit is \"word\", but data.text is empty, so that the sequences are numbers. Set data.text to the column or field with the text, or remove this key."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"head": "every"}}"#,
            "1:48: model.head is \"every\", but data.kind \"adding\" asks at the last time step only; it must be \"auto\" or \"last\"."),
        Refusal(#"{"data": {"kind": "embeddedReber"}, "model": {"head": "last"}}"#,
            "1:55: model.head is \"last\", but data.kind \"embeddedReber\" asks at every time step; it must be \"auto\" or \"every\"."),
    ]

    /// Values that become 0, 1 or infinite in float32.
    private static let floats = [
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"learningRate": 1e-46}}"#, "1:60: optimizer.learningRate is 1e-46; it must be a number at least 1e-37 and at most 1e+38."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"learningRate": 1e39}}"#, "1:60: optimizer.learningRate is 1e39; it must be a number at least 1e-37 and at most 1e+38."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"epsilon": 1e39}}"#, "1:55: optimizer.epsilon is 1e39; it must be a number at least 1e-30 and at most 1e+30."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"beta1": 0.99999999}}"#, "1:53: optimizer.beta1 is 0.99999999; it must be a number at least 0 and at most 0.9999999."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"beta2": 0.99999999}}"#, "1:53: optimizer.beta2 is 0.99999999; it must be a number at least 0 and at most 0.9999999."),
        Refusal(#"{"data": {"kind": "adding"}, "model": {"forgetBias": 1e39}}"#, "1:54: model.forgetBias is 1e39; it must be a number at least 0 and at most 1e+38."),
        Refusal(#"{"data": {"kind": "adding"}, "training": {"clipNorm": 1, "clipValue": 0.5}}"#,
            "1:71: training.clipValue is 0.5 and training.clipNorm 1.0; one of them clips, so the other must be 0."),
        Refusal(#"{"data": {"kind": "adding"}, "training": {"clipScope": "layer"}}"#,
            "1:56: training.clipScope is \"layer\", but training.clipNorm is 0.0; it goes with training.clipNorm above 0 only. Remove it or set it to \"model\"."),
        Refusal(#"{"data": {"kind": "adding"}, "training": {"clipValue": 1e-30}}"#,
            "1:56: training.clipValue is 1e-30; squares of gradients so small are 0 in float32, so that nothing would be trained. 1 to 5 is usual, 0 for no clipping."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"schedule": "cosine", "minimumRate": 0.01}}"#,
            "1:81: optimizer.minimumRate is 0.01 and optimizer.learningRate 0.001; the rate falls to the minimum, so it must be at most the learning rate."),
        Refusal(#"{"data": {"kind": "adding"}, "optimizer": {"schedule": "oneCycle", "warmupSteps": 5}}"#,
            "1:83: optimizer.warmupSteps is 5, but optimizer.schedule is \"oneCycle\"; it goes with optimizer.schedule \"constant\", \"step\", \"exponential\", "
                + "\"polynomial\", \"cosine\" or \"inverseRoot\" only. Remove it or set it to 0."),
        Refusal(#"{"data": {"kind": "adding"}, "training": {"clipNorm": 1e-300}}"#,
            "1:55: training.clipNorm is 1e-300; squares of gradients so small are 0 in float32, so that nothing would be trained. 1 to 5 is usual, 0 for no clipping."),
    ]

    private static let documents = [
        Refusal("[1]", "1:1: the file holds [1]; it must be an object of sections, as in {\"data\": {\"kind\": \"adding\"}}."),
        Refusal(#"{"data": "adding"}"#, "1:10: data is \"adding\"; it must be an object of keys, as in {\"kind\": …}."),
        Refusal(#"{"data": {"kind": "adding"}, "model": 3}"#, "1:39: model is 3; it must be an object of keys, as in {\"cell\": …}."),
        Refusal("{\"data\": {\n\"kind\": \"adding\",\n}}", "2:17: found a comma before '}', expected another key behind it or no comma."),
        Refusal("{\"data\": {\"kind\": \"adding\",\n\"kind\": \"text\"}}",
            "2:1: found the key \"kind\" a second time, expected it once: the first is at 1:11. Remove one."),
    ]

    @Test("all errors of a file are reported at once, in order of position")
    func severalAtOnce() {
        expectFaults(
            """
            {
              "log": {"everySecond": 1},
              "data": {"kind": "series", "stride": 0, "relative": 1, "lowercase": true},
              "modell": {},
              "training": {"epochs": 1.5, "clipNorm": -1}
            }
            """,
            """
            config.json:2:11: log.everySecond is not a key here. Did you mean 'everySeconds'?
            config.json:3:11: data.files is missing; data.kind "series" needs it: a string or a list of strings, at least 1 and none empty.
            config.json:3:40: data.stride is 0; it must be an integer from 1 to 1000000000.
            config.json:3:55: data.relative is 1; it must be true or false.
            config.json:3:71: data.lowercase doesn't go with data.kind "series", only with "text", "textWindows" and "sequences". Remove it.
            config.json:4:3: modell is not a section here. Did you mean 'model'?
            config.json:5:26: training.epochs is 1.5; it must be an integer from 1 to 1000000000.
            config.json:5:43: training.clipNorm is -1; it must be a number at least 0.
            """)
    }

    @Test("of a hundred thousand errors the first hundred are reported and the others counted")
    func faultLimit() {
        let keys = (0..<60_000).map { "\"hiden\($0)\": 1" }.joined(separator: ",")
        let error = configurationError("{\"data\": {\"kind\": \"adding\"}, \"model\": {\(keys)}}")
        guard case .faults(let faults, let omittedCount) = error else {
            Issue.record("found \(String(describing: error).prefix(200))")
            return
        }
        #expect(faults.count == 100 && omittedCount == 59_900)
        #expect(faults[0].message == "model.hiden0 is not a key here. Did you mean 'hidden'?")
        #expect(error?.description.hasSuffix("\nand 59900 faults more; fix these first.") == true)
    }

    @Test("a file above the maximum size is rejected")
    func tooLong() {
        expectFaults(String(repeating: " ", count: (1 << 20) + 1), "config.json:1:1: found a text of 1048577 bytes, expected at most 1048576.")
    }
}

/// The error of parsing `text`; nil if it is valid.
func configurationError(_ text: String, overrides: [String] = []) -> ConfigurationError? {
    do throws(ConfigurationError) {
        _ = try Configuration.parse(Array(text.utf8), name: "config.json", overrides: overrides)
        return nil
    } catch {
        return error
    }
}

/// Records an issue unless `text` is rejected with exactly this description.
func expectFaults(_ text: String, overrides: [String] = [], _ description: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(configurationError(text, overrides: overrides)?.description == description, sourceLocation: sourceLocation)
}
