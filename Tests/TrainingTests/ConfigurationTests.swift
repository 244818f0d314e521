import Configuration
import StrictJSON
import Testing
import Training

@Suite("Configuration")
struct ConfigurationTests {
    @Test("a text model needs six lines, and everything else has a default")
    func sixLines() throws {
        let text = """
            {
              "data": {"kind": "text", "files": "tinyshakespeare.txt"},
              "model": {"hidden": 256},
              "training": {"batch": 50},
              "optimizer": {"learningRate": 0.002}
            }
            """
        var expected = Configuration(kind: .text)
        expected.data.files = ["tinyshakespeare.txt"]
        expected.model.hidden = 256
        expected.training.batch = 50
        expected.optimizer.learningRate = 0.002
        #expect(try Configuration.parse(Array(text.utf8), name: "config.json") == expected)
    }

    @Test("the embedded default is the embedded Reber grammar, needs no file, and takes overrides")
    func embeddedDefault() throws {
        let configuration = try Configuration.embeddedDefault()
        #expect(configuration.data.kind == .embeddedReber && configuration.data.files.isEmpty)
        #expect(try Configuration.embeddedDefault(overrides: ["model.hidden=7"]).model.hidden == 7)
        #expect {
            _ = try Configuration.embeddedDefault(overrides: ["model.hiden=7"])
        } throws: { "\($0)" == "model.hiden=7 (command line): model.hiden is not a key. Did you mean 'model.hidden'?" }
    }

    @Test("the resolved configuration has the sections and keys in the order of the table, those of other kinds, algorithms and schedules left out")
    func resolved() throws {
        let resolved = try Configuration.parse(Array(#"{"log": {}, "data": {"kind": "adding"}}"#.utf8), name: "file").resolvedJSON()
        let names = (resolved.objectValue ?? []).flatMap { section in (section.value.objectValue ?? []).map { "\(section.key).\($0.key)" } }
        let absent = [
            "reset", "activation", "clipScope", "minimumImprovement", "averageDecay", "averagePatience", "alpha", "form", "centered", "momentum", "nesterov",
            "scheduleUnit", "schedulePeriod", "schedulePower", "minimumRate", "plateauPatience", "plateauThreshold", "plateauCooldown", "restartFactor",
            "riseFraction", "huberDelta", "interval", "dropout", "embeddingFile", "trainEmbedding", "tied", "initialRange", "characters",
            "characterEmbedding", "characterUnits", "characterWidth", "characterLimit",
        ]
        #expect(names == ConfigurationKey.table.filter { $0.kinds.contains(.adding) && !$0.name.hasPrefix("decay") && !absent.contains($0.name) }.map(\.dottedName))
        #expect(resolved["data"]?.serialized() == #"{"kind":"adding","length":50,"trainingExamples":0,"validationExamples":500,"testExamples":1000}"#)
        #expect(resolved["checkpoint"]?.serialized() == #"{"everySteps":0,"everyMinutes":10.0,"keep":3,"best":true,"onError":"stop"}"#)
    }

    @Test("differences name the key, both values, and whether the weights depend on it")
    func differences() throws {
        let theirs = Configuration(kind: .text)
        var mine = theirs
        #expect(mine.differences(from: theirs) == [])
        mine.parallelism.threads = 4
        mine.data.files = ["a"]
        mine.model.hidden = 256
        let differences = mine.differences(from: theirs)
        #expect(differences.map(\.key) == ["data.files", "model.hidden", "parallelism.threads"])
        #expect(differences.map(\.mine) == [.list([.text("a")]), .integer(256), .integer(4)])
        #expect(differences.map(\.theirs) == [.list([]), .integer(128), .integer(0)])
        #expect(differences.map(\.effect) == [.result, .result, .execution])
        #expect(differences[1].description == "model.hidden: 256, not 128")
    }

    @Test("duration, speed and outputs of a run may differ on resume; nothing else may")
    func effects() {
        let mayDiffer = ConfigurationKey.table.filter { $0.effect == .execution }.map(\.dottedName)
        #expect(mayDiffer == [
            "data.prepared", "data.season", "training.steps", "training.epochs", "training.validateEverySteps", "training.patience", "training.minimumImprovement", "training.segmentLength",
            "training.accumulate", "parallelism.threads", "parallelism.gates",
            "checkpoint.everySteps", "checkpoint.everyMinutes", "checkpoint.keep", "checkpoint.best",
            "checkpoint.onError", "integrity.everySteps", "integrity.hangSeconds", "integrity.skipLimit", "log.everySteps", "log.everySeconds",
            "log.sampleLength", "log.tensorBoard", "log.prometheus", "log.live",
        ])
        // These change the weights from the resume on.
        #expect(ConfigurationKey.table.filter { $0.effect == .onward }.map(\.dottedName) == ["training.precision", "integrity.nonFinite"])
    }

    @Test("the steps between validations decide the weights where the learning rate or an average goes by the validation loss, and only there")
    func validationSteps() throws {
        var (mine, theirs) = (Configuration(kind: .text), Configuration(kind: .text))
        mine.training.validateEverySteps = 7
        #expect(mine.differences(from: theirs).map(\.effect) == [.execution])
        mine.optimizer.schedule = .plateau
        #expect(mine.differences(from: theirs).map(\.effect) == [.result, .result])
        theirs.optimizer.schedule = .plateau
        #expect(mine.differences(from: theirs).map(\.effect) == [.result])
        for averaging in [Configuration.WeightAveraging.ema, .ntAsgd] {
            (mine.optimizer.schedule, theirs.optimizer.schedule) = (.constant, .constant)
            (mine.training.averaging, theirs.training.averaging) = (averaging, averaging)
            #expect(mine.differences(from: theirs).map(\.effect) == [averaging == .ntAsgd ? .result : .execution])
        }
    }

    @Test("relative paths are relative to the given folder, absolute ones unchanged")
    func paths() {
        var data = Configuration.DataSettings(kind: .text)
        data.files = ["a.txt", "../b/c.txt", "/d.txt"]
        data.testFiles = ["e.txt"]
        func resolved(_ folder: String, test: String) -> [String] {
            var resolved = data
            resolved.resolveFiles { $0 == "data.testFiles" ? test : folder }
            return resolved.allFiles
        }
        #expect(resolved("runs/x", test: "t") == ["runs/x/a.txt", "runs/x/../b/c.txt", "/d.txt", "t/e.txt"])
        #expect(resolved("/", test: "") == ["/a.txt", "/../b/c.txt", "/d.txt", "e.txt"])
        #expect(resolved("", test: "") == data.allFiles)
        data.validationFiles = ["v.txt"]
        let moved = data.moved(to: ["1", "2", "3", "4", "5"])
        #expect((moved.files, moved.validationFiles, moved.testFiles) == (["1", "2", "3"], ["4"], ["5"]))
    }

    @Test("automatic values are chosen by the kind of data")
    func decidedByKind() {
        var configuration = Configuration(kind: .adding)
        #expect(configuration.data.trainingExampleCount == 50_000)
        #expect(configuration.headPlacement == .last)
        #expect(Configuration(kind: .embeddedReber).headPlacement == .every)
        configuration.data.trainingExamples = 7
        configuration.model.head = .every
        #expect(configuration.data.trainingExampleCount == 7)
        #expect(configuration.headPlacement == .every)
    }
}
