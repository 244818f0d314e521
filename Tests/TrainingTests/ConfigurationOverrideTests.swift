import Configuration
import Layers
import Models
import StrictJSON
import Testing
import Training

@Suite("Overrides on the command line")
struct ConfigurationOverrideTests {
    private let adding = #"{"data": {"kind": "adding"}, "model": {"hidden": 8}}"#

    private func parse(_ overrides: String...) throws -> Configuration {
        try Configuration.parse(Array(adding.utf8), name: "config.json", overrides: overrides)
    }

    @Test("an override takes precedence over the file and the defaults")
    func precedence() throws {
        let configuration = try parse("model.hidden=256", "training.seed=3", "optimizer.learningRate=1e-2", "checkpoint.best=false", "parallelism.gates=split")
        #expect(configuration.model.hidden == 256)
        #expect(configuration.training.seed == 3)
        #expect(configuration.optimizer.learningRate == 0.01)
        #expect(configuration.checkpoint.best == false)
        #expect(configuration.parallelism.gates == .split)
        #expect(configuration.data.length == 50)
        #expect(try parse("parallelism.gates=\"split\"").parallelism.gates == .split)
    }

    @Test("lists are given as JSON or separated by commas, and a single string is accepted where it is allowed")
    func lists() throws {
        func series(_ overrides: String...) throws -> Configuration.DataSettings {
            try Configuration.parse(Array("{}".utf8), name: "config.json", overrides: ["data.kind=series"] + overrides).data
        }
        #expect(try series("data.files=a.csv").files == ["a.csv"])
        #expect(try series("data.files=1984").files == ["1984"])
        #expect(try series("data.files=a=b.csv").files == ["a=b.csv"])
        #expect(try series("data.files=a.csv,b c.csv").files == ["a.csv", "b c.csv"])
        #expect(try series(#"data.files="a,b.csv""#).files == ["a,b.csv"])
        #expect(try series(#"data.files=["a,b.csv","c.csv"]"#).files == ["a,b.csv", "c.csv"])
        #expect(try series("data.files=a", "data.columns=open,close").columns == ["open", "close"])
        #expect(try series("data.files=a", "data.columns=").columns == [])
    }

    @Test("each error of an override has its own message, which begins with the override", arguments: [
        ("model.hiden=3", "model.hiden is not a key. Did you mean 'model.hidden'?"),
        ("hidden=3", "hidden is not a key. Did you mean 'model.hidden'?"),
        ("model.epochs=3", "model.epochs is not a key. Did you mean 'training.epochs'?"),
        ("modle.hiden=3", "modle.hiden is not a key. Did you mean 'model.hidden'?"),
        ("x.y=3", "x.y is not a key. A key has its section before it, as in model.hidden=256; the sections are "
            + "data, model, training, optimizer, parallelism, checkpoint, integrity and log."),
        ("model.hidden", "this is not a key with a value; write one as in model.hidden=256."),
        ("=3", "this is not a key with a value; write one as in model.hidden=256."),
        ("", "this is not a key with a value; write one as in model.hidden=256."),
        ("model.hidden=0", "model.hidden is 0; it must be an integer from 1 to 65536."),
        ("model.hidden=3x", "model.hidden is \"3x\"; it must be an integer from 1 to 65536."),
        ("model.hidden=", "model.hidden is \"\"; it must be an integer from 1 to 65536."),
        ("checkpoint.best=yes", "checkpoint.best is \"yes\"; it must be true or false."),
        ("parallelism.gates=fuse", "parallelism.gates is \"fuse\"; it must be \"fused\" or \"split\"."),
        ("data.length=5", "data.length is 5; it must be an integer from 10 to 1000000 with data.kind \"adding\"."),
        ("model.embedding=4", "model.embedding is 4, but data.kind \"adding\" has numbers, not tokens; it must be 0 there."),
        ("data.files=a,,b", "data.files is [\"a\",\"\",\"b\"]; it must be a string or a list of strings, at least 1 and none empty."),
    ])
    func faults(override: String, message: String) {
        let error = configurationError(adding, overrides: [override])
        let first = error?.description.split(separator: "\n").first.map(String.init)
        #expect(first == "\(override) (command line): \(message)")
    }

    @Test("a key given twice on the command line is rejected")
    func twice() {
        expectFaults(
            adding, overrides: ["training.seed=1", "training.seed=2"],
            "training.seed=2 (command line): training.seed is given a second time on the command line. Remove one.")
    }

    @Test("errors of the file come before those of the command line, and an override doesn't hide the file's")
    func together() {
        expectFaults(
            #"{"data": {"kind": "adding", "stride": 2}, "model": {"hidden": 0}}"#, overrides: ["model.hidden=8", "model.layers=0"],
            """
            config.json:1:39: data.stride doesn't go with data.kind "adding", only with "textWindows" and "series". Remove it.
            config.json:1:63: model.hidden is 0; it must be an integer from 1 to 65536.
            model.layers=0 (command line): model.layers is 0; it must be an integer from 1 to 64, or a list of as many layers, as in \
            [{"type": "lstm", "hidden": 256}, {"type": "gru", "hidden": 128}].
            """)
    }

    @Test("another kind of data on the command line makes the file's keys for its own kind errors")
    func otherKind() {
        expectFaults(
            #"{"data": {"kind": "text", "files": "a.txt"}}"#, overrides: ["data.kind=adding"],
            "config.json:1:36: data.files doesn't go with data.kind \"adding\", only with \"text\", \"textWindows\", \"series\" and \"sequences\". Remove it.")
    }

    @Test("an override with an escape sequence of a terminal is shown escaped")
    func escapes() {
        expectFaults(
            adding, overrides: ["parallelism.gates=\u{1B}[2J"],
            #"parallelism.gates=\u001B[2J (command line): parallelism.gates is "\u001B[2J"; it must be "fused" or "split"."#)
    }
}
