import Configuration
import StrictJSON
import Testing
import Training

@Suite("terms of other frameworks used as keys")
struct OtherFrameworkTermTests {
    private static let base = #"{"data": {"kind": "adding"}}"#

    private func fault(override: String) -> String? {
        let prefix = "\(override) (command line): "
        let words = configurationError(Self.base, overrides: [override])?.description
        return words.flatMap { $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil }
    }

    @Test("each gets the right key as a suggestion, with a section, without one or with a wrong one, on the command line and in a file", arguments: [
        ("lr", "optimizer.learningRate"), ("batch_size", "training.batch"), ("batchSize", "training.batch"), ("hidden_size", "model.hidden"),
        ("units", "model.hidden"), ("num_layers", "model.layers"), ("max_epochs", "training.epochs"), ("clip", "training.clipNorm"),
        ("max_grad_norm", "training.clipNorm"), ("seq_len", "data.length"), ("lookback", "data.length"), ("validation_split", "data.validationFraction"),
        ("validation_data", "data.validationFiles"), ("test_file", "data.testFiles"), ("sequence_id", "data.id"), ("time_idx", "data.step"),
        ("random_state", "training.seed"), ("eps", "optimizer.epsilon"), ("embedding_dim", "model.embedding"), ("log_every_n_steps", "log.everySteps"),
        ("save_steps", "checkpoint.everySteps"), ("num_workers", "parallelism.threads"), ("max_steps", "training.steps"), ("rnn_type", "model.cell"), ("gru", "model.cell"),
        ("rnn", "model.cell"), ("nonlinearity", "model.activation"), ("peephole", "model.peepholes"),
        ("cifg", "model.coupledGates"), ("vocab_size", "data.vocabularySize"), ("tokenizer_file", "data.tokenizer"), ("tie_weights", "model.tied"), ("glove", "model.embeddingFile"), ("freeze", "model.trainEmbedding"), ("recurrent_activation", "model.gateActivation"), ("reset_after", "model.reset"),
        ("wdrop", "model.weightDrop"), ("use_char", "model.characters"), ("char_emb_dim", "model.characterEmbedding"), ("dropoute", "model.embeddingDropout"), ("activity_regularizer", "model.activationL2"),
        ("proj_size", "model.projection"), ("zoneout_h", "model.zoneout"), ("zoneout_c", "model.zoneoutCell"),
        ("early_stopping", "training.patience"), ("label_smoothing_factor", "training.labelSmoothing"),
        ("class_weight", "training.classWeights"),
    ])
    func keys(word: String, key: String) {
        #expect(fault(override: "\(word)=1") == "\(word) is \(key) here.")
        for section in ["model", "optimizer", "trainer"] {
            #expect(fault(override: "\(section).\(word)=1") == "\(section).\(word) is \(key) here.")
        }
        expectFaults(#"{"data": {"kind": "adding"}, "\#(word)": 1}"#, "config.json:1:30: \(word) is \(key) here.")
        expectFaults(#"{"data": {"kind": "adding"}, "log": {"\#(word)": 1}}"#, "config.json:1:38: log.\(word) is \(key) here.")
    }

    @Test("a key's own name in another spelling or section gives that key", arguments: [
        ("learning_rate", "optimizer.learningRate"), ("learningRate", "optimizer.learningRate"), ("model.learningRate", "optimizer.learningRate"),
        ("EPOCHS", "training.epochs"), ("optimizer.epochs", "training.epochs"), ("batch", "training.batch"), ("clip_norm", "training.clipNorm"),
        ("recurrent_dropout", "model.recurrentDropout"), ("weight_drop", "model.weightDrop"), ("layer_norm", "model.layerNorm"), ("zone_out", "model.zoneout"),
        ("forget_bias", "model.forgetBias"), ("weight_decay", "optimizer.weightDecay"), ("model.momentum", "optimizer.momentum"),
    ])
    func spellings(word: String, key: String) {
        #expect(fault(override: "\(word)=1") == "\(word) is not a key. Did you mean '\(key)'?")
    }

    @Test("a missing feature is named, with an alternative", arguments: [
        ("keep_prob", "one less this"), ("l1", "has weight decay alone"), ("adadelta", "has Adam, AdamW, SGD, RMSprop"),
        ("device", "on CPUs only"), ("gpus", "on CPUs only"),
        ("vocab", "data.unit"),
        ("metrics", "the metrics follow from data.kind"), ("shuffle", "training.seed"), ("output_dir", "--run-directory PATH"),
        ("input_size", "follow from the data"),
    ])
    func missing(word: String, part: String) {
        for name in [word, "model.\(word)", "training.\(word)"] {
            let words = fault(override: "\(name)=0.5")
            #expect(words?.hasPrefix("\(name) is not a key: ") == true && words?.contains(part) == true, "\(words ?? "taken")")
        }
        let inFile = configurationError(#"{"data": {"kind": "adding"}, "model": {"\#(word)": 1}}"#)?.description ?? "taken"
        #expect(inFile.hasPrefix("config.json:1:40: model.\(word) is not a key: ") && inFile.contains(part), "\(inFile)")
    }

    @Test("each suggested key exists, and no suggestion is far-fetched")
    func targets() {
        let keys = Set(ConfigurationKey.table.map(\.dottedName))
        #expect(fault(override: "kernel_size=1")?.hasPrefix("kernel_size is model.layers here, with a layer {\"type\": \"conv1d\"") == true)
        #expect(fault(override: "weight_norm=1") == "weight_norm is model.layers here, with the key \"weightNorm\" of a layer of type \"tcn\".")
        #expect(fault(override: "pooling=1")?.hasPrefix("pooling is model.layers here, with a layer {\"type\": \"pool\"}") == true)
        for word in ["lr", "bs", "seq_len", "n_layers", "gamma", "betas", "amp", "file", "target", "horizons"] {
            guard let words = fault(override: "\(word)=1") else { Issue.record("\(word) is taken"); continue }
            #expect(keys.contains { words.contains($0) }, "\(words)")
        }
        #expect(fault(override: "training.dvice=1")?.contains("Did you mean") == false)
        #expect(fault(override: "training.wxyz=1") == "training.wxyz is not a key. The keys of training are batch, steps, epochs, seed, clipNorm, clipScope, "
            + "clipValue, labelSmoothing, classWeights, loss, huberDelta, interval, validateEverySteps, patience, minimumImprovement, averaging, averageDecay, averagePatience, segmentLength, accumulate and "
            + "precision.")
        #expect(fault(override: "optimizer=sgd")?.hasPrefix("optimizer is not a key. It is a section; its keys are optimizer.algorithm, ") == true)
    }

    @Test("an option is shown as a key with its value")
    func options() {
        let epochs = ConfigurationKey.sentence(aboutOption: "--epochs", value: "3")
        #expect(epochs == "--epochs is not an option; it is a key of the configuration: write training.epochs=3.")
        #expect(ConfigurationKey.sentence(aboutOption: "-lr", value: "0.1")?.contains("write optimizer.learningRate=0.1.") == true)
        #expect(ConfigurationKey.sentence(aboutOption: "--metrics", value: nil)?.hasPrefix("--metrics is not an option: the metrics follow from data.kind") == true)
        #expect(ConfigurationKey.sentence(aboutOption: "--wxyz", value: nil) == nil)
    }
}

@Suite("common contents of hand-written configurations")
struct WrittenConfigurationTests {
    @Test("the schema's location is accepted and ignored")
    func schemaName() throws {
        let text = #"{"$schema": "schema.json", "data": {"kind": "adding"}}"#
        let configuration = try Configuration.parse(Array(text.utf8), name: "config.json")
        #expect(configuration == Configuration(kind: .adding))
        #expect(configuration.resolvedJSON()["$schema"] == nil)
        expectFaults(
            #"{"$schema": 3, "data": {"kind": "adding"}}"#,
            "config.json:1:13: $schema is 3; it must be a string: where `lstm-train schema > schema.json` was written.")
        var validator = ConfigurationSchemaValidator()
        #expect(validator.accepts(try JSONValue.parse(Array(text.utf8)), Configuration.schema()))
        #expect(!validator.accepts(try JSONValue.parse(Array(#"{"$schema": 3, "data": {"kind": "adding"}}"#.utf8)), Configuration.schema()))
    }

    @Test("a single column needs no list, as on the command line")
    func singleColumns() throws {
        let text = #"{"data": {"kind": "series", "files": "a.csv", "columns": "open", "targets": "close"}}"#
        let data = try Configuration.parse(Array(text.utf8), name: "config.json").data
        #expect(data.columns == ["open"] && data.targets == ["close"])
        var validator = ConfigurationSchemaValidator()
        #expect(validator.accepts(try JSONValue.parse(Array(text.utf8)), Configuration.schema()))
    }
}
